import CanonicalJSON
import Federation

/// The monthly review of the access records (월간 접속기록 점검): what happened in one month, what to look at, and who looked.
public struct MonthlyReview: Sendable {
    /// The month, `2026-10`.
    public let month: String
    /// How many lines the log has of it.
    public let lineCount: Int
    /// Lines by action and outcome.
    public let actions: [(name: String, count: Int)]
    /// Lines of persons, by their numbers on this machine.
    public let persons: [(name: String, count: Int)]
    /// What persons did outside working hours (before 07:00, from 20:00, Saturdays and Sundays).
    public let unusual: [AuditEntry]
    /// What a reviewer looks at one by one: refusals of integrity, stops, policy changes, declined and changed requests.
    public let notable: [AuditEntry]
    /// Whether the chain and everything that was signed about it hold.
    public let isIntact: Bool

    /// The review of a month by the hospital's wall clock.
    /// - Parameter offsetMinutes: that clock's minutes before UTC.
    /// - Throws: `QUESTION` where `month` is none.
    public init(_ report: AuditReport, month: String, offsetMinutes: Int = 540) throws(NodeError) {
        guard CalendarDay("\(month)-01") != nil else {
            throw NodeError(.question, "\"\(month)\" is not a month like 2026-10.", advice: "Give --month 2026-10.")
        }
        self.month = month
        let offset = Int64(offsetMinutes) * 60
        let entries = report.entries().filter { $0.at.adding(offset).day.hasPrefix(month) }
        lineCount = entries.count
        actions = Self.counted(entries.map { "\($0.action)  \($0.outcome)" })
        let byPersons = entries.filter { $0.actor.hasPrefix("person:") }
        persons = Self.counted(byPersons.map(\.actor))
        unusual = byPersons.filter { Self.isUnusual($0.at.seconds + offset) }
        notable = entries.filter { entry in
            ["ticket.refused", "courier.refused", "request.changed", "request.declined", "answer.dropped"].contains(entry.action)
                || ["everything.", "policy.", "certificate."].contains { entry.action.hasPrefix($0) }
        }
        isIntact = (try? report.verify()) != nil
    }

    private static func counted(_ names: [String]) -> [(name: String, count: Int)] {
        Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Whether a wall clock's second lies outside working hours. 1970-01-01 was a Thursday.
    static func isUnusual(_ seconds: Int64) -> Bool {
        let day = Int(seconds / 86_400 % 7)
        let hour = Int(seconds % 86_400 / 3_600)
        return day == 2 || day == 3 || hour < 7 || hour >= 20
    }

    /// The report as it is printed and signed, in Korean with English beside it.
    public var lines: [String] {
        var lines = [
            "월간 접속기록 점검 결과 (Monthly review of access records)", "",
            "대상 월 (month)             \(month)",
            "기록 수 (lines)             \(lineCount)",
            "위·변조 점검 (integrity)     \(isIntact ? "이상 없음 (holds)" : "이상 (does not hold): dure-node log verify")", "",
            "유형별 (by action and outcome)",
        ]
        lines += actions.map { "  \($0.count)  \($0.name)" }
        lines += ["", "담당자별 (by person, as this machine numbers users)"]
        lines += persons.map { "  \($0.count)  \($0.name)" }
        lines += ["", "근무 시간 외 (outside working hours): \(unusual.count)"]
        lines += unusual.map(Self.line)
        lines += ["", "확인할 기록 (to be looked at): \(notable.count)"]
        lines += notable.map(Self.line)
        lines += ["", "점검 의견 (comment) ____________________", "점검자 (reviewer) ____________________  서명 ____________________"]
        return lines
    }

    private static func line(_ entry: AuditEntry) -> String {
        "  \(entry.sequence)  \(entry.at)  \(entry.actor)  \(entry.action)  \(entry.object)  \(entry.outcome)"
    }

    /// Writes into the log who has looked at exactly this report.
    /// - Returns: the report's digest, which stands in the log.
    public func sign(by person: Operator, in state: StateDirectory, clock: NodeClock = .system) async throws(NodeError)
        -> Digest256
    {
        let digest = Digest256(of: Array(lines.joined(separator: "\n").utf8))
        let hospital = NodeStatus.read(in: state)?.hospital ?? HospitalID(unchecked: HospitalID.example)
        try await Spool(state, hospital: hospital).record(
            "log.reviewed", month, outcome: isIntact ? "intact" : "CHAIN_BROKEN", content: digest, at: Timestamp(clock.now()),
            by: person.actor)
        return digest
    }
}

import CanonicalJSON
import Federation
import Foundation
import TerminalText

/// What `dure-node status` says: what the daemon last wrote, whether it still runs, and what is in the spool.
public struct StatusReport: Sendable {
    private let status: NodeStatus?
    private let counts: [TicketState: Int]
    private let pause: String?
    private let free: Int64?
    private let isStoppedByHand: Bool
    private let stopOrder: StopSwitch.Order?
    private let refresh: RefreshState?
    /// Whether the daemon runs now.
    public let isRunning: Bool

    /// Looks into the state directory.
    public init(state: StateDirectory) async throws(NodeError) {
        status = NodeStatus.read(in: state)
        pause = state.pauseMessage
        free = state.freeBytes
        let stop = StopSwitch(state)
        (isStoppedByHand, stopOrder) = (stop.isStopped, stop.order)
        refresh = IndexShelf.only(in: state).flatMap { RefreshState.read(in: state, shelf: $0) }
        // The lock is the truth about a running daemon: a process id may have been given to somebody else.
        isRunning = StateLock.isHeld(state)
        let hospital = status?.hospital ?? HospitalID(unchecked: HospitalID.example)
        counts = Files.exists(state.database) ? try await Spool(state, hospital: hospital, readOnly: true).counts() : [:]
    }

    /// Whether the coordinator keeps this node out.
    public var isShutOut: Bool { isRunning && status?.connection == PollMachine.Standing.quarantined.rawValue }

    private var word: String {
        if isStoppedByHand { return StandStill.word }
        if !isRunning { return "stopped" }
        return pause != nil ? "paused" : status?.connection ?? "starting"
    }

    private func count(_ duty: TicketState.Duty) -> Int { counts.filter { $0.key.duty == duty }.map(\.value).reduce(0, +) }

    /// `dure.node-status-report/1`
    public var json: JSONValue {
        var object: JSONObject = [
            "schema": "dure.node-status-report/1", "running": .bool(isRunning), "state": .string(word),
            "tickets": .object(
                JSONObject(TicketState.allCases.map { ($0.rawValue, .int(counts[$0] ?? 0)) })),
        ]
        if let pause { object["pauseMessage"] = .string(pause) }
        object["stoppedByHand"] = .bool(isStoppedByHand)
        if let refresh { object["refresh"] = .string(refresh.phase.rawValue) }
        if let status { object["daemon"] = status.json }
        if let free { object["freeBytes"] = .int(Int(free)) }
        return .object(object)
    }

    /// One thing that a person wants to know, with its name.
    public struct Fact: Sendable, Hashable {
        /// What it is.
        public var name: String
        /// How it stands.
        public var value: String
    }

    /// The same for a person: how things stand, each with its name; none where the node has never run.
    public func facts(korean: Bool) -> [Fact] {
        func say(_ english: String, _ koreanText: String) -> String { korean ? koreanText : english }
        guard let status else { return [] }
        let clock = status.clockOffset.map { "\($0) s" + (status.isClockOff ? say(": set it", ": 조정 필요") : "") }
        return [
            (say("last contact", "마지막 연결"), status.lastContact?.description ?? "-"),
            (say("waiting", "대기"), "\(count(.acknowledge) + count(.evaluate))"),
            (say("on the desk", "승인 대기"), "\(count(.decide))"), (say("to send", "전송 대기"), "\(count(.send))"),
            (say("sent", "전송 완료"), "\(counts[.sent] ?? 0)"),
            (say("policy", "정책"), "v\(status.policyVersion) \(status.policy.short)"),
            (
                say("data", "데이터"),
                "\(status.provenance.store), \(status.provenance.dataRelease)"
                    + (status.provenance.synthetic ? say(" (synthetic)", " (합성데이터)") : "")
            ), (say("certificate", "인증서"), say("until ", "만료 ") + status.certificateExpires.day),
            (say("clock", "시각 차이"), clock ?? "-"),
        ].map(Fact.init)
    }

    /// What a person has to know or do besides.
    public func notes(korean: Bool) -> [String] {
        func say(_ english: String, _ koreanText: String) -> String { korean ? koreanText : english }
        guard let status else { return [say("The node has never run here.", "이 노드는 아직 실행된 적이 없습니다.")] }
        var notes: [String] = []
        if let problem = status.problem { notes.append("\(problem.code): \(problem.message) \(problem.advice)") }
        if isStoppedByHand {
            notes.append(
                say(
                    "Everything is stopped. Two persons lift it, each with: dure-node lift",
                    "모든 처리가 중단되었습니다. 두 사람이 각각 실행하여 해제: dure-node lift"))
            if let stopOrder { notes.append(say("stopped ", "중단 ") + "\(stopOrder.at): \(stopOrder.reason)") }
        }
        switch refresh?.phase {
        case .held, .unreadable:
            notes.append(
                say(
                    "Answers are held: a new load of the data needs a person's word. See: dure-node refresh status",
                    "응답 보류: 새 데이터 적재를 담당자가 확인해야 합니다. 확인: dure-node refresh status"))
        case .loading, .building: notes.append(say("a refresh of the data is under way", "데이터 갱신 진행 중"))
        case nil: break
        }
        if let pause, !pause.isEmpty { notes.append(say("pause: ", "일시 중지 사유: ") + pause) }
        return notes
    }

    /// All of it in lines for a terminal, the values in one column also where names are in Hangul.
    public func lines(korean: Bool) -> [String] {
        let facts = facts(korean: korean)
        let width = facts.map { DisplayWidth.of($0.name) }.max() ?? 0
        let head = status.map { ["\($0.hospital)  \(stateWord(korean: korean))"] } ?? []
        return head + facts.map { DisplayWidth.padded($0.name, to: width + 3) + $0.value } + notes(korean: korean)
    }

    /// The node's state in one word.
    public func stateWord(korean: Bool) -> String {
        guard korean else { return word }
        return switch word {
        case "connected": "연결됨"
        case "paused": "일시 중지"
        case StandStill.word: "긴급 차단"
        case "stopped": "중지됨"
        case "quarantined": "격리됨"
        case "not connected": "연결 안 됨"
        default: "시작 중"
        }
    }
}

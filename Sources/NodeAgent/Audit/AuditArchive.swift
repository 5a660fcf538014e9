import CanonicalJSON
import Federation
import Foundation

/// Retention of the audit log (`log.keep_years` of the policy): older lines are written into a file that goes on proving what it
/// holds, and only then leave the node.
///
/// The log is cut at a place that this node has signed and the coordinator has kept, so that file and log can be put together
/// again and held against both sides.
public struct AuditArchive: Sendable {
    /// What was put away, or would be.
    public struct Plan: Sendable, Hashable {
        /// The first line that goes.
        public var first: Int
        /// Where the log begins afterwards.
        public var start: AuditPoint
        /// The moment before which lines are old.
        public var cutoff: Timestamp

        /// How many lines go.
        public var count: Int { start.count - first }
    }

    private let state: StateDirectory
    private let clock: NodeClock

    /// For the node in `state`.
    public init(state: StateDirectory, clock: NodeClock = .system) {
        self.state = state
        self.clock = clock
    }

    /// What is older than the policy keeps; nil where nothing is, or nothing old was signed yet.
    /// - Throws: `INTEGRITY` where the log does not hold: a broken log is not put away.
    public func plan(keepYears: Int) async throws(NodeError) -> Plan? {
        let report = try await AuditReport(state: state)
        _ = try report.verify()
        let cutoff = Self.cutoff(before: Timestamp(clock.now()), years: keepYears)
        // The log is in order but for clocks that were set back: everything before the first young line is old.
        let first = report.start?.count ?? 0
        let old = first + report.entries().prefix { $0.at < cutoff }.count
        let signed = (try? report.signedPoints()) ?? []
        guard let start = signed.filter({ $0.count > first && $0.count <= old }).max(by: { $0.count < $1.count })
        else { return nil }
        return Plan(first: first, start: start, cutoff: cutoff)
    }

    /// The same day so many years earlier; 29 February counts as 28 February.
    static func cutoff(before now: Timestamp, years: Int) -> Timestamp {
        let text = now.description
        let year = String((Int(text.prefix(4)) ?? 0) - years)
        let padded = String(repeating: "0", count: max(0, 4 - year.count)) + year
        let moved = padded + text.dropFirst(4)
        return Timestamp(moved) ?? Timestamp(moved.replacing("-02-29", with: "-02-28")) ?? now
    }

    /// Writes the lines of `plan` into the new file `path`, reads it back, and removes them from the node.
    ///
    /// A crash in between leaves the lines in both places; the command can then be given again with another file.
    /// - Returns: the file's digest, which the log has from now on.
    /// - Throws: `FILE` where the file exists, `INTEGRITY` where what was read back is not what was written.
    public func put(_ plan: Plan, into path: String, by person: Operator) async throws(NodeError) -> Digest256 {
        guard !Files.exists(path) else {
            throw NodeError(.file, "\(path) exists.", advice: "Name a new file; an archive is never written over.")
        }
        let report = try await AuditReport(state: state)
        let lines = report.lines.prefix(plan.count)
        try Files.write(lines.map { $0 + "\n" }.joined(), to: path)
        let read = try Files.text(path, what: "the archive").split(separator: "\n").map(String.init)
        do throws(FederationError) {
            let comparison = try AuditComparison(read, from: report.start)
            guard comparison.count == plan.start.count else {
                throw FederationError(.chainBroken, "\(path) has \(read.count) lines, not \(plan.count).", advice: "")
            }
            try comparison.check(plan.start)
        } catch {
            throw NodeError(
                .integrity, "\(path) was read back and does not hold: \(error.message)",
                advice: "Nothing was removed from the log. Check the disk and name another file.")
        }
        let digest = Digest256(of: Array((read.joined(separator: "\n") + "\n").utf8))
        let spool = try Spool(state, hospital: NodeStatus.read(in: state)?.hospital ?? HospitalID(unchecked: HospitalID.example))
        try await spool.removeArchived(
            before: plan.start, archive: digest, settledBefore: plan.cutoff, at: Timestamp(clock.now()), by: person)
        return digest
    }
}

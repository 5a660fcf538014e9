import CanonicalJSON
import Federation
import Foundation

/// Puts a changed policy in force: checked, written whole, logged, the one before kept; by two persons where it lets out more.
public struct PolicyChange: Sendable {
    private let state: StateDirectory
    private let file: String
    private let clock: NodeClock

    /// For the node in `state` whose policy is `file`.
    public init(state: StateDirectory, file: String, clock: NodeClock = .system) {
        self.state = state
        self.file = file
        self.clock = clock
    }

    /// What came of it.
    public enum Result: Sendable, Hashable {
        /// In force from the daemon's next start on. `looser` are the keys that let out more than before.
        case applied(Policy, looser: [String])
        /// It lets out more: another person has to apply the same file too.
        case needsSecondPerson(looser: [String])
    }

    /// Applies the file `path`.
    /// - Throws: `CONFIGURATION` where it has problems or is not newer than the policy in force.
    public func apply(_ path: String, by person: Operator) async throws(NodeError) -> Result {
        let text = try Files.text(path, what: "the changed policy")
        let new = try Policy(text: text, name: Files.name(of: path))
        let old = try Policy(file: file)
        guard new.version > old.version else {
            throw NodeError(
                .configuration, "\(Files.name(of: path)) has version \(new.version), and \(old.version) is in force.",
                advice: "Count `version` up with each change, and say why under `reason`.")
        }
        let looser = PolicyComparison(new, with: old).looser
        let digest = Digest256(of: Array(text.utf8))
        var first: UInt32?
        if !looser.isEmpty {
            first = consent(to: digest)
            guard let first, first != person.uid else {
                let consent: JSONValue = [
                    "schema": "dure.policy-consent/1", "file": digest.json, "person": .int(Int(person.uid)),
                ]
                try Files.write(consent.canonicalBytes(), to: consentFile)
                return .needsSecondPerson(looser: looser)
            }
        }
        try keep(old)
        try await log(new, by: person, first: first)
        // First what is admitted, then the file: a crash in between leaves the stricter file in use.
        try PolicyInForce(state).keep(text)
        try Files.write(text, to: file, mode: 0o640)
        unlink(consentFile)
        return .applied(new, looser: looser)
    }

    // MARK: -

    private var consentFile: String { state.file("policy-consent.json") }

    private func consent(to digest: Digest256) -> UInt32? {
        guard let bytes = FileManager.default.contents(atPath: consentFile), let value = try? JSONValue(parsing: bytes),
            (try? JSONReader(value).required("file").decode(Digest256.self)) == digest,
            let person = try? JSONReader(value).required("person").int(in: 0...Int(UInt32.max))
        else { return nil }
        return UInt32(truncatingIfNeeded: person)
    }

    /// The policy before, by its version, beside the state: what an old answer's digest stands for.
    private func keep(_ old: Policy) throws(NodeError) {
        let folder = state.file("policies")
        if !Files.exists(folder), mkdir(folder, 0o700) != 0, errno != EEXIST { throw Files.failure("make", folder) }
        let text = try Files.text(file, what: "the hospital's policy")
        try Files.write(text, to: "\(folder)/v\(old.version)-\(old.hash.short).yaml")
    }

    private func log(_ new: Policy, by person: Operator, first: UInt32?) async throws(NodeError) {
        guard Files.exists(state.database) else { return }
        let hospital = NodeStatus.read(in: state)?.hospital ?? HospitalID(unchecked: HospitalID.example)
        let second = first.map { Operator(uid: $0, name: nil).actor }
        try await Spool(state, hospital: hospital).record(
            "policy.applied", second ?? "v\(new.version)", outcome: "v\(new.version)", content: new.hash,
            at: Timestamp(clock.now()), by: person.actor)
    }
}

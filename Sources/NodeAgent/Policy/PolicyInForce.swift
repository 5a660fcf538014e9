import Federation
import Foundation

/// The policy that this node last worked under, kept beside its state: a file that lets out more than it is taken only from
/// `dure-node policy apply`, where two persons said so. An edited policy.yaml may be stricter.
///
/// Whoever is root can change both files; the audit log and the coordinator's copy of its heads show what was in force when.
public struct PolicyInForce: Sendable {
    private let state: StateDirectory

    /// For the node in `state`.
    public init(_ state: StateDirectory) { self.state = state }

    private var file: String { state.file("policy-in-force.yaml") }

    /// The policy in `path`, which is in force from now on.
    ///
    /// - Throws: `CONFIGURATION` where it lets out more than the one before and was not applied by two persons; the one before
    ///   then stays in force.
    public func admit(_ path: String) throws(NodeError) -> Policy {
        let text = try Files.text(path, what: "the hospital's policy")
        let policy = try Policy(text: text, name: Files.name(of: path))
        if let before = try before() {
            let looser = PolicyComparison(policy, with: before).looser
            guard looser.isEmpty else {
                throw NodeError(
                    .configuration,
                    "\(Files.name(of: path)) lets out more than the policy in force (version \(before.version)): "
                        + "\(looser.joined(separator: ", ")).",
                    advice: "Put the former file back (\(file) has it), and give the changed one to `dure-node policy apply`: "
                        + "a second person has to agree.")
            }
            guard policy.hash != before.hash else { return policy }
        }
        try keep(text)
        return policy
    }

    /// Puts a policy in force that was applied as it should be.
    func keep(_ text: String) throws(NodeError) { try Files.write(text, to: file) }

    /// What was in force; nil before the first start.
    private func before() throws(NodeError) -> Policy? {
        guard Files.exists(file) else { return nil }
        return try Policy(text: try Files.text(file, what: "the policy in force"), name: Files.name(of: file))
    }
}

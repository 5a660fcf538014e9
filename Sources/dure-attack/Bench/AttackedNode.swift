import CanonicalJSON
import Cohorts
import Disclosure
import Federation
import Foundation
import NodeAgent

/// A node with a made-up hospital behind it, as an attacker reaches it: questions in, signed answers out.
final class AttackedNode {
    let store: MadeStore
    let state: StateDirectory
    private let policy: Policy
    private var node: LocalNode
    private let folder: String
    private var asked = 0
    private let replySlot: Duration

    /// A new node.
    /// - Parameter secret: what the node's own secret is made of, so that a run can be repeated.
    init(policy: Policy, store: MadeStore, secret: UInt64, replySlot: Duration = .zero) async throws {
        // Memory where there is some: an attack asks thousands of questions, and each is stored before it is answered.
        let root = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
        folder = "\(root)/dure-attack-\(UUID().uuidString)"
        state = try StateDirectory(folder)
        var random = SeededRandom(seed: secret)
        let bytes = (0..<32).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        try Data(bytes.map { String(format: "%02x", $0) }.joined().utf8).write(to: URL(filePath: folder + "/node-secret"))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder + "/node-secret")
        self.policy = policy
        self.store = store
        self.replySlot = replySlot
        node = try await LocalNode(policy: policy, source: store, state: state, replySlot: replySlot)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Ends the node and starts it again on what it has kept.
    func restart() async throws {
        node = try await LocalNode(policy: policy, source: store, state: state, replySlot: replySlot)
    }

    /// Asks as some project: attackers have as many accounts as they need, so none of them runs out.
    func ask(
        _ question: FeasibilityQuestion, project: Int? = nil, mode: ReleaseMode = .named
    ) async throws -> LocalNode.Reply {
        asked += 1
        let number = project ?? 1 + asked / 60
        return try await node.ask(question, project: "P-\(String(format: "%04d", number))", mode: mode)
    }

    /// The total of a question's answer.
    func count(_ question: FeasibilityQuestion, project: Int? = nil) async throws -> DisclosedCount {
        try await answer(question, project: project).total
    }

    /// A question's answer.
    func answer(_ question: FeasibilityQuestion, project: Int? = nil) async throws -> DisclosedAnswer {
        let outcome = try await ask(question, project: project).answer.outcome
        guard case .answered(let answer) = outcome else { throw AttackFailure("the node did not answer: \(outcome.json.text())") }
        return answer
    }

    /// What somebody sees who watches the line and cannot read it.
    func observe(_ question: FeasibilityQuestion) async throws -> (seconds: Double, bytes: Int) {
        let reply = try await ask(question)
        return (reply.duration / .seconds(1), reply.messageBytes)
    }

    /// Every file that the node has written.
    func files() throws -> [(name: String, bytes: [UInt8])] {
        let names = FileManager.default.subpaths(atPath: folder) ?? []
        return names.sorted().compactMap { name in
            FileManager.default.contents(atPath: "\(folder)/\(name)").map { (name, Array($0)) }
        }
    }
}

/// An attack that could not be carried out (which is no success of the node's).
struct AttackFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

extension DisclosedCount {
    /// The number that is shown, if one is.
    var shown: Int? {
        switch self {
        case .exact(let value), .rounded(let value, _, _, _): value
        default: nil
        }
    }
}

import CanonicalJSON
import Federation
import Foundation

/// The audit log as another process reads it.
public struct AuditReport: Sendable {
    /// Every line that was not put into an archive, in order.
    public let lines: [String]
    /// Where the log begins, if its older lines were put away.
    public let start: AuditPoint?
    /// What this node has signed about its log, in order.
    public let heads: [SignedDocument]
    private let key: VerificationKey?

    /// Reads the log. Empty where the node never ran.
    public init(state: StateDirectory) async throws(NodeError) {
        guard Files.exists(state.database) else {
            (lines, start, heads, key) = ([], nil, [], nil)
            return
        }
        let spool = try Spool(state, hospital: HospitalID(unchecked: HospitalID.example), readOnly: true)
        lines = try await spool.auditLines()
        start = try await spool.auditStart()
        heads = try await spool.heads()
        key = NodeIdentity.exists(in: state) ? try NodeIdentity(in: state).keys.signing.verificationKey : nil
    }

    init(lines: [String], start: AuditPoint? = nil, heads: [SignedDocument], key: VerificationKey?) {
        (self.lines, self.start, self.heads, self.key) = (lines, start, heads, key)
    }

    /// Follows the chain and holds it against everything that was signed about it.
    /// - Throws: `INTEGRITY` that names the first line that does not follow, or the place where the end was cut off.
    public func verify() throws(NodeError) -> AuditChain {
        do throws(FederationError) {
            let comparison = try AuditComparison(lines, from: start)
            for point in try signedPoints() { try comparison.check(point) }
            return comparison.chain
        } catch {
            throw NodeError(.integrity, error.message, advice: error.advice)
        }
    }

    /// The places in the log that this node has signed with its present key.
    /// - Throws: `FederationError` where a word that carries this key's name was not signed with it.
    func signedPoints() throws(FederationError) -> [AuditPoint] {
        var points: [AuditPoint] = []
        for document in heads {
            // Signed with a key from before an enrolment anew: only its own bytes are known to hold.
            guard let key, document.keyName == key.name else { continue }
            points.append(try document.verified(as: AuditHead.self, by: key).point)
        }
        return points
    }

    /// What lines are looked for.
    public struct Search: Sendable {
        /// From this moment on.
        public var since: Timestamp?
        /// Before this moment.
        public var until: Timestamp?
        /// Whose action begins so: `request.`.
        public var action: String?
        /// Whose actor is this.
        public var actor: String?
        /// Whose object is this.
        public var object: String?
        /// That ended like this.
        public var outcome: String?

        /// A search for everything.
        public init() {}

        func holds(_ entry: AuditEntry) -> Bool {
            (since.map { entry.at >= $0 } ?? true) && (until.map { entry.at < $0 } ?? true)
                && (action.map { entry.action.hasPrefix($0) } ?? true) && (actor.map { entry.actor == $0 } ?? true)
                && (object.map { entry.object == $0 } ?? true) && (outcome.map { entry.outcome == $0 } ?? true)
        }
    }

    /// The lines that `search` looks for, in order.
    public func entries(_ search: Search = Search()) -> [AuditEntry] {
        lines.compactMap { line in
            guard let value = try? JSONValue(parsing: line), let entry = try? AuditEntry(from: JSONReader(value)) else {
                return nil
            }
            return search.holds(entry) ? entry : nil
        }
    }
}

import Federation

/// The audit log as another process reads it.
public struct AuditReport: Sendable {
    /// Every line, in order.
    public let lines: [String]

    /// Reads the log. Empty where the node never ran.
    public init(state: StateDirectory) async throws(NodeError) {
        guard Files.exists(state.database) else {
            lines = []
            return
        }
        lines = try await Spool(state, hospital: HospitalID(unchecked: HospitalID.example), readOnly: true).auditLines()
    }

    /// Follows the chain.
    /// - Throws: `INTEGRITY` that names the first line that does not follow.
    public func verify() throws(NodeError) -> AuditChain {
        do throws(FederationError) {
            return try AuditChain.verify(lines)
        } catch {
            throw NodeError(.integrity, error.message, advice: error.advice)
        }
    }
}

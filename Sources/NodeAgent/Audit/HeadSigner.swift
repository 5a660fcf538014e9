import Federation

/// Signs the node's word on its own log, when enough has been written since the last one.
struct HeadSigner: Sendable {
    let spool: Spool
    let identity: NodeIdentity

    /// The last word, or a new one if there is none, or `every` lines were written since.
    func head(every lines: Int, at now: Timestamp) async throws(NodeError) -> SignedDocument? {
        let last = try await spool.lastHead()
        let point = try await spool.auditPoint()
        // Signed by another key: the node was enrolled anew, and nobody would believe the old one's.
        let isOurs = last?.document.keyName == identity.keys.signing.verificationKey.name
        if let last, isOurs, point.count - last.count < lines { return last.document }
        guard point.count > 0 else { return nil }
        do throws(FederationError) {
            let head = AuditHead(node: identity.grant.node, point: point, at: now)
            let document = try SignedDocument(signing: head, with: identity.keys.signing)
            try? await spool.keep(head: document, count: point.count)
            return document
        } catch {
            throw NodeError(.integrity, error.message, advice: error.advice)
        }
    }
}

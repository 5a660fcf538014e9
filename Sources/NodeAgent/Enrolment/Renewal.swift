import FaultPoints
import Federation
import Outbound

/// Asks for the next certificate at two thirds of the present one's life, with a new TLS key; the signing key stays.
struct Renewal: Sendable {
    let configuration: NodeConfiguration
    let state: StateDirectory
    let link: CoordinatorLink
    let client: LiveClient?
    let spool: Spool
    let board: StatusBoard
    let stop: StopSignal
    let clock: NodeClock
    let log: NodeLog

    /// How often the certificate is looked at.
    private static let interval = Duration.seconds(3_600)

    func run() async {
        while !stop.isStopping {
            do throws(NodeError) {
                try await step()
            } catch {
                log.warning("the certificate could not be renewed yet", [.code: error.code.rawValue, .advice: error.advice])
                await board.problem(error)
            }
            await stop.sleep(Self.interval)
        }
    }

    /// Renews if it is time (or `force`). True if it did.
    @discardableResult
    func step(force: Bool = false) async throws(NodeError) -> Bool {
        let now = Timestamp(clock.now())
        let identity = try NodeIdentity(in: state)
        guard force || now >= identity.certificate.renewFrom else { return false }
        let keys = identity.keys.renewed()
        let request = try signed(identity, keys, now)
        let reply: (document: SignedDocument, grant: EnrolmentGrant)
        do throws(LinkFailure) {
            reply = try await link.renew(request)
        } catch {
            throw error.words
        }
        guard reply.grant.node == identity.grant.node else {
            throw NodeError(
                .integrity, "The new certificate is for \(reply.grant.node).", advice: "Nothing was changed. Tell the operator.")
        }
        FaultPoint.reach(.renewalGranted)
        try NodeIdentity.store(reply.document, reply.grant, keys: keys, in: state)
        try await spool.record("certificate.renewed", reply.grant.node.rawValue, content: reply.document.digest, at: now)
        FaultPoint.reach(.renewalNoted)
        try use(try NodeIdentity(in: state))
        await board.certificate(expires: reply.grant.expires)
        log.info("certificate renewed", [.expires: reply.grant.expires.description])
        return true
    }

    private func signed(_ identity: NodeIdentity, _ keys: NodeKeys, _ now: Timestamp) throws(NodeError) -> SignedDocument {
        do throws(FederationError) {
            let request = RenewalRequest(
                node: identity.grant.node,
                certificateRequest: try keys.certificateRequest(commonName: identity.grant.node.rawValue), asked: now)
            return try SignedDocument(signing: request, with: identity.keys.signing)
        } catch {
            throw NodeError(.integrity, error.message, advice: error.advice)
        }
    }

    private func use(_ identity: NodeIdentity) throws(NodeError) {
        guard let client else { return }
        let outbound = try configuration.outbound(identity)
        do throws(OutboundError) {
            try client.replace(outbound)
        } catch {
            throw NodeError(.unreachable, error.message, advice: error.advice)
        }
    }
}

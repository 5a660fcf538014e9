import CanonicalJSON
import FaultPoints
import Federation
import Outbound

/// From a one-time code to a certificate.
///
/// The code carries the fingerprint of the consortium's CA, so the first connection already knows whom to trust: the CA's
/// certificate is fetched unverified, compared with the code (and with `coordinator.fingerprint` of node.yaml where it is set),
/// and only then is the one-time secret sent, over a connection verified against that CA.
public struct Enrolment: Sendable {
    let configuration: NodeConfiguration
    let state: StateDirectory
    private let transport: @Sendable (OutboundConfiguration) throws(OutboundError) -> NodeTransport

    /// An enrolment of the node that `configuration` describes, into `state`.
    public init(_ configuration: NodeConfiguration, state: StateDirectory) {
        self.init(configuration, state: state) { outbound throws(OutboundError) in
            let client = try OutboundClient(outbound)
            return NodeTransport { request async throws(OutboundError) in try await client.send(request) }
        }
    }

    /// With a transport of a test's own, which is told whom it would have to trust.
    init(
        _ configuration: NodeConfiguration, state: StateDirectory,
        transport: @escaping @Sendable (OutboundConfiguration) throws(OutboundError) -> NodeTransport
    ) {
        self.configuration = configuration
        self.state = state
        self.transport = transport
    }

    /// What came out.
    public struct Summary: Sendable, Hashable {
        /// The hospital.
        public var hospital: HospitalID
        /// Where tickets are fetched.
        public var nodesURL: String
        /// When the certificate ends.
        public var expires: Timestamp
        /// The CA's fingerprint, to be compared by telephone.
        public var authorityFingerprint: String
        /// The fingerprint of this node's signing key, to be compared by telephone.
        public var signingKeyFingerprint: String
    }

    /// Enrols.
    /// - Parameters:
    ///   - code: as the operator typed it.
    ///   - coordinatorURL: instead of `coordinator.url`.
    ///   - replace: whether a node that is enrolled already may be enrolled anew.
    /// - Throws: `ENROLMENT`, `INTEGRITY`, `UNREACHABLE`, `REFUSED_BY_COORDINATOR`. The identity is changed only if it succeeds;
    ///   interrupted anywhere, the same call with the same code goes on.
    public func enrol(
        code text: String, coordinatorURL: String? = nil, replace: Bool = false, clock: NodeClock = .system
    ) async throws(NodeError) -> Summary {
        try StopSwitch(state).requireRunning()
        let code = try parse(text)
        if let grant = try finished(code) { return try summary(grant) }
        try refuseEnrolled(unless: replace)
        let base = try address(coordinatorURL ?? configuration.coordinatorURL)
        let authority = try await authority(base, code)
        let (keys, request) = try PendingKeys.enrolling(
            code, hospital: configuration.hospital, in: state, at: Timestamp(clock.now()))
        FaultPoint.reach(.enrolmentKeysKept)
        let document = try await ask(base, authority, request)
        FaultPoint.reach(.enrolmentGranted)
        let grant = try read(document, authority: authority)
        try NodeIdentity.store(document, grant, keys: keys, in: state)
        PendingKeys.forget(in: state)
        return try summary(grant)
    }

    /// The identity that this very code brought, where an enrolment was interrupted when all but the tidying was done.
    func finished(_ code: EnrolmentCode) throws(NodeError) -> EnrolmentGrant? {
        guard let waiting = try? PendingKeys.read(in: state), waiting.code == code.text,
            let identity = try? NodeIdentity(in: state), identity.keys.signing.seed == waiting.keys.signing.seed
        else { return nil }
        PendingKeys.forget(in: state)
        return identity.grant
    }

    func summary(_ grant: EnrolmentGrant) throws(NodeError) -> Summary {
        do throws(FederationError) {
            return Summary(
                hospital: grant.node, nodesURL: grant.nodesURL, expires: grant.expires,
                authorityFingerprint: Fingerprint.grouped(try CertificateFacts(pem: grant.authority).fingerprint),
                signingKeyFingerprint: grant.signingKey.fingerprint)
        } catch {
            throw NodeError(.integrity, error.message, advice: error.advice)
        }
    }

    // MARK: steps

    func refuseEnrolled(unless replace: Bool) throws(NodeError) {
        try StopSwitch(state).requireRunning()
        guard NodeIdentity.exists(in: state), !replace else { return }
        throw NodeError(
            .enrolment, "This node is enrolled already (\(state.path)).",
            advice: "To enrol it anew with a new code, add --replace; its answers that are not yet sent stay valid.")
    }

    func parse(_ text: String) throws(NodeError) -> EnrolmentCode {
        do throws(FederationError) {
            return try EnrolmentCode(text)
        } catch {
            throw NodeError(.enrolment, error.message, advice: error.advice)
        }
    }

    private func address(_ url: String) throws(NodeError) -> String {
        guard url.hasPrefix("https://") else {
            throw NodeError(
                .enrolment, "\(url) does not begin with https://.", advice: "Correct --coordinator or `coordinator.url`.")
        }
        return url.hasSuffix("/") ? String(url.dropLast()) : url
    }

    private typealias Authority = (pem: String, digest: Digest256)

    /// Fetches the CA's certificate and believes it only because the code names it.
    private func authority(_ base: String, _ code: EnrolmentCode) async throws(NodeError) -> Authority {
        let response = try await send(OutboundRequest(.get, "\(base)/v1/ca", responseLimit: 64 << 10), trust: .unverified)
        let pem = String(decoding: response.body, as: UTF8.self)
        let digest: Digest256
        do throws(FederationError) {
            digest = try CertificateFacts(pem: pem).fingerprint
        } catch {
            throw NodeError(
                .integrity, "\(base)/v1/ca is not a certificate.",
                advice: "Is this the coordinator's address? Compare it with your invitation.")
        }
        guard code.names(authority: digest) else {
            throw NodeError(
                .integrity, "\(base) shows another authority (\(Fingerprint.grouped(digest))) than the code was made for.",
                advice:
                    "Nothing was sent. Somebody may be in between, or the code is for another consortium: telephone the operator."
            )
        }
        if let expected = configuration.coordinatorFingerprint, !Fingerprint.matches(expected, digest) {
            throw NodeError(
                .integrity,
                "The authority's fingerprint (\(Fingerprint.grouped(digest))) is not the `coordinator.fingerprint` of node.yaml.",
                advice: "Nothing was sent. Telephone the operator and compare.")
        }
        return (pem, digest)
    }

    private func ask(
        _ base: String, _ authority: Authority, _ request: SignedDocument
    ) async throws(NodeError) -> SignedDocument {
        let response = try await send(
            OutboundRequest(
                .post, "\(base)/v1/enrolments", headers: [("Content-Type", "application/json")], body: request.bytes,
                responseLimit: 256 << 10),
            trust: .only(pem: try configuration.authorities(authority.pem)))
        do throws(FederationError) {
            return try SignedDocument(parsing: response.body)
        } catch {
            throw NodeError(
                .integrity, "The coordinator's answer cannot be read.", advice: "Compare the versions of node and coordinator.")
        }
    }

    private func read(_ document: SignedDocument, authority: Authority) throws(NodeError) -> EnrolmentGrant {
        let grant: EnrolmentGrant
        let granted: Digest256
        do throws(FederationError) {
            grant = try EnrolmentGrant.verifiedOnFirstUse(document)
            granted = try CertificateFacts(pem: grant.authority).fingerprint
        } catch {
            throw NodeError(.integrity, error.message, advice: error.advice)
        }
        guard granted == authority.digest else {
            throw NodeError(
                .integrity, "The grant names another authority than the code.",
                advice: "Nothing was changed. Telephone the operator.")
        }
        guard grant.node == configuration.hospital else {
            throw NodeError(
                .enrolment, "The code is for \(grant.node), and node.yaml says \(configuration.hospital).",
                advice:
                    "Nothing was changed here, but the code is used up. Correct `node.id`, or ask for a code for this hospital.")
        }
        return grant
    }

    private func send(_ request: OutboundRequest, trust: OutboundConfiguration.Trust) async throws(NodeError) -> OutboundResponse
    {
        let response: OutboundResponse
        do throws(OutboundError) {
            let outbound = OutboundConfiguration(
                trust: trust, proxy: configuration.transport.proxy, minimumTLS: configuration.transport.minimumTLS,
                userAgent: NodeSoftware.name)
            response = try await transport(outbound).send(request)
        } catch {
            throw NodeError(.unreachable, error.message, advice: error.advice)
        }
        guard response.status == 200 || response.status == 201 else {
            let failure = LinkFailure(response)
            throw NodeError(
                [401, 403, 404, 409, 410, 422].contains(response.status) ? .refused : .unreachable, failure.message,
                advice: "Is the code still valid, unused, and for this hospital? Ask the operator for a new one.")
        }
        return response
    }
}

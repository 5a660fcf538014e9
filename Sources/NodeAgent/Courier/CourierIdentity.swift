import CanonicalJSON
import FaultPoints
import Federation

/// Enrolment and renewal by carried files. The keys never leave the node.
struct CourierIdentity {
    private let state: StateDirectory
    private let clock: NodeClock

    init(_ state: StateDirectory, clock: NodeClock) {
        self.state = state
        self.clock = clock
    }

    // MARK: renewal

    /// A request for the next certificate, where it is time for one.
    func renewalRequest(_ identity: NodeIdentity) throws(NodeError) -> SignedDocument? {
        let now = Timestamp(clock.now())
        guard now >= identity.certificate.renewFrom else { return nil }
        let keys = try PendingKeys.renewing(identity, in: state, at: now)
        do throws(FederationError) {
            let request = RenewalRequest(
                node: identity.grant.node,
                certificateRequest: try keys.certificateRequest(commonName: identity.grant.node.rawValue), asked: now)
            return try SignedDocument(signing: request, with: identity.keys.signing)
        } catch {
            throw NodeError(.integrity, error.message, advice: error.advice)
        }
    }

    /// Takes a certificate that answers a request of this node's. False where it answers none that waits. The keys wait on until
    /// `PendingKeys.forget`.
    func renewed(_ document: SignedDocument, _ grant: EnrolmentGrant) throws(NodeError) -> Bool {
        guard let pending = try PendingKeys.read(in: state), pending.keys.own(certificate: grant.certificate) else {
            return false
        }
        try NodeIdentity.store(document, grant, keys: pending.keys, in: state)
        return true
    }

    // MARK: enrolment

    /// A file that asks for this hospital's first certificate.
    func enrolmentRequest(_ code: EnrolmentCode, hospital: HospitalID) throws(NodeError) -> CourierFile {
        let now = Timestamp(clock.now())
        let (keys, request) = try PendingKeys.enrolling(code, hospital: hospital, in: state, at: now)
        FaultPoint.reach(.enrolmentKeysKept)
        do throws(FederationError) {
            return CourierFile(try Self.bundle(request, keys, hospital, now))
        } catch {
            throw NodeError(.enrolment, error.message, advice: error.advice)
        }
    }

    private static func bundle(
        _ request: SignedDocument, _ keys: NodeKeys, _ hospital: HospitalID, _ now: Timestamp
    ) throws(FederationError) -> SignedDocument {
        var random = SystemRandomNumberGenerator()
        let bundle = CourierBundle(
            id: .random(using: &random), sender: .hospital(hospital), recipient: .coordinator, created: now,
            notAfter: now.adding(30 * 86_400),
            readme: .identity(
                "두레 전달 파일: 병원 \(hospital)의 인증서 발급 요청입니다. 환자 자료는 들어 있지 않습니다. 일회용 등록 코드가 들어 있으므로 담당자 외에는 보이지 마십시오.",
                "Dure courier file: \(hospital) asks for its certificate. No patient data. It holds the one-time code: show it to nobody else."
            ), documents: [request])
        return try SignedDocument(signing: bundle, with: keys.signing)
    }

    /// Takes the file that brings this hospital's first certificate.
    /// - Parameter fingerprint: the file's, as the coordinator's operator read it over the telephone. Nothing else says that the
    ///   key in it is the coordinator's.
    func enrol(_ bytes: some Collection<UInt8>, fingerprint: String, hospital: HospitalID) throws(NodeError) -> EnrolmentGrant {
        let found: (document: SignedDocument, grant: EnrolmentGrant)
        do throws(FederationError) {
            found = try Self.grant(bytes, fingerprint, hospital, Timestamp(clock.now()))
        } catch {
            throw NodeError(.integrity, error.message, advice: error.advice)
        }
        try store(found.document, found.grant, hospital)
        return found.grant
    }

    private static func grant(
        _ bytes: some Collection<UInt8>, _ fingerprint: String, _ hospital: HospitalID, _ now: Timestamp
    ) throws(FederationError) -> (SignedDocument, EnrolmentGrant) {
        let file = try CourierFile(parsing: bytes)
        guard Fingerprint.matches(fingerprint, file.digest) else {
            throw FederationError(
                .signatureInvalid, "The file's fingerprint is \(file.fingerprint), not \(fingerprint).",
                advice: "Read it again over the telephone. If it stays another, the file was changed on its way.")
        }
        let claimed = try file.document.claimed(CourierBundle.self)
        guard let document = claimed.documents(of: EnrolmentGrant.self).first else {
            throw FederationError(.wrongSchema, "There is no certificate in the file.")
        }
        let grant = try EnrolmentGrant.verifiedOnFirstUse(document)
        _ = try CourierBundle.verify(file.document, by: grant.coordinatorKey, for: .hospital(hospital), now: now)
        return (document, grant)
    }

    private func store(_ document: SignedDocument, _ grant: EnrolmentGrant, _ hospital: HospitalID) throws(NodeError) {
        guard let pending = try PendingKeys.read(in: state), let text = pending.code, let code = try? EnrolmentCode(text) else {
            throw NodeError(
                .enrolment, "This node has not asked for a certificate by file.",
                advice: "dure-node enrol --export-request FILE --code-file CODE")
        }
        guard grant.node == hospital, let authority = try? CertificateFacts(pem: grant.authority).fingerprint,
            code.names(authority: authority)
        else {
            throw NodeError(
                .integrity, "The certificate is for another hospital, or of another authority than the code was made for.",
                advice: "Nothing was changed. Telephone the operator.")
        }
        try NodeIdentity.store(document, grant, keys: pending.keys, in: state)
        PendingKeys.forget(in: state)
    }
}

extension SignedDocument {
    /// What the document says, before anybody has checked who says it.
    func claimed<Payload: SignedPayload>(_: Payload.Type) throws(FederationError) -> Payload {
        do throws(JSONError) {
            return try Payload(from: JSONReader(payload))
        } catch {
            throw FederationError(error)
        }
    }
}

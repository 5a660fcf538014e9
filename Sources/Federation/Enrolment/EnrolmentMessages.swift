import CanonicalJSON

/// A node asks to be enrolled, signed with the key that it will sign answers with: so the request proves that it has the key.
public struct EnrolmentRequest: SignedPayload, Hashable {
    public static let schema = "dure.enrolment-request/1"

    /// The one-time secret of the enrolment code, in hexadecimal digits.
    public var secret: String
    /// PKCS#10 request for the TLS certificate, PEM. Only its public key is used.
    public var certificateRequest: String
    /// The key that signs this request and will sign answers.
    public var signingKey: VerificationKey
    /// The node's software and its version.
    public var software: String

    /// Creates a request.
    public init(code: EnrolmentCode, certificateRequest: String, signingKey: VerificationKey, software: String) {
        secret = Hex.encode(code.secret)
        self.certificateRequest = certificateRequest
        self.signingKey = signingKey
        self.software = software
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["schema", "secret", "certificateRequest", "signingKey", "software"])
        try object.expectSchema(Self.schema)
        secret = try object.required("secret").string(maxLength: 64)
        certificateRequest = try object.required("certificateRequest").string(maxLength: 8_192)
        signingKey = try object.required("signingKey").decode(VerificationKey.self)
        software = try object.required("software").string(maxLength: 100)
    }

    public var json: JSONValue {
        [
            "schema": .string(Self.schema), "secret": .string(secret), "certificateRequest": .string(certificateRequest),
            "signingKey": signingKey.json, "software": .string(software),
        ]
    }

    /// The digest of the secret, to be compared with what the coordinator keeps; nil where it is not hexadecimal.
    public var secretDigest: Digest256? { Hex.decode(secret).map { Digest256(of: $0) } }

    /// Reads a request and checks that it is signed by the key it names.
    public static func verified(_ document: SignedDocument) throws(FederationError) -> EnrolmentRequest {
        let claimed: VerificationKey
        do throws(JSONError) {
            claimed = try JSONReader(document.payload).required("signingKey").decode(VerificationKey.self)
        } catch {
            throw FederationError(error)
        }
        return try document.verified(as: EnrolmentRequest.self, by: claimed)
    }
}

/// An enrolled node asks for its next certificate, over its present one, signed with its enrolled key.
public struct RenewalRequest: SignedPayload, Hashable {
    public static let schema = "dure.renewal-request/1"

    /// The hospital.
    public var node: HospitalID
    /// PKCS#10 request for the TLS certificate, PEM.
    public var certificateRequest: String
    /// When it was asked, so that an old request cannot be sent again.
    public var asked: Timestamp

    /// Creates a request.
    public init(node: HospitalID, certificateRequest: String, asked: Timestamp) {
        self.node = node
        self.certificateRequest = certificateRequest
        self.asked = asked
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["schema", "node", "certificateRequest", "asked"])
        try object.expectSchema(Self.schema)
        node = try object.required("node").decode(HospitalID.self)
        certificateRequest = try object.required("certificateRequest").string(maxLength: 8_192)
        asked = try object.required("asked").decode(Timestamp.self)
    }

    public var json: JSONValue {
        [
            "schema": .string(Self.schema), "node": node.json, "certificateRequest": .string(certificateRequest),
            "asked": asked.json,
        ]
    }
}

/// What an enrolled node holds: its certificate, whom to trust, where to ask. Signed by the coordinator; the answer to an
/// enrolment and to a renewal.
public struct EnrolmentGrant: SignedPayload, Hashable {
    public static let schema = "dure.enrolment-grant/1"

    /// The hospital that the certificate is bound to.
    public var node: HospitalID
    /// The TLS client certificate, PEM.
    public var certificate: String
    /// The consortium's CA certificate, PEM.
    public var authority: String
    /// The key that signs tickets and receipts.
    public var coordinatorKey: VerificationKey
    /// The enrolled key of the node, as the coordinator keeps it.
    public var signingKey: VerificationKey
    /// Where tickets are fetched, `https://host:port`.
    public var nodesURL: String
    /// When the certificate ends.
    public var expires: Timestamp

    /// Creates a grant.
    public init(
        node: HospitalID, certificate: String, authority: String, coordinatorKey: VerificationKey, signingKey: VerificationKey,
        nodesURL: String, expires: Timestamp
    ) {
        self.node = node
        self.certificate = certificate
        self.authority = authority
        self.coordinatorKey = coordinatorKey
        self.signingKey = signingKey
        self.nodesURL = nodesURL
        self.expires = expires
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: [
            "schema", "node", "certificate", "authority", "coordinatorKey", "signingKey", "nodesURL", "expires",
        ])
        try object.expectSchema(Self.schema)
        node = try object.required("node").decode(HospitalID.self)
        certificate = try object.required("certificate").string(maxLength: 16_384)
        authority = try object.required("authority").string(maxLength: 16_384)
        coordinatorKey = try object.required("coordinatorKey").decode(VerificationKey.self)
        signingKey = try object.required("signingKey").decode(VerificationKey.self)
        nodesURL = try object.required("nodesURL").string(maxLength: 500)
        expires = try object.required("expires").decode(Timestamp.self)
    }

    public var json: JSONValue {
        [
            "schema": .string(Self.schema), "node": node.json, "certificate": .string(certificate),
            "authority": .string(authority), "coordinatorKey": coordinatorKey.json, "signingKey": signingKey.json,
            "nodesURL": .string(nodesURL), "expires": expires.json,
        ]
    }

    /// Reads a grant whose coordinator is not known yet: the caller has checked the TLS connection against the enrolment code's
    /// CA, and the document must be signed by the key that it names.
    public static func verifiedOnFirstUse(_ document: SignedDocument) throws(FederationError) -> EnrolmentGrant {
        let claimed: VerificationKey
        do throws(JSONError) {
            claimed = try JSONReader(document.payload).required("coordinatorKey").decode(VerificationKey.self)
        } catch {
            throw FederationError(error)
        }
        return try document.verified(as: EnrolmentGrant.self, by: claimed)
    }
}

import CanonicalJSON

/// What an operator types at a hospital to enrol its node, once: a secret, and the fingerprint of the consortium's CA, so that
/// the very first connection is already authenticated.
///
/// Written as `DURE-` and groups of four characters of Crockford's base 32: one byte of version, ten of secret (80 bits), sixteen of
/// the CA certificate's SHA-256 and one check byte.
public struct EnrolmentCode: Sendable, Hashable {
    private static let version: UInt8 = 1
    private static let secretLength = 10
    private static let fingerprintLength = 16

    /// The one-time secret. The coordinator stores its digest only.
    public let secret: [UInt8]
    /// The first 16 bytes of the SHA-256 of the CA certificate's DER.
    public let authorityFingerprint: [UInt8]

    /// A new code for the CA with `authority` as its certificate's digest.
    public init(authority: Digest256, using generator: inout some RandomNumberGenerator) {
        secret = (0..<Self.secretLength).map { _ in UInt8.random(in: 0...255, using: &generator) }
        authorityFingerprint = Array(Hex.decode(String(authority.text.dropFirst(7)))?.prefix(Self.fingerprintLength) ?? [])
    }

    /// Reads a code as a person typed it; case, spaces and hyphens do not matter.
    ///
    /// - Throws: `FederationError` (`ENROLMENT_CODE_INVALID`).
    public init(_ text: String) throws(FederationError) {
        var body = text.uppercased().filter { $0 != " " && $0 != "-" && !$0.isNewline }
        guard body.hasPrefix("DURE") else {
            throw FederationError(.enrolmentCodeInvalid, "The enrolment code does not begin with DURE-.", advice: Self.advice)
        }
        body.removeFirst(4)
        let expected = 2 + Self.secretLength + Self.fingerprintLength
        guard let bytes = Crockford.decode(body), bytes.count == expected, bytes[0] == Self.version else {
            throw FederationError(.enrolmentCodeInvalid, "The enrolment code is not complete.", advice: Self.advice)
        }
        guard bytes[expected - 1] == Self.check(bytes.dropLast()) else {
            throw FederationError(.enrolmentCodeInvalid, "The enrolment code has a typing error.", advice: Self.advice)
        }
        secret = Array(bytes[1..<1 + Self.secretLength])
        authorityFingerprint = Array(bytes[(1 + Self.secretLength)..<(expected - 1)])
    }

    private static let advice = "Copy it whole from the coordinator's `enrol-code`; a code works once and for a limited time."

    /// The code as it is printed.
    public var text: String {
        var bytes = [Self.version] + secret + authorityFingerprint
        bytes.append(Self.check(bytes))
        let characters = Array(Crockford.encode(bytes))
        let groups = stride(from: 0, to: characters.count, by: 4).map {
            String(characters[$0..<min($0 + 4, characters.count)])
        }
        return "DURE-" + groups.joined(separator: "-")
    }

    /// The digest of the secret: what the coordinator keeps.
    public var secretDigest: Digest256 { Digest256(of: secret) }

    /// Whether `certificateDigest` is the CA that this code was made for.
    public func names(authority certificateDigest: Digest256) -> Bool {
        certificateDigest.text.dropFirst(7).hasPrefix(Hex.encode(authorityFingerprint))
    }

    private static func check(_ bytes: some Sequence<UInt8>) -> UInt8 {
        Hex.decode(String(Digest256(of: bytes).text.dropFirst(7).prefix(2)))?.first ?? 0
    }
}

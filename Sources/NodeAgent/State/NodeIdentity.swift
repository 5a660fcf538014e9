import CanonicalJSON
import FaultPoints
import Federation
import Foundation

/// What an enrolled node holds: its keys, its certificate, whom it trusts and where it asks.
struct NodeIdentity: Sendable {
    let keys: NodeKeys
    let grant: EnrolmentGrant
    let certificate: CertificateFacts
    /// The folder with the PEM files that libcurl reads.
    let folder: String

    var certificateFile: String { "\(folder)/certificate.pem" }
    var keyFile: String { "\(folder)/tls-key.pem" }

    /// Whether a node was ever enrolled here.
    static func exists(in state: StateDirectory) -> Bool { Files.exists(state.file("identity")) }

    /// Reads the present identity.
    /// - Throws: `ENROLMENT` where there is none, `INTEGRITY` where its parts do not belong together.
    init(in state: StateDirectory) throws(NodeError) {
        guard Self.exists(in: state) else {
            throw NodeError(
                .enrolment, "This node is not enrolled yet.",
                advice: "Ask the coordinator's operator for a code and run: dure-node enrol --code CODE")
        }
        // Resolved once: a renewal swaps the link, and two files of different renewals must never be mixed.
        let target = (try? FileManager.default.destinationOfSymbolicLink(atPath: state.file("identity"))) ?? "identity"
        folder = Files.resolve(target, in: state.path)
        let seedText = try Files.text("\(folder)/signing-key", what: "the signing key")
        let tlsPEM = try Files.text("\(folder)/tls-key.pem", what: "the TLS key")
        let document = try Files.text("\(folder)/grant.json", what: "the enrolment")
        do throws(FederationError) {
            let seed = Hex.decode(seedText.trimmingCharacters(in: .whitespacesAndNewlines)) ?? []
            keys = try NodeKeys(signingSeed: seed, tlsPEM: tlsPEM)
            grant = try EnrolmentGrant.verifiedOnFirstUse(try SignedDocument(parsing: Array(document.utf8)))
            certificate = try CertificateFacts(pem: grant.certificate)
        } catch {
            throw NodeError(.integrity, "The enrolment in \(folder) cannot be used: \(error.message)", advice: Self.advice)
        }
        guard certificate.node == grant.node, keys.own(certificate: grant.certificate),
            keys.signing.verificationKey == grant.signingKey
        else {
            throw NodeError(
                .integrity, "The keys and the certificate in \(folder) do not belong together.", advice: Self.advice)
        }
    }

    private static let advice = "Restore the state directory from its backup, or enrol again with a new code."

    /// Makes `grant` the identity from now on: all files first, then one atomic swap.
    /// - Throws: `INTEGRITY` where the grant is not for these keys.
    static func store(_ document: SignedDocument, _ grant: EnrolmentGrant, keys: NodeKeys, in state: StateDirectory)
        throws(NodeError)
    {
        guard keys.own(certificate: grant.certificate), keys.signing.verificationKey == grant.signingKey else {
            throw NodeError(
                .integrity, "The certificate that came is not for the key that this node made.",
                advice: "Nothing was changed. Tell the coordinator's operator.")
        }
        let name = "identity-\(grant.expires.seconds)-\(UInt32.random(in: 0 ... .max))"
        let folder = state.file(name)
        guard mkdir(folder, 0o700) == 0 else { throw Files.failure("make", folder) }
        try Files.write(Hex.encode(keys.signing.seed), to: "\(folder)/signing-key")
        try Files.write(keys.tlsPEM, to: "\(folder)/tls-key.pem")
        try Files.write(grant.certificate, to: "\(folder)/certificate.pem")
        try Files.write(grant.authority, to: "\(folder)/authority.pem")
        try Files.write(document.bytes, to: "\(folder)/grant.json")
        try Files.sync(folder: folder)
        FaultPoint.reach(.identityWritten)
        let link = state.file("identity")
        let before = try? FileManager.default.destinationOfSymbolicLink(atPath: link)
        let beside = state.file("identity.new")
        unlink(beside)
        guard symlink(name, beside) == 0 else { throw Files.failure("make", beside) }
        guard rename(beside, link) == 0 else { throw Files.failure("replace", link) }
        // Before anything that was needed to make this identity may go.
        try Files.sync(folder: state.path)
        FaultPoint.reach(.identityTaken)
        removeOld(in: state, except: [name, before ?? name])
    }

    /// Keeps the present and the previous identity, no older key.
    private static func removeOld(in state: StateDirectory, except kept: Set<String>) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: state.path)) ?? []
        for name in names where name.hasPrefix("identity-") && !kept.contains(name) {
            try? FileManager.default.removeItem(atPath: state.file(name))
        }
    }
}

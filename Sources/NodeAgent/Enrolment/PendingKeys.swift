import CanonicalJSON
import Federation
import Foundation

/// Keys that wait for their certificate: `keys-pending.json` of the state directory, from before anybody is asked until the
/// certificate is in use.
///
/// A one-time code is used up when the coordinator answers. A node that ends before it has stored the answer asks again with the
/// very same request, and the coordinator answers that with the very same certificate.
struct PendingKeys {
    var keys: NodeKeys
    /// The one-time code, for an enrolment; nil for a renewal.
    var code: String?
    var asked: Timestamp
    /// The signed request of an enrolment.
    var request: SignedDocument?

    /// Keys for an enrolment with `code`: those that wait already, or new ones, which wait from now on.
    static func enrolling(
        _ code: EnrolmentCode, hospital: HospitalID, in state: StateDirectory, at now: Timestamp
    ) throws(NodeError) -> (keys: NodeKeys, request: SignedDocument) {
        if let waiting = try? read(in: state), waiting.code == code.text, let request = waiting.request,
            let asked = try? EnrolmentRequest.verified(request), asked.signingKey == waiting.keys.signing.verificationKey
        {
            return (waiting.keys, request)
        }
        let keys = NodeKeys()
        let request: SignedDocument
        do throws(FederationError) {
            request = try SignedDocument(
                signing: EnrolmentRequest(
                    code: code, certificateRequest: try keys.certificateRequest(commonName: hospital.rawValue),
                    signingKey: keys.signing.verificationKey, software: NodeSoftware.name), with: keys.signing)
        } catch {
            throw NodeError(.enrolment, error.message, advice: error.advice)
        }
        try PendingKeys(keys: keys, code: code.text, asked: now, request: request).keep(in: state)
        return (keys, request)
    }

    /// Keys for the next certificate of `identity`, by carried files: those that wait already, so that the answer to an earlier
    /// request is still good, or new ones.
    static func renewing(
        _ identity: NodeIdentity, in state: StateDirectory, at now: Timestamp
    ) throws(NodeError) -> NodeKeys {
        if let waiting = try? read(in: state), waiting.code == nil, waiting.keys.signing.seed == identity.keys.signing.seed {
            return waiting.keys
        }
        let keys = identity.keys.renewed()
        try PendingKeys(keys: keys, asked: now).keep(in: state)
        return keys
    }

    /// What waits in `state`; nil where nothing does.
    static func read(in state: StateDirectory) throws(NodeError) -> PendingKeys? {
        guard let bytes = FileManager.default.contents(atPath: path(in: state)) else { return nil }
        do {
            let object = try JSONReader(try JSONValue(parsing: bytes)).object(allowing: [
                "schema", "seed", "tls", "asked", "code", "request",
            ])
            let seed = Hex.decode(try object.required("seed").string()) ?? []
            return PendingKeys(
                keys: try NodeKeys(signingSeed: seed, tlsPEM: try object.required("tls").string()),
                code: try object.optional("code")?.string(), asked: try object.required("asked").decode(Timestamp.self),
                request: try object.optional("request").map { try SignedDocument(parsing: Array($0.string().utf8)) })
        } catch {
            throw NodeError(.integrity, "\(path(in: state)) cannot be read.", advice: "Ask for the certificate again.")
        }
    }

    /// Nothing waits any more.
    static func forget(in state: StateDirectory) { unlink(path(in: state)) }

    private func keep(in state: StateDirectory) throws(NodeError) {
        var object: JSONObject = [
            "schema": "dure.keys-pending/1", "seed": .string(Hex.encode(keys.signing.seed)), "tls": .string(keys.tlsPEM),
            "asked": asked.json,
        ]
        if let code { object["code"] = .string(code) }
        if let request { object["request"] = .string(String(decoding: request.bytes, as: UTF8.self)) }
        try Files.write(JSONValue.object(object).canonicalBytes(), to: Self.path(in: state))
        try Files.sync(folder: state.path)
    }

    private static func path(in state: StateDirectory) -> String { state.file("keys-pending.json") }
}

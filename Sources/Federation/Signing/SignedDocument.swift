import CanonicalJSON
import Foundation

/// A message that is only ever sent signed: its schema names it, and the schema is part of what is signed.
public protocol SignedPayload: JSONEncodable, JSONDecodable, Sendable {
    /// `dure.ticket/1` and the like.
    static var schema: String { get }
}

/// A payload with an Ed25519 signature over its canonical form.
///
/// What is signed is `dure.signed/1`, a line feed, the payload's schema, a line feed and the payload's RFC 8785 form, so that a
/// signature for one kind of message is never valid for another. The payload stays readable JSON: a person at a file-transfer
/// gateway reads what is signed. Stored as received, a document stays verifiable for ever and needs no transport security.
public struct SignedDocument: Sendable, Hashable, JSONEncodable, JSONDecodable {
    static let schema = "dure.signed/1"

    /// The schema of the payload.
    public let type: String
    /// The payload as it was read or made. Nothing in it is to be believed before `verified(as:by:)`.
    public let payload: JSONValue
    /// The short name of the key that signed, a hint where to look it up; never proof.
    public let keyName: String
    let signature: [UInt8]

    /// Signs `payload`.
    ///
    /// - Throws: `FederationError` where the key cannot sign.
    public init(signing payload: some SignedPayload, with key: SigningKey) throws(FederationError) {
        let type = Swift.type(of: payload).schema
        let json = payload.json
        self.type = type
        self.payload = json
        keyName = key.verificationKey.name
        signature = try key.signature(of: Self.signedBytes(type: type, payload: json))
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["schema", "type", "key", "payload", "signature"])
        try object.expectSchema(Self.schema)
        type = try object.required("type").string(maxLength: 64)
        keyName = try object.required("key").string(maxLength: 64)
        payload = try object.required("payload").object().value
        signature = try Self.signature(try object.required("signature"))
    }

    /// A document whose parts stand elsewhere, as in a roster with several signatures.
    init(type: String, payload: JSONValue, keyName: String, signature: JSONReader) throws(JSONError) {
        self.type = type
        self.payload = payload
        self.keyName = keyName
        self.signature = try Self.signature(signature)
    }

    private static func signature(_ text: JSONReader) throws(JSONError) -> [UInt8] {
        guard let bytes = Hex.decode(try text.string(maxLength: 128)), bytes.count == 64 else {
            throw text.fail(.badValue, "is not an Ed25519 signature: expected 128 hexadecimal digits")
        }
        return bytes
    }

    /// Reads a document from bytes off the network or out of a file.
    public init(parsing bytes: some Collection<UInt8>, limits: JSONLimits = .standard) throws(FederationError) {
        do throws(JSONError) {
            self = try SignedDocument(from: JSONReader(try JSONValue(parsing: bytes, limits: limits)))
        } catch {
            throw FederationError(error)
        }
    }

    public var json: JSONValue {
        [
            "schema": .string(Self.schema), "type": .string(type), "key": .string(keyName), "payload": payload,
            "signature": .string(Hex.encode(signature)),
        ]
    }

    /// The bytes that are sent, stored and compared: the document's canonical form.
    public var bytes: [UInt8] { json.canonicalBytes() }

    /// The digest of `bytes`.
    public var digest: Digest256 { Digest256(of: bytes) }

    /// The payload, once its signature by `key` has been checked.
    ///
    /// - Throws: `FederationError`: `WRONG_SCHEMA` where the document is another kind of message, `SIGNATURE_INVALID`,
    ///   or `MALFORMED` where a signed payload does not follow its schema.
    public func verified<Payload: SignedPayload>(as _: Payload.Type, by key: VerificationKey) throws(FederationError) -> Payload {
        guard type == Payload.schema else {
            throw FederationError(.wrongSchema, "The document is a \(type.prefix(64)), not a \(Payload.schema).")
        }
        guard key.accepts(signature, of: Self.signedBytes(type: type, payload: payload)) else {
            throw FederationError(
                .signatureInvalid, "The signature of this \(Payload.schema) is not by the key \(key.name).",
                advice: "The message was changed on its way, or signed by another key. It was not used.")
        }
        do throws(JSONError) {
            return try Payload(from: JSONReader(payload))
        } catch {
            throw FederationError(error)
        }
    }

    static func signedBytes(type: String, payload: JSONValue) -> [UInt8] {
        Array("\(schema)\n\(type)\n".utf8) + payload.canonicalBytes()
    }
}

extension JSONReader {
    /// Checks the member `schema` of an object.
    public func expectSchema(_ schema: String) throws(JSONError) {
        let member = try required("schema")
        guard try member.string(maxLength: 64) == schema else {
            throw member.fail(.badValue, "must be \(schema)")
        }
    }
}

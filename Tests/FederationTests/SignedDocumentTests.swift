import CanonicalJSON
import Federation
import Testing

@Suite struct SignedDocumentTests {
    struct Vector: JSONDecodable {
        let key: String
        let type: String
        let payload: JSONValue
        let canonical: String
        let document: SignedDocument
        let documentDigest: String
        let signature: String

        init(from json: JSONReader) throws(JSONError) {
            key = try json.required("key").string()
            payload = try json.required("payload").value
            type = try json.required("payload").required("schema").string()
            canonical = try json.required("canonical").string()
            document = try json.required("document").decode(SignedDocument.self)
            documentDigest = try json.required("documentSHA256").string()
            signature = try json.required("signature").string()
        }
    }

    let keys: [String: SigningKey]
    let vectors: [Vector]

    init() throws {
        let file = try ProtocolVectors.load("signed-documents.json")
        var keys: [String: SigningKey] = [:]
        for key in try file.required("keys").array() {
            let seed = try #require(Hex.decode(try key.required("seed").string()))
            keys[try key.required("name").string()] = try SigningKey(seed: seed)
        }
        self.keys = keys
        vectors = try file.required("documents").list(of: Vector.self, maxCount: 100)
    }

    @Test func keysGiveThePublicHalvesAndShortNamesOfTheVectors() throws {
        for key in try ProtocolVectors.load("signed-documents.json").required("keys").array() {
            let ours = try #require(keys[try key.required("name").string()]).verificationKey
            #expect(Hex.encode(ours.bytes) == (try key.required("public").string()))
            #expect(ours.name == (try key.required("shortName").string()))
        }
    }

    @Test func everyVectorIsReadWrittenBackAndVerified() throws {
        #expect(vectors.count == 4)
        for vector in vectors {
            let key = try #require(keys[vector.key]).verificationKey
            switch vector.type {
            case QueryTicket.schema: try check(vector, as: QueryTicket.self, key)
            case NodeAnswer.schema: try check(vector, as: NodeAnswer.self, key)
            case AnswerReceipt.schema: try check(vector, as: AnswerReceipt.self, key)
            default: Issue.record("no reader for \(vector.type)")
            }
        }
    }

    private func check<Payload: SignedPayload>(_ vector: Vector, as type: Payload.Type, _ key: VerificationKey) throws {
        let payload = try vector.document.verified(as: type, by: key)
        #expect(String(decoding: payload.json.canonicalBytes(), as: UTF8.self) == vector.canonical)
        let signed = try SignedDocument(signing: payload, with: try #require(keys[vector.key]))
        #expect(signed.json["signature"]?.stringValue == vector.signature)
        #expect(signed.digest.text == vector.documentDigest)
        #expect(signed == vector.document)
    }

    @Test func aChangedPayloadIsRefused() throws {
        let ticket = try #require(vectors.first { $0.type == QueryTicket.schema })
        let key = try #require(keys[ticket.key]).verificationKey
        var json = try #require(ticket.document.json.objectValue)
        var payload = try #require(json["payload"]?.objectValue)
        payload["audience"] = "KR-H-0018"
        json["payload"] = .object(payload)
        let changed = try SignedDocument(from: JSONReader(.object(json)))
        let error = #expect(throws: FederationError.self) { try changed.verified(as: QueryTicket.self, by: key) }
        #expect(error?.code == .signatureInvalid)
    }

    @Test func aSignatureForOneKindOfMessageIsNotValidForAnother() throws {
        let receipt = try #require(vectors.first { $0.type == AnswerReceipt.schema })
        var json = try #require(receipt.document.json.objectValue)
        json["type"] = .string(QueryTicket.schema)
        let relabelled = try SignedDocument(from: JSONReader(.object(json)))
        let key = try #require(keys[receipt.key]).verificationKey
        let error = #expect(throws: FederationError.self) { try relabelled.verified(as: QueryTicket.self, by: key) }
        #expect(error?.code == .signatureInvalid)
        let other = #expect(throws: FederationError.self) { try receipt.document.verified(as: QueryTicket.self, by: key) }
        #expect(other?.code == .wrongSchema)
    }

    @Test func anotherKeysSignatureIsRefused() throws {
        let answer = try #require(vectors.first { $0.type == NodeAnswer.schema })
        let coordinator = try #require(keys["coordinator"]).verificationKey
        #expect(throws: FederationError.self) { try answer.document.verified(as: NodeAnswer.self, by: coordinator) }
    }

    @Test(arguments: [
        "", "{", "[]", "{\"schema\":\"dure.signed/1\"}",
        "{\"schema\":\"dure.signed/2\",\"type\":\"a\",\"key\":\"b\",\"payload\":{},\"signature\":\"00\"}",
        "{\"schema\":\"dure.signed/1\",\"type\":\"a\",\"key\":\"b\",\"payload\":{},\"signature\":\"zz\"}",
        "{\"schema\":\"dure.signed/1\",\"type\":\"a\",\"key\":\"b\",\"payload\":[],\"signature\":\"00\"}",
        "{\"schema\":\"dure.signed/1\",\"type\":\"a\",\"key\":\"b\",\"payload\":{},\"signature\":\"00\",\"extra\":1}",
    ])
    func malformedDocumentsAreRefusedWithTheirPlace(_ text: String) {
        let error = #expect(throws: FederationError.self) { try SignedDocument(parsing: Array(text.utf8)) }
        #expect(error?.code == .malformed)
    }
}

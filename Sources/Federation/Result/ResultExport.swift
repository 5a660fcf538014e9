import CanonicalJSON
import Disclosure

/// A result with everything that it rests on, so that anybody can check it without a network and years later: the signed tickets,
/// the signed answers and the keys they were signed with. Signed by the coordinator.
public struct ResultExport: SignedPayload, Hashable {
    public static let schema = "dure.export/1"

    /// What one hospital was asked and said.
    public struct Evidence: Sendable, Hashable, JSONEncodable, JSONDecodable {
        /// The hospital.
        public var node: HospitalID
        /// The key that its node is enrolled with; nil where it was asked before it enrolled.
        public var nodeKey: VerificationKey?
        /// The signed ticket.
        public var ticket: SignedDocument
        /// The signed answer, where there is one.
        public var answer: SignedDocument?

        /// Creates a piece of evidence.
        public init(node: HospitalID, nodeKey: VerificationKey?, ticket: SignedDocument, answer: SignedDocument?) {
            self.node = node
            self.nodeKey = nodeKey
            self.ticket = ticket
            self.answer = answer
        }

        public init(from json: JSONReader) throws(JSONError) {
            let object = try json.object(allowing: ["node", "nodeKey", "ticket", "answer"])
            node = try object.required("node").decode(HospitalID.self)
            nodeKey = try object.optional("nodeKey")?.decode(VerificationKey.self)
            ticket = try object.required("ticket").decode(SignedDocument.self)
            answer = try object.optional("answer")?.decode(SignedDocument.self)
        }

        public var json: JSONValue {
            var object: JSONObject = ["node": node.json, "ticket": ticket.json]
            if let nodeKey { object["nodeKey"] = nodeKey.json }
            if let answer { object["answer"] = answer.json }
            return .object(object)
        }
    }

    /// How a consortium total was opened.
    public struct TotalEvidence: Sendable, Hashable, JSONEncodable, JSONDecodable {
        /// The coordinator's signed request: the roster with the officers' signatures, and the hospitals' shares.
        public var request: SignedDocument
        /// The guardian's signed opening.
        public var opening: SignedDocument

        /// Creates a piece of evidence.
        public init(request: SignedDocument, opening: SignedDocument) {
            self.request = request
            self.opening = opening
        }

        public init(from json: JSONReader) throws(JSONError) {
            let object = try json.object(allowing: ["request", "opening"])
            request = try object.required("request").decode(SignedDocument.self)
            opening = try object.required("opening").decode(SignedDocument.self)
        }

        public var json: JSONValue { ["request": request.json, "opening": opening.json] }
    }

    /// The result.
    public var result: MergedResult
    /// The coordinator's key that signed the tickets and signs this export.
    public var coordinatorKey: VerificationKey
    /// What each hospital was asked and said; empty where the result is shown coded.
    public var evidence: [Evidence]
    /// When it was exported.
    public var exported: Timestamp
    /// How the consortium total was opened; nil where there is none.
    public var total: TotalEvidence?

    /// Creates an export.
    public init(
        result: MergedResult, coordinatorKey: VerificationKey, evidence: [Evidence], exported: Timestamp,
        total: TotalEvidence? = nil
    ) {
        self.result = result
        self.coordinatorKey = coordinatorKey
        self.evidence = evidence
        self.exported = exported
        self.total = total
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["schema", "result", "coordinatorKey", "evidence", "exported", "total"])
        try object.expectSchema(Self.schema)
        result = try object.required("result").decode(MergedResult.self)
        coordinatorKey = try object.required("coordinatorKey").decode(VerificationKey.self)
        evidence = try object.required("evidence").list(of: Evidence.self, maxCount: 10_000)
        exported = try object.required("exported").decode(Timestamp.self)
        total = try object.optional("total")?.decode(TotalEvidence.self)
    }

    public var json: JSONValue {
        var object: JSONObject = [
            "schema": .string(Self.schema), "result": result.json, "coordinatorKey": coordinatorKey.json,
            "evidence": .array(evidence.map(\.json)), "exported": exported.json,
        ]
        if let total { object["total"] = total.json }
        return .object(object)
    }
}

/// Checks an exported result without a network: every signature, and that each row is what its hospital signed.
public struct ExportVerifier: Sendable {
    /// The coordinator's key, where the reader knows it from elsewhere; otherwise the export's own is used and reported.
    public var trustedKey: VerificationKey?

    /// Creates a verifier.
    public init(trustedKey: VerificationKey? = nil) { self.trustedKey = trustedKey }

    /// The export in `document`, if everything in it holds together.
    ///
    /// - Throws: `FederationError` that names what does not.
    public func verify(_ document: SignedDocument) throws(FederationError) -> ResultExport {
        let key = if let trustedKey { trustedKey } else { try claimedKey(document) }
        let export = try document.verified(as: ResultExport.self, by: key)
        guard trustedKey == nil || trustedKey == export.coordinatorKey else {
            throw FederationError(.keyUnknown, "The export names a coordinator key that is not the trusted one.")
        }
        for evidence in export.evidence { try check(evidence, in: export) }
        if export.result.mode != .coded { try checkEveryRowHasEvidence(export) }
        try TotalVerifier(export: export).check()
        return export
    }

    private func claimedKey(_ document: SignedDocument) throws(FederationError) -> VerificationKey {
        do throws(JSONError) {
            return try JSONReader(document.payload).required("coordinatorKey").decode(VerificationKey.self)
        } catch {
            throw FederationError(error)
        }
    }

    private func check(_ evidence: ResultExport.Evidence, in export: ResultExport) throws(FederationError) {
        let ticket = try evidence.ticket.verified(as: QueryTicket.self, by: export.coordinatorKey)
        guard ticket.audience == evidence.node, ticket.query == export.result.query,
            ticket.questionHash == export.result.questionHash, ticket.question.digest == ticket.questionHash
        else {
            throw FederationError(.ticketMismatch, "The ticket \(ticket.id) is not of this query or not for \(evidence.node).")
        }
        guard let row = export.result.rows.first(where: { $0.node == evidence.node.rawValue }) else {
            throw FederationError(.ticketMismatch, "There is a ticket for \(evidence.node), but no row.")
        }
        guard let document = evidence.answer else {
            guard !row.answer.total.isAnswer else {
                throw FederationError(
                    .signatureInvalid, "The row of \(evidence.node) shows counts that no signed answer stands for.")
            }
            return
        }
        guard let nodeKey = evidence.nodeKey else {
            throw FederationError(.keyUnknown, "The answer of \(evidence.node) comes without the key that it was signed with.")
        }
        let answer = try AnswerVerifier(nodeKey: nodeKey).verify(document, for: ticket)
        guard row.answer == answer.outcome.disclosed else {
            throw FederationError(.signatureInvalid, "The row of \(evidence.node) is not what its node signed.")
        }
    }

    private func checkEveryRowHasEvidence(_ export: ResultExport) throws(FederationError) {
        let nodes = Set(export.evidence.map(\.node.rawValue))
        if let row = export.result.rows.first(where: { !nodes.contains($0.node) }) {
            throw FederationError(.ticketMismatch, "The row of \(row.node) comes without its ticket.")
        }
    }
}

extension AnswerOutcome {
    /// The outcome as an answer: the disclosed one, or one whose total says why there is none.
    public var disclosed: DisclosedAnswer {
        if case .answered(let answer) = self { answer } else { DisclosedAnswer(total: total) }
    }
}

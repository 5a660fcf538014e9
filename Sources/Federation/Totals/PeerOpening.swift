import CanonicalJSON

/// How a total without a guardian ended: what the hospitals have signed, kept together by the coordinator and signed by it.
public struct PeerOpening: SignedPayload, Hashable {
    public static let schema = "dure.peer-opening/1"

    /// The query.
    public var query: QueryID
    /// The digest of the signed request.
    public var request: Digest256
    /// The signed agreements, and refusals.
    public var agreements: [SignedDocument]
    /// The signed reveals.
    public var reveals: [SignedDocument]
    /// Why it was not opened; nil where it was.
    public var refused: OpeningRefusal?

    /// Creates an opening.
    public init(
        query: QueryID, request: Digest256, agreements: [SignedDocument], reveals: [SignedDocument],
        refused: OpeningRefusal? = nil
    ) {
        self.query = query
        self.request = request
        self.agreements = agreements
        self.reveals = reveals
        self.refused = refused
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["schema", "query", "request", "agreements", "reveals", "refused"])
        try object.expectSchema(Self.schema)
        query = try object.required("query").decode(QueryID.self)
        request = try object.required("request").decode(Digest256.self)
        agreements = try object.required("agreements").list(of: SignedDocument.self, maxCount: TotalsRoster.mostPeers)
        reveals = try object.required("reveals").list(of: SignedDocument.self, maxCount: TotalsRoster.mostPeers)
        refused = try object.optional("refused")?.choice(OpeningRefusal.self)
    }

    public var json: JSONValue {
        var object: JSONObject = [
            "schema": .string(Self.schema), "query": query.json, "request": request.json,
            "agreements": .array(agreements.map(\.json)), "reveals": .array(reveals.map(\.json)),
        ]
        if let refused { object["refused"] = .string(refused.rawValue) }
        return .object(object)
    }
}

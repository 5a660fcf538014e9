import CanonicalJSON

/// One hospital's word on which hospitals are in a total without a guardian, once and for ever. Signed by its node.
public struct Agreement: SignedPayload, Hashable {
    public static let schema = "dure.agreement/1"

    /// What the total is of.
    public var subject: Digest256
    /// The query, to be found by.
    public var query: QueryID
    /// The hospital that speaks.
    public var node: HospitalID
    /// The digest of the signed request that fixes the set.
    public var request: Digest256
    /// The hospitals in the total.
    public var hospitals: [HospitalID]
    /// Why it does not agree; nil where it does.
    public var refused: OpeningRefusal?

    /// Creates a word.
    public init(
        subject: TotalSubject, node: HospitalID, request: Digest256, hospitals: [HospitalID], refused: OpeningRefusal? = nil
    ) {
        self.subject = subject.digest
        query = subject.query
        self.node = node
        self.request = request
        self.hospitals = hospitals
        self.refused = refused
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["schema", "subject", "query", "node", "request", "hospitals", "refused"])
        try object.expectSchema(Self.schema)
        subject = try object.required("subject").decode(Digest256.self)
        query = try object.required("query").decode(QueryID.self)
        node = try object.required("node").decode(HospitalID.self)
        request = try object.required("request").decode(Digest256.self)
        hospitals = try object.required("hospitals").list(of: HospitalID.self, maxCount: TotalsRoster.mostPeers)
        refused = try object.optional("refused")?.choice(OpeningRefusal.self)
    }

    public var json: JSONValue {
        var object: JSONObject = [
            "schema": .string(Self.schema), "subject": subject.json, "query": query.json, "node": node.json,
            "request": request.json, "hospitals": .array(hospitals.map(\.json)),
        ]
        if let refused { object["refused"] = .string(refused.rawValue) }
        return .object(object)
    }
}

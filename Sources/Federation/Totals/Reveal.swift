import CanonicalJSON
import Disclosure

/// One hospital's shares of what comes off a total without a guardian. Signed by its node.
public struct Reveal: SignedPayload, Hashable {
    public static let schema = "dure.reveal/1"

    /// Its shares of the seeds of one hospital in the total.
    public struct Part: Sendable, Hashable, JSONEncodable, JSONDecodable {
        /// The hospital in the total.
        public var of: HospitalID
        /// The share of its own seed.
        public var own: [UInt64]
        /// The shares of the seeds that it has with hospitals outside the total, in the roster's order.
        public var pairs: [[UInt64]]

        /// Creates a part.
        public init(of: HospitalID, own: [UInt64], pairs: [[UInt64]]) {
            self.of = of
            self.own = own
            self.pairs = pairs
        }

        public init(from json: JSONReader) throws(JSONError) {
            let object = try json.object(allowing: ["of", "own", "pairs"])
            of = try object.required("of").decode(HospitalID.self)
            own = try Self.share(object.required("own"))
            var pairs: [[UInt64]] = []
            for pair in try object.required("pairs").array(maxCount: TotalsRoster.mostPeers) {
                pairs.append(try Self.share(pair))
            }
            self.pairs = pairs
        }

        private static func share(_ json: JSONReader) throws(JSONError) -> [UInt64] {
            MaskedVector(bytes: try json.hexBytes(SealedPackage.shareLength)).words
        }

        public var json: JSONValue {
            [
                "of": of.json, "own": MaskedVector(own).json, "pairs": .array(pairs.map { MaskedVector($0).json }),
            ]
        }
    }

    /// What the total is of.
    public var subject: Digest256
    /// The query, to be found by.
    public var query: QueryID
    /// The hospital that speaks.
    public var node: HospitalID
    /// The digest of the signed request that fixed the set.
    public var request: Digest256
    /// One part for each hospital in the total whose package could be opened.
    public var parts: [Part]

    /// Creates a reveal.
    public init(subject: TotalSubject, node: HospitalID, request: Digest256, parts: [Part]) {
        self.subject = subject.digest
        query = subject.query
        self.node = node
        self.request = request
        self.parts = parts
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["schema", "subject", "query", "node", "request", "parts"])
        try object.expectSchema(Self.schema)
        subject = try object.required("subject").decode(Digest256.self)
        query = try object.required("query").decode(QueryID.self)
        node = try object.required("node").decode(HospitalID.self)
        request = try object.required("request").decode(Digest256.self)
        parts = try object.required("parts").list(of: Part.self, maxCount: TotalsRoster.mostPeers)
    }

    public var json: JSONValue {
        [
            "schema": .string(Self.schema), "subject": subject.json, "query": query.json, "node": node.json,
            "request": request.json, "parts": .array(parts.map(\.json)),
        ]
    }
}

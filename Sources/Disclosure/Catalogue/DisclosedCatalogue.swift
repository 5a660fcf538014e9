import CanonicalJSON

/// A catalogue that may leave the hospital: which domains, years and concepts it has, in coarse bands.
///
/// A row that is not listed has no patients, or too few: nobody outside can tell which.
public struct DisclosedCatalogue: Sendable, Hashable {
    /// One line.
    public struct Row: Sendable, Hashable {
        /// What is counted.
        public let key: [String]
        /// Between which numbers the patients are.
        public let persons: CountInterval
        /// Between which numbers the records are.
        public let records: CountInterval

        /// A row (a node's comes from `ReleaseGate.catalogue`; others build one to show or to test).
        public init(key: [String], persons: CountInterval, records: CountInterval) {
            self.key = key
            self.persons = persons
            self.records = records
        }
    }

    /// Most rows that are read.
    public static let mostRows = 200_000

    /// The rows, ascending by key.
    public let rows: [Row]

    /// A catalogue of these rows.
    public init(rows: [Row]) { self.rows = rows }
}

extension DisclosedCatalogue: JSONEncodable, JSONDecodable {
    /// `{"rows": [{"key": ["condition", "2024"], "persons": {"low": 200, "high": 599}, "records": {"low": 1000, "high": 2399}}]}`
    public var json: JSONValue {
        .object([
            "rows": .array(
                rows.map { row in
                    .object([
                        "key": .array(row.key.map(JSONValue.string)), "persons": row.persons.json, "records": row.records.json,
                    ])
                })
        ])
    }

    /// Reads a catalogue; unknown members and repeated keys are errors.
    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["rows"])
        var rows: [Row] = []
        var seen = Set<[String]>()
        for reader in try object.required("rows").array(maxCount: Self.mostRows) {
            let row = try reader.object(allowing: ["key", "persons", "records"])
            let keyReader = try row.required("key")
            var key: [String] = []
            for part in try keyReader.array(maxCount: 8) { key.append(try part.string(maxLength: 200)) }
            guard seen.insert(key).inserted else { throw keyReader.fail(.badValue, "the row \(key) stands twice") }
            let bands = try ["persons", "records"].map { name throws(JSONError) in
                try CountInterval(from: try row.required(name).object(allowing: ["low", "high"]))
            }
            guard bands.allSatisfy({ $0.high <= DisclosedCount.largest * 1_000 }) else {
                throw reader.fail(.outOfRange, "the row \(key) has more patients or records than there can be")
            }
            rows.append(Row(key: key, persons: bands[0], records: bands[1]))
        }
        self.init(rows: rows)
    }
}

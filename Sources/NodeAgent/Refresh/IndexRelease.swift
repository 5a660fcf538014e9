import CanonicalJSON
import EventIndex
import Federation
import Foundation

/// What is known of one index: which load of the data it was made of, how much is in it, and how that differs from the one
/// before. Exact numbers of this hospital; they stay in its state directory.
public struct IndexRelease: Sendable, Hashable {
    /// How much of a table there is.
    public struct Amount: Sendable, Hashable {
        /// Rows.
        public var records: Int
        /// Persons with a row.
        public var persons: Int

        /// An amount.
        public init(records: Int, persons: Int) {
            self.records = records
            self.persons = persons
        }
    }

    /// Rows that the store had and the index has not.
    public struct LeftOut: Sendable, Hashable {
        /// The table.
        public var table: String
        /// Why.
        public var reason: String
        /// How many.
        public var rows: Int
    }

    /// The index's number.
    public var number: Int
    /// The number of the index that it followed; nil for the first.
    public var former: Int?
    /// What the ETL calls the load (`refresh finish --release`); nil where nobody said.
    public var name: String?
    /// When the index was complete.
    public var built: Timestamp
    /// The vocabulary's release; empty where the store does not say.
    public var vocabulary: String
    /// Persons.
    public var persons: Int
    /// Every table that is there.
    public var tables: [String: Amount]
    /// Rows left out.
    public var leftOut: [LeftOut]
    /// Whether every row of the store was read and counted; false where only those of changed persons were.
    public var isWhole: Bool

    init(_ index: EventIndex, number: Int, former: Int?, name: String?, report: BuildReport, at now: Timestamp) {
        self.number = number
        self.former = former
        self.name = name
        built = now
        vocabulary = index.header.vocabularyRelease
        persons = index.personCount
        tables = [:]
        for table in EventTable.allCases {
            let statistics = index.statistics(table)
            if statistics.isPresent {
                tables[table.rawValue] = Amount(records: statistics.records, persons: statistics.persons)
            }
        }
        leftOut = report.skipped.map { LeftOut(table: $0.table, reason: $0.reason, rows: $0.rows) }
        isWhole = report.rowsRead != nil
    }

    /// What is noted beside an index; nil where nothing is.
    static func read(of place: IndexShelf.Place) -> IndexRelease? { read(place.record) }

    /// What is noted beside the index file at `path`.
    static func read(besideIndex path: String) -> IndexRelease? { read("\(Files.folder(of: path))/release.json") }

    private static func read(_ path: String) -> IndexRelease? {
        FileManager.default.contents(atPath: path).flatMap { try? IndexRelease(parsing: $0) }
    }

    func write(to place: IndexShelf.Place) throws(NodeError) { try Files.write(json.canonicalBytes(), to: place.record) }
}

extension IndexRelease: JSONEncodable, JSONDecodable {
    /// Reads a record.
    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object()
        try object.expectSchema("dure.index-release/1")
        number = try object.required("number").int(in: 1...Int(Int32.max))
        former = try object.optional("former")?.int()
        name = try object.optional("name")?.string(maxLength: 200)
        built = try object.required("built").decode(Timestamp.self)
        vocabulary = try object.required("vocabulary").string(maxLength: 500)
        persons = try object.required("persons").int(in: 0...Int(Int32.max))
        tables = [:]
        for entry in try object.required("tables").array(maxCount: 100) {
            let table = try entry.required("table").string(maxLength: 100)
            tables[table] = Amount(records: try entry.required("records").int(), persons: try entry.required("persons").int())
        }
        leftOut = []
        for entry in try object.required("leftOut").array(maxCount: 1_000) {
            leftOut.append(
                LeftOut(
                    table: try entry.required("table").string(maxLength: 100),
                    reason: try entry.required("reason").string(maxLength: 500), rows: try entry.required("rows").int()))
        }
        isWhole = try object.required("whole").bool()
    }

    /// `dure.index-release/1`
    public var json: JSONValue {
        var object: JSONObject = [
            "schema": "dure.index-release/1", "number": .int(number), "built": built.json, "vocabulary": .string(vocabulary),
            "persons": .int(persons), "whole": .bool(isWhole),
            "tables": .array(
                tables.sorted { $0.key < $1.key }.map { table, amount in
                    ["table": .string(table), "records": .int(amount.records), "persons": .int(amount.persons)]
                }),
            "leftOut": .array(
                leftOut.map { ["table": .string($0.table), "reason": .string($0.reason), "rows": .int($0.rows)] }),
        ]
        if let former { object["former"] = .int(former) }
        if let name { object["name"] = .string(name) }
        return .object(object)
    }
}

/// What the engine counted for the hospital's catalogue: how many patients and records there are of each domain, year or
/// concept. Exact, and in the node's process only; `ReleaseGate.catalogue` makes it safe.
public struct EvaluatedCatalogue: Sendable {
    /// One line of the catalogue.
    public struct Row: Sendable {
        /// What is counted, from a register that does not depend on the data, such as `["condition", "2024", "4329847"]`. Unique.
        public let key: [String]
        /// Patients with at least one such record.
        public let persons: ExactCount
        /// Records.
        public let records: ExactCount
        /// The row of which this one is a part: its records are the sum of the records of all its parts, and each of its patients is
        /// a patient of some part. Nil where there is none in the table.
        public let parent: [String]?

        /// A row.
        public init(key: [String], persons: ExactCount, records: ExactCount, parent: [String]? = nil) {
            self.key = key
            self.persons = persons
            self.records = records
            self.parent = parent
        }
    }

    /// All rows, in any order. Parts of one row are all given, or none.
    public let rows: [Row]

    /// A catalogue.
    public init(rows: [Row]) { self.rows = rows }
}

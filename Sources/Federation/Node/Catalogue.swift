import CanonicalJSON
public import Disclosure

/// What a hospital says about its store to everybody in the consortium: how much there is, of what, from when, and how good it is.
public struct Catalogue: SignedPayload, Hashable {
    public static let schema = "dure.catalogue/1"

    /// A share in percent: from the first, up to but without the second.
    public struct Share: Sendable, Hashable {
        /// The edges of the bands.
        public static let edges = [0, 1, 5, 10, 25, 50, 101]

        /// The band's lower edge.
        public let from: Int
        /// The band's upper edge.
        public let below: Int

        /// The band that a share lies in.
        public init(percent: Double) {
            let place = Self.edges.dropLast().lastIndex { Double($0) <= percent } ?? 0
            from = Self.edges[place]
            below = Self.edges[place + 1]
        }

        /// `1–5 %`
        public var text: String { below > 100 ? "\(from)–100 %" : "\(from)–\(below) %" }
    }

    /// One table of the data model that the store has.
    public struct Table: Sendable, Hashable {
        /// Its name: `condition_occurrence`.
        public var name: String
        /// The share of records that are mapped to no concept; nil where that is not said.
        public var unmapped: Share?
        /// Whether it has more concepts than are listed.
        public var isCut: Bool

        /// Creates a table's line.
        public init(name: String, unmapped: Share?, isCut: Bool) {
            self.name = name
            self.unmapped = unmapped
            self.isCut = isCut
        }
    }

    /// What came of one data-quality check.
    public struct Quality: Sendable, Hashable {
        /// How a check ended.
        public enum State: String, Sendable, Hashable, CaseIterable {
            case pass, fail
            /// It could not be made, or there is too little data for its outcome to be told.
            case notRun = "not-run"
        }

        /// The check's word.
        public var check: String
        /// `conformance`, `completeness` or `plausibility`.
        public var category: String
        /// The table; nil for the store as a whole.
        public var table: String?
        /// Percent that may fail.
        public var threshold: Double
        /// How it ended.
        public var state: State
        /// The share that fails; nil where that is not said.
        public var failing: Share?

        /// Creates a result.
        public init(check: String, category: String, table: String?, threshold: Double, state: State, failing: Share?) {
            self.check = check
            self.category = category
            self.table = table
            self.threshold = threshold
            self.state = state
            self.failing = failing
        }
    }

    /// The hospital.
    public var node: HospitalID
    /// When it was made.
    public var issued: Timestamp
    /// What it describes.
    public var provenance: Provenance
    /// The digest of the policy that it was made under.
    public var policy: Digest256
    /// How much there is, in bands. Keys: `["person_years"]` (records are years), `[TABLE]`, `[TABLE, YEAR]`,
    /// `[TABLE, "concept", CONCEPT]`, `[TABLE, "concept", CONCEPT, YEAR]`. What is absent is too little to be shown, or nothing.
    public var amounts: DisclosedCatalogue
    /// Every table that the store has, by name.
    public var tables: [Table]
    /// Every check.
    public var quality: [Quality]

    /// Creates a catalogue.
    public init(
        node: HospitalID, issued: Timestamp, provenance: Provenance, policy: Digest256, amounts: DisclosedCatalogue,
        tables: [Table], quality: [Quality]
    ) {
        self.node = node
        self.issued = issued
        self.provenance = provenance
        self.policy = policy
        self.amounts = amounts
        self.tables = tables
        self.quality = quality
    }
}

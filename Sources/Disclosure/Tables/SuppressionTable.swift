/// An additive table as the suppression sees it: atoms (the finest disjoint groups of patients) and cells (sets of atoms).
///
/// Tables that share patients share atoms, so linked tables and overlapping hierarchies need nothing special: they are the
/// union of their cells.
@_spi(Hospital) public struct SuppressionTable: Sendable {
    /// One cell that is published or hidden as a whole.
    public struct Cell: Sendable {
        /// Name, unique in the table.
        public let id: String
        /// Indices of its atoms, ascending.
        public let atoms: [Int32]
        /// Persons in it.
        public let value: Int
        /// Whether it must be hidden for a reason of its own (besides being small): its true value must then stay uncertain.
        public let sensitive: Bool
        /// Whether it is zero whatever the data, and published as 0.
        public let impossible: Bool

        /// A cell.
        public init(id: String, atoms: [Int32], value: Int, sensitive: Bool = false, impossible: Bool = false) {
            self.id = id
            self.atoms = atoms
            self.value = value
            self.sensitive = sensitive
            self.impossible = impossible
        }
    }

    /// Value of each atom where it is known (all of them in a breakdown); used as the starting point of the linear programs.
    public let atomValues: [Int]
    /// The cells.
    public let cells: [Cell]

    /// A table whose cell values are the sums of their atoms.
    public init(atomValues: [Int], cells: [Cell]) {
        self.atomValues = atomValues
        self.cells = cells
    }

    /// Number of atoms.
    public var atomCount: Int { atomValues.count }
}

/// What becomes of a cell. On the wire `primary` and `secondary` are one symbol.
@_spi(Hospital) public enum CellStatus: String, Sendable, Hashable, CaseIterable {
    /// Shown.
    case published = "s"
    /// Hidden for itself.
    case primary = "u"
    /// Hidden so that a primary cell cannot be worked out.
    case secondary = "x"
}

/// An additive table as the suppression sees it: atoms (the finest disjoint groups of patients) and cells (sets of atoms).
///
/// Tables that share patients share atoms, so linked tables and overlapping hierarchies need nothing special: they are the
/// union of their cells.
@_spi(Hospital) public struct SuppressionTable: Sendable {
    /// What a cell needs besides the threshold.
    public enum Demand: Sendable, Hashable {
        /// Nothing: small cells are hidden, others may be published.
        case none
        /// Hidden as a small one although it is not below the threshold (the keyed offset).
        case small
        /// Hidden because its exact value would tell about a few patients, whatever its size: the value must stay uncertain
        /// by k either way.
        case uncertain
        /// The same, and an attacker has its value already: it is that of a group whose number was shown before. So the table must
        /// not give it exactly, and the other cells must be protected from whoever has it.
        case known
        /// Nobody can be in it whatever the data: published as 0.
        case impossible
        /// It was published before, with an earlier table of the same patients: it cannot be hidden any more.
        case released
        /// It was hidden before, with an earlier table of the same patients: it stays hidden.
        case withheld
    }

    /// One cell that is published or hidden as a whole.
    public struct Cell: Sendable {
        /// Name, unique in the table.
        public let id: String
        /// Indices of its atoms, ascending.
        public let atoms: [Int32]
        /// Persons in it.
        public let value: Int
        /// What it needs besides the threshold.
        public let demand: Demand

        /// A cell.
        public init(id: String, atoms: [Int32], value: Int, demand: Demand = .none) {
            self.id = id
            self.atoms = atoms
            self.value = value
            self.demand = demand
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

/// The finest groups of patients that the released sets tell apart: two patients are in one atom when they are in the same
/// released sets. Kept for the newest sets (a window), which the general distance (tier 3) looks at.
struct LedgerAtoms: Sendable {
    /// Largest number of sets in the window.
    static let window = 1_024

    /// The oldest of so many sets that is in the window: a full window goes on with its newer half.
    static func windowStart(of count: Int) -> Int {
        let half = window / 2
        return count <= window ? 0 : (count - window + half - 1) / half * half
    }

    /// Places in the ledger of the sets in the window.
    private(set) var entries: [Int] = []
    /// Atom of each person. Atom 0 is "in no set of the window".
    private(set) var atomOf: [UInt32]
    /// Persons in each atom.
    private(set) var sizes: [Int32]
    /// 64 sets a word: which sets of the window hold the atom.
    private(set) var signatures: [[UInt64]]

    init(universe: Int) {
        atomOf = [UInt32](repeating: 0, count: universe)
        sizes = [Int32(universe)]
        signatures = [[UInt64](repeating: 0, count: Self.window / 64)]
    }

    var count: Int { sizes.count }
    var isFull: Bool { entries.count >= Self.window }

    /// Splits atoms by one more released set.
    mutating func add(_ set: StoredSet, entry: Int) {
        let bit = entries.count
        entries.append(entry)
        var inside = [Int32](repeating: 0, count: count)
        set.forEachMember { inside[Int(atomOf[$0])] += 1 }
        var moved = [UInt32](repeating: .max, count: count)
        for atom in inside.indices where inside[atom] > 0 {
            if inside[atom] == sizes[atom] && atom != 0 {
                signatures[atom][bit / 64] |= 1 << UInt64(bit % 64)
                moved[atom] = UInt32(atom)
            } else {
                var signature = signatures[atom]
                signature[bit / 64] |= 1 << UInt64(bit % 64)
                moved[atom] = UInt32(sizes.count)
                sizes[atom] -= inside[atom]
                sizes.append(inside[atom])
                signatures.append(signature)
            }
        }
        var atoms = atomOf
        set.forEachMember { atoms[$0] = moved[Int(atoms[$0])] }
        atomOf = atoms
    }

    /// Adds persons who are in no released set.
    mutating func grow(to universe: Int) {
        sizes[0] += Int32(universe - atomOf.count)
        atomOf += [UInt32](repeating: 0, count: universe - atomOf.count)
    }

    /// How many members of a set each atom holds.
    func inside(_ set: PersonSet) -> [Int32] {
        var inside = [Int32](repeating: 0, count: count)
        set.forEachMember { inside[Int(atomOf[$0])] += 1 }
        return inside
    }

    /// Calls `body` with the place in the window of each set that holds the atom.
    func forEachHolder(of atom: Int, _ body: (Int) -> Void) {
        for (index, word) in signatures[atom].enumerated() {
            var bits = word
            while bits != 0 {
                body(index << 6 | bits.trailingZeroBitCount)
                bits &= bits &- 1
            }
        }
    }
}

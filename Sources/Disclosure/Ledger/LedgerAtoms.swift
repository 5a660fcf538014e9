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

    init(universe: Int) {
        atomOf = [UInt32](repeating: 0, count: universe)
        sizes = [Int32(universe)]
    }

    var count: Int { sizes.count }
    var isFull: Bool { entries.count >= Self.window }

    /// Splits atoms by one more released set.
    mutating func add(_ set: StoredSet, entry: Int) {
        entries.append(entry)
        let inside = insides { set.forEachMember($0) }
        var moved = [UInt32](repeating: .max, count: count)
        for atom in inside.indices where inside[atom] > 0 {
            if inside[atom] == sizes[atom] && atom != 0 {
                moved[atom] = UInt32(atom)
            } else {
                moved[atom] = UInt32(sizes.count)
                sizes[atom] -= inside[atom]
                sizes.append(inside[atom])
            }
        }
        // Pointers: this is the inner loop of every release, and an array asks at each step whether it is shared.
        moved.withUnsafeBufferPointer { moved in
            atomOf.withUnsafeMutableBufferPointer { atoms in
                set.forEachMember { atoms[$0] = moved[Int(atoms[$0])] }
            }
        }
    }

    /// Adds persons who are in no released set.
    mutating func grow(to universe: Int) {
        sizes[0] += Int32(universe - atomOf.count)
        atomOf += [UInt32](repeating: 0, count: universe - atomOf.count)
    }

    /// How many members of a set each atom holds.
    func inside(_ set: PersonSet) -> [Int32] { insides { set.forEachMember($0) } }

    private func insides(_ forEachMember: ((Int) -> Void) -> Void) -> [Int32] {
        var inside = [Int32](repeating: 0, count: count)
        inside.withUnsafeMutableBufferPointer { inside in
            atomOf.withUnsafeBufferPointer { atoms in forEachMember { inside[Int(atoms[$0])] += 1 } }
        }
        return inside
    }

    /// For each of some atoms the places in the window of the sets that hold it, ascending.
    ///
    /// They are looked up through one patient of each atom. Kept for every atom they would be most of the ledger: there can be as
    /// many atoms as patients, and few of them are ever asked for.
    func holders(of wanted: [Int], in released: [ReleaseLedger.Entry]) -> [[Int]] {
        let persons = representatives(of: wanted)
        var wantedOf = [Int32](repeating: -1, count: atomOf.count)
        for (index, person) in persons.enumerated() { wantedOf[person] = Int32(index) }
        var holders = [[Int]](repeating: [], count: wanted.count)
        for (place, entry) in entries.enumerated() {
            let set = released[entry].set
            if set.isList, set.size < 16 * wanted.count {
                set.forEachMember { if wantedOf[$0] >= 0 { holders[Int(wantedOf[$0])].append(place) } }
            } else {
                for (index, person) in persons.enumerated() where set.contains(person) { holders[index].append(place) }
            }
        }
        return holders
    }

    /// One patient of each of some atoms, none of which is empty.
    private func representatives(of wanted: [Int]) -> [Int] {
        var indexOf = [Int32](repeating: -1, count: count)
        for (index, atom) in wanted.enumerated() { indexOf[atom] = Int32(index) }
        var persons = [Int](repeating: 0, count: wanted.count)
        for (person, atom) in atomOf.enumerated() where indexOf[Int(atom)] >= 0 { persons[Int(indexOf[Int(atom)])] = person }
        return persons
    }
}

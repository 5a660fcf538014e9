/// What can be worked out from the published cells: a fully reduced basis of their span, and every primary cell reduced by it.
///
/// A basis row is kept without its pivot atom (whose coefficient is 1), so that no kept row ever holds a pivot atom and
/// reducing a vector is one pass.
struct Elimination {
    private var rows: [ModularVector] = []
    /// Row of which the atom is the pivot, or -1.
    private var pivotRow: [Int32]
    /// Rows that hold the atom; may hold rows that no longer do.
    private var occurrences: [[Int32]]
    private var occurrenceCount: [Int32]
    /// Rows `0..<primaryCount` are the primaries.
    private let primaryCount: Int
    private var directionOf: [UInt64]
    private var primaryDirections: [UInt64: Int32] = [:]
    private var accumulator: [UInt32]
    private var touched: [Bool]

    /// Nothing published yet.
    /// - Parameter primaries: atoms of each primary cell.
    init(atomCount: Int, primaries: [[Int32]]) {
        pivotRow = [Int32](repeating: -1, count: atomCount)
        occurrences = [[Int32]](repeating: [], count: atomCount)
        occurrenceCount = [Int32](repeating: 0, count: atomCount)
        accumulator = [UInt32](repeating: 0, count: atomCount)
        touched = [Bool](repeating: false, count: atomCount)
        primaryCount = primaries.count
        directionOf = []
        for atoms in primaries {
            let vector = ModularVector(entries: atoms.map { ModularVector.entry(Int($0), 1) })
            let direction = vector.directionHash
            directionOf.append(direction)
            primaryDirections[direction, default: 0] += 1
            append(vector)
        }
    }

    /// A cell reduced by the basis; zero when the published cells imply it.
    mutating func reduced(_ atoms: [Int32]) -> ModularVector {
        var found: [Int] = []
        for atom in atoms {
            let row = pivotRow[Int(atom)]
            if row < 0 {
                add(Int(atom), 1, &found)
            } else {
                for entry in rows[Int(row)].entries {
                    add(ModularVector.atom(entry), PrimeField.negated(ModularVector.coefficient(entry)), &found)
                }
            }
        }
        found.sort()
        var entries: [UInt64] = []
        for atom in found {
            if accumulator[atom] != 0 { entries.append(ModularVector.entry(atom, accumulator[atom])) }
            accumulator[atom] = 0
            touched[atom] = false
        }
        return ModularVector(entries: entries)
    }

    @inline(__always)
    private mutating func add(_ atom: Int, _ coefficient: UInt32, _ found: inout [Int]) {
        if !touched[atom] {
            touched[atom] = true
            found.append(atom)
        }
        accumulator[atom] = PrimeField.sum(accumulator[atom], coefficient)
    }

    /// Whether publishing this (reduced) cell would make a primary a combination of published cells.
    func exposesPrimary(_ reduced: ModularVector) -> Bool { primaryDirections[reduced.directionHash] != nil }

    /// Publishes a cell: its reduced vector, not zero, joins the basis.
    mutating func publish(_ reduced: ModularVector) {
        var best = -1
        var fewest = Int32.max
        for entry in reduced.entries {
            let atom = ModularVector.atom(entry)
            if occurrenceCount[atom] < fewest { (best, fewest) = (atom, occurrenceCount[atom]) }
        }
        var row = reduced.scaled(by: PrimeField.inverse(reduced.coefficient(of: best)))
        row.entries.removeAll { ModularVector.atom($0) == best }

        let holders = occurrences[best]
        occurrences[best] = []
        for holder in holders {
            let coefficient = rows[Int(holder)].coefficient(of: best)
            if coefficient != 0 { replace(Int(holder), pivot: best, coefficient, by: row) }
        }
        occurrenceCount[best] = 0
        pivotRow[best] = Int32(rows.count)
        append(row)
    }

    private mutating func append(_ row: ModularVector) {
        let index = Int32(rows.count)
        for entry in row.entries {
            let atom = ModularVector.atom(entry)
            occurrences[atom].append(index)
            occurrenceCount[atom] += 1
        }
        rows.append(row)
    }

    /// Row minus coefficient times (pivot + row of the pivot).
    private mutating func replace(_ index: Int, pivot: Int, _ coefficient: UInt32, by other: ModularVector) {
        let factor = PrimeField.negated(coefficient)
        let old = rows[index].entries
        let new = other.entries
        rows[index].entries = []
        var merged: [UInt64] = []
        merged.reserveCapacity(old.count + new.count)
        var left = 0
        var right = 0
        while left < old.count || right < new.count {
            let leftAtom = left < old.count ? ModularVector.atom(old[left]) : .max
            let rightAtom = right < new.count ? ModularVector.atom(new[right]) : .max
            if leftAtom < rightAtom {
                if leftAtom != pivot { merged.append(old[left]) }
                left += 1
            } else if rightAtom < leftAtom {
                merged.append(
                    ModularVector.entry(rightAtom, PrimeField.product(ModularVector.coefficient(new[right]), factor)))
                occurrences[rightAtom].append(Int32(index))
                occurrenceCount[rightAtom] += 1
                right += 1
            } else {
                let sum = PrimeField.sum(
                    ModularVector.coefficient(old[left]),
                    PrimeField.product(ModularVector.coefficient(new[right]), factor))
                if sum != 0 { merged.append(ModularVector.entry(leftAtom, sum)) } else { occurrenceCount[leftAtom] -= 1 }
                left += 1
                right += 1
            }
        }
        rows[index].entries = merged
        if index < primaryCount { rename(index) }
    }

    private mutating func rename(_ primary: Int) {
        let old = directionOf[primary]
        if let number = primaryDirections[old] { primaryDirections[old] = number > 1 ? number - 1 : nil }
        let direction = rows[primary].directionHash
        directionOf[primary] = direction
        primaryDirections[direction, default: 0] += 1
    }
}

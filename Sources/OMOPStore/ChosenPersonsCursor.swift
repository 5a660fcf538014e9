/// The rows of some persons out of a cursor over everybody's.
///
/// For stores without a better way. The underlying cursor gives the person as its last column.
final class ChosenPersonsCursor: CDMCursor {
    private let all: any CDMCursor
    private let person: Int
    private let chosen: [Int64]
    private var at = 0

    /// - Parameters:
    ///   - all: rows by person, with the person in column `person`.
    ///   - chosen: ascending, without doubles.
    init(_ all: any CDMCursor, person: Int, chosen: [Int64]) {
        self.all = all
        self.person = person
        self.chosen = chosen
    }

    func next() throws(OMOPStoreError) -> Bool {
        while at < chosen.count, try all.next() {
            guard let person = all.int64(person) else { continue }
            while at < chosen.count, chosen[at] < person { at += 1 }
            if at < chosen.count, chosen[at] == person { return true }
        }
        return false
    }

    var summary: ScanSummary { all.summary }
    func int64(_ column: Int) -> Int64? { all.int64(column) }
    func double(_ column: Int) -> Double? { all.double(column) }
    func text(_ column: Int) -> String? { all.text(column) }
    func day(_ column: Int) -> Int32? { all.day(column) }
    func minute(_ column: Int) -> Int64? { all.minute(column) }
}

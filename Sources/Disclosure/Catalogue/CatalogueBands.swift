/// Bands of the numbers in a catalogue: 20, 50, 100, 200, 500, 1,000, 2,000, ... (1, 2, 5 and their tens).
///
/// Where one band ends and the next begins is moved upwards by up to a fifth, by a key and by the row, and always in the same way
/// for the same row. So a row that moves to another band between two data releases tells that it has passed a place that nobody
/// outside knows, and not that one patient has come.
struct CatalogueBands {
    let rules: DisclosureRules
    let key: any StickyKey

    /// The band that a number is shown as; nil where the number is too small to be shown.
    /// - Parameter name: of the row and of what is counted; it decides where the bands begin.
    func band(of number: Int, _ name: String) -> CountInterval? {
        var edge = rules.smallestShown
        guard number >= edge + shift(edge, name) else { return nil }
        while true {
            let next = Self.edge(after: edge)
            guard number >= next + shift(next, name) else {
                return CountInterval(low: edge, high: next + largestShift(next) - 1)
            }
            edge = next
        }
    }

    /// The largest number that is not shown.
    var largestHidden: Int { rules.smallestShown + largestShift(rules.smallestShown) - 1 }

    /// The next of 50, 100, 200, 500, ...; a band is at least as wide as it is high, so that none is a narrow interval.
    private static func edge(after edge: Int) -> Int {
        var ten = 10
        while true {
            for factor in [1, 2, 5] where factor * ten >= 2 * edge { return factor * ten }
            ten *= 10
        }
    }

    private func largestShift(_ edge: Int) -> Int { max(rules.offset, edge / 5) }

    private func shift(_ edge: Int, _ name: String) -> Int {
        Int(key.draw("catalogue \(edge) \(name)", .empty) % UInt64(largestShift(edge) + 1))
    }
}

/// The one register of age bands, in years at the index date by calendar year.
///
/// Every level's cuts are cuts of the level before it, so that a coarser table is always a sum of a finer one and two
/// tables can never be subtracted to isolate a year. Nobody can ask for bands of their own.
public enum BreakdownBands {
    /// The ages at which the finest bands begin; the last one is open.
    public static let cuts = [0, 1, 5, 10, 20, 30, 40, 50, 60, 70, 80]

    /// The levels from fine to coarse; each is a subset of the one before.
    public static let levels = [cuts, [0, 10, 20, 30, 40, 50, 60, 70, 80], [0, 20, 40, 60, 80]]

    /// The band's name for an age that is unknown.
    public static let unknown = "unknown"

    /// The names of the bands that begin at the given ages: `["0", "1-4", …, "80+"]`.
    public static func labels(_ cuts: [Int] = cuts) -> [String] {
        cuts.indices.map { place in
            guard place + 1 < cuts.count else { return "\(cuts[place])+" }
            let last = cuts[place + 1] - 1
            return last == cuts[place] ? "\(last)" : "\(cuts[place])-\(last)"
        }
    }

    /// Which band an age falls in: a place in `cuts`, nil for an age below 0 or unknown.
    static func place(of age: Double) -> Int? {
        guard age >= 0 else { return nil }
        return cuts.lastIndex { Double($0) <= age }
    }
}

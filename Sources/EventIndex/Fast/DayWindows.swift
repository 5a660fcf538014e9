/// How many rows lie in each of many windows, one for each place of a list of days.
///
/// A person's windows move on with the person's days: neither their first days nor their last days ever go back. So the windows
/// that a row lies in follow one another, and a row is counted by where they begin and end.
public struct DayWindows {
    private enum Bounds {
        /// So many days around the day of each place.
        case around(lower: Int, upper: Int)
        /// Days since 1970-01-01, place by place.
        case own(from: [Int32], through: [Int32])
    }

    private let bounds: Bounds
    /// What comes to the count at a place, on top of the count at the place before.
    private var changes: [Int32]

    /// Bytes that each window takes at most.
    public static var bytes: Int { 3 * MemoryLayout<Int32>.stride }

    /// Windows that lie alike around the day of their place.
    /// - Parameters:
    ///   - lower: days after it, nil for no bound.
    ///   - upper: days after it, nil for no bound.
    public init(count: Int, from lower: Int?, through upper: Int?) {
        bounds = .around(lower: lower ?? Int(Int32.min), upper: upper ?? Int(Int32.max))
        changes = [Int32](repeating: 0, count: count + 1)
    }

    /// The first and last day of the window of each place, as days since 1970-01-01. Those of one person must not go back from place
    /// to place.
    public init(from: [Int32], through: [Int32]) {
        precondition(from.count == through.count)
        bounds = .own(from: from, through: through)
        changes = [Int32](repeating: 0, count: from.count + 1)
    }

    /// Counts rows one after another.
    @inline(__always)
    mutating func counting(_ body: (Counter) -> Void) {
        changes.withUnsafeMutableBufferPointer { changes in
            guard let changes = changes.baseAddress else { return }
            switch bounds {
            case .around(let lower, let upper):
                body(Counter(changes: changes, lower: lower, upper: upper, from: nil, through: nil))
            case .own(let from, let through):
                from.withUnsafeBufferPointer { from in
                    through.withUnsafeBufferPointer { through in
                        body(
                            Counter(changes: changes, lower: 0, upper: 0, from: from.baseAddress, through: through.baseAddress))
                    }
                }
            }
        }
    }

    /// Counts a row in the windows of a person's places.
    struct Counter {
        let changes: UnsafeMutablePointer<Int32>
        let lower: Int
        let upper: Int
        /// Nil for windows that lie alike around the day of their place.
        let from: UnsafePointer<Int32>?
        let through: UnsafePointer<Int32>?

        /// Longer runs are searched by halving.
        private static let shortRun = 32

        /// - Parameter days: the codes of the days of all places.
        @inline(__always)
        func count(_ day: Int32, among run: Range<Int>, _ days: UnsafePointer<UInt16>) {
            let (first, end): (Int, Int)
            if let from, let through {
                first = Self.first(in: run) { through[$0] >= day }
                end = Self.first(in: run) { from[$0] > day }
            } else {
                // What the codes of days are compared with.
                let least = Int32(clamping: Int(day) - Int(HotDay.origin) - upper)
                let most = Int32(clamping: Int(day) - Int(HotDay.origin) - lower)
                if run.count <= Self.shortRun {
                    // Without branches: which days are meant is different from row to row.
                    var (before, until) = (0, 0)
                    for place in run {
                        before &+= Int32(days[place]) < least ? 1 : 0
                        until &+= Int32(days[place]) <= most ? 1 : 0
                    }
                    (first, end) = (run.lowerBound + before, run.lowerBound + until)
                } else {
                    first = Self.first(in: run) { Int32(days[$0]) >= least }
                    end = Self.first(in: run) { Int32(days[$0]) > most }
                }
            }
            guard first < end else { return }
            changes[first] &+= 1
            changes[end] &-= 1
        }

        /// The first place from which on a condition holds.
        @inline(__always)
        private static func first(in run: Range<Int>, where holds: (Int) -> Bool) -> Int {
            var (low, high) = (run.lowerBound, run.upperBound)
            while low < high {
                let middle = (low + high) / 2
                if holds(middle) { high = middle } else { low = middle + 1 }
            }
            return low
        }
    }

    /// How many rows lie in each window.
    public func counts() -> [Int32] {
        var sum: Int32 = 0
        return changes.dropLast().map { change in
            sum &+= change
            return sum
        }
    }
}

import Cohorts

/// Years and the days that they begin on, from a table: the fast path asks for every person.
enum YearDays {
    private static let firstYear = 1_800
    private static let lastYear = 2_200
    /// The day number of each 1 January.
    private static let starts: [Int32] = (firstYear...lastYear + 1).map { Self.start(of: $0) }
    /// The year of each day from the first to the last year of the table.
    private static let years: [Int16] = {
        var years: [Int16] = []
        for year in firstYear...lastYear {
            let days = Int(starts[year - firstYear + 1] - starts[year - firstYear])
            years.append(contentsOf: repeatElement(Int16(year), count: days))
        }
        return years
    }()

    /// 1 January of a year, by the rule of leap years.
    private static func start(of year: Int) -> Int32 {
        let before = year - 1
        let days = before * 365 + before / 4 - before / 100 + before / 400
        return Int32(days - 719_162)
    }

    /// The calendar year of a day.
    @inline(__always)
    static func year(of day: Int32) -> Int {
        let place = Int(day) - Int(starts[0])
        return place >= 0 && place < years.count ? Int(years[place]) : CivilDay.year(of: day)
    }

    /// From 1 January of one year through 31 December of another; years outside 1800 to 2200 are open ends, which is all the
    /// same for the days that the fast path handles.
    static func bounds(fromYear first: Int, throughYear last: Int) -> Bounds {
        if first > last { return .none }
        let lower = first <= firstYear ? Bounds.all.lower : first > lastYear ? Bounds.all.upper : Int(starts[first - firstYear])
        let upper =
            last > lastYear ? Bounds.all.upper : last < firstYear ? Bounds.all.lower : Int(starts[last + 1 - firstYear]) - 1
        return Bounds(lower: lower, upper: upper)
    }
}

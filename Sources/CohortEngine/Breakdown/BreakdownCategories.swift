import Cohorts

/// The fixed categories of each breakdown dimension, in order. They never depend on the data: a category that was left out
/// because nobody is in it would say that nobody is in it.
public enum BreakdownCategories {
    /// The years that have a category of their own; earlier and later ones share one each.
    public static let years = 2000...2030

    /// All categories of a dimension, as they are called on the wire.
    public static func names(of dimension: BreakdownDimension) -> [String] {
        switch dimension {
        case .sex: ["female", "male", "unknown"]
        case .ageBand: BreakdownBands.labels() + [BreakdownBands.unknown]
        case .indexYear: ["before-\(years.lowerBound)"] + years.map { "\($0)" } + ["after-\(years.upperBound)"]
        case .indexMonth:
            ["before-\(years.lowerBound)"]
                + years.flatMap { year in (1...12).map { "\(year)-\($0 < 10 ? "0" : "")\($0)" } } + ["after-\(years.upperBound)"]
        case .conceptSet: ["with", "without"]
        case .visitType: ["inpatient", "outpatient", "emergency", "emergency-inpatient", "other", "none"]
        }
    }

    /// The category of a gender concept.
    static func sex(_ gender: Int32) -> Int {
        switch gender {
        case 8_532: 0
        case 8_507: 1
        default: 2
        }
    }

    /// The category of an age.
    static func ageBand(_ age: Double) -> Int { BreakdownBands.place(of: age) ?? BreakdownBands.cuts.count }

    /// The category of an index year.
    static func indexYear(_ year: Int) -> Int {
        if year < years.lowerBound { return 0 }
        return year > years.upperBound ? years.count + 1 : year - years.lowerBound + 1
    }

    /// The category of an index month: each year's months in its place, so that a year is the sum of its months.
    static func indexMonth(_ year: Int, _ month: Int) -> Int {
        if year < years.lowerBound { return 0 }
        return year > years.upperBound ? years.count * 12 + 1 : (year - years.lowerBound) * 12 + month
    }

    /// The category of whether there is a record of the further concept set.
    static func conceptSet(_ isHolder: Bool) -> Int { isHolder ? 0 : 1 }

    /// The category of a visit's concept; nil is no visit.
    static func visitType(_ concept: Int32?) -> Int {
        switch concept {
        case nil: 5
        case 9_201: 0
        case 9_202: 1
        case 9_203: 2
        case 262: 3
        default: 4
        }
    }
}

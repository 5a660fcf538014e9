/// What the persons of a cohort can be broken down by, at their index date.
public enum BreakdownDimension: String, Sendable, Hashable, CaseIterable {
    /// Sex (the gender concept).
    case sex
    /// Age band.
    case ageBand
    /// Calendar year of the index date.
    case indexYear
    /// Calendar month of the index date.
    case indexMonth
    /// Kind of visit of the index event.
    case visitType
    /// Whether the person has, at any time, a record of one further concept set (see `BreakdownSet`).
    case conceptSet

    /// More dimensions make cells too small to show.
    public static let most = 3

    /// Why a breakdown cannot be by these dimensions together, and what to ask for instead; nil if it can.
    public static func objection(to dimensions: [BreakdownDimension]) -> (what: String, advice: String)? {
        if dimensions.count > most || Set(dimensions).count != dimensions.count {
            return ("a breakdown has at most \(most) dimensions, each once", "Ask for fewer.")
        }
        guard dimensions.contains(.indexMonth) else { return nil }
        // More than thirty years of months: with many more categories nearly every cell would be too small to show.
        if dimensions.count > 2 || dimensions.contains(.indexYear) || dimensions.contains(.ageBand) {
            return (
                "indexMonth stands alone or with one of sex, visitType and conceptSet",
                "Ask for indexYear, or for fewer dimensions."
            )
        }
        return nil
    }
}

/// What a column of the OMOP common data model holds.
public enum CDMType: String, Sendable, Hashable, CaseIterable {
    /// A whole number: identifiers, concept ids, counts, years.
    case integer
    /// A number with a fraction: values, quantities, ranges.
    case number
    /// Text.
    case text
    /// A calendar day.
    case date
    /// A moment on a calendar day, in the hospital's local time.
    case datetime

    /// Whether values are days, however they are stored.
    public var isDate: Bool { self == .date || self == .datetime }
}

/// One column of a CDM v5.4 table.
public struct CDMColumn: Sendable, Hashable {
    /// The name in CDM v5.4, lower case.
    public let name: String
    /// What its values are.
    public let type: CDMType
    /// Whether the CDM forbids NULL here.
    public let required: Bool
    /// The name that CDM v5.3 gave to the same column, if it was another.
    public let formerName: String?

    init(_ name: String, _ type: CDMType, required: Bool, formerly formerName: String?) {
        self.name = name
        self.type = type
        self.required = required
        self.formerName = formerName
    }

    static func integer(_ name: String, required: Bool = false, formerly: String? = nil) -> CDMColumn {
        CDMColumn(name, .integer, required: required, formerly: formerly)
    }

    static func number(_ name: String, required: Bool = false) -> CDMColumn {
        CDMColumn(name, .number, required: required, formerly: nil)
    }

    static func text(_ name: String, required: Bool = false, formerly: String? = nil) -> CDMColumn {
        CDMColumn(name, .text, required: required, formerly: formerly)
    }

    static func date(_ name: String, required: Bool = false) -> CDMColumn {
        CDMColumn(name, .date, required: required, formerly: nil)
    }

    static func datetime(_ name: String, required: Bool = false) -> CDMColumn {
        CDMColumn(name, .datetime, required: required, formerly: nil)
    }
}

import CanonicalJSON

/// The further concept set of a breakdown: persons with a record of it, whenever, and persons without.
///
/// Nobody chooses a window: two tables that differ by a few days would single out who had the record in between.
public struct BreakdownSet: Sendable, Hashable, JSONEncodable {
    /// The id of one of the cohort's concept sets.
    public var codesetID: Int
    /// Which records are looked at.
    public var domain: CriterionDomain

    /// Records of a domain whose standard concept is in a set.
    public init(codesetID: Int, domain: CriterionDomain) {
        self.codesetID = codesetID
        self.domain = domain
    }

    /// The domains whose records can be looked at.
    public static let domains = CriterionDomain.allCases.filter { $0.hasCodeset && $0 != .locationRegion }

    /// `{"id": 3, "domain": "DrugExposure"}`
    public var json: JSONValue { ["id": .number(JSONNumber(codesetID)), "domain": .string(domain.rawValue)] }
}

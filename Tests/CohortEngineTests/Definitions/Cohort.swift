import CanonicalJSON

/// Writes definitions briefly. Criteria, groups and rules are JSON text, so that a test shows what an author would write.
struct Cohort {
    /// Items of the concept sets, by id.
    static let sets: [Int: String] = [
        0: #"{"concept": {"CONCEPT_ID": 1}, "includeDescendants": true}"#,
        1: #"{"concept": {"CONCEPT_ID": 11}, "includeDescendants": true}"#,
        2: #"{"concept": {"CONCEPT_ID": 21}, "includeDescendants": true}"#,
        3: #"{"concept": {"CONCEPT_ID": 1}}"#,
        4:
            #"{"concept": {"CONCEPT_ID": 1}, "includeDescendants": true}, {"concept": {"CONCEPT_ID": 2}, "includeDescendants": true, "isExcluded": true}"#,
        5: #"{"concept": {"CONCEPT_ID": 8}}"#,
        6: #"{"concept": {"CONCEPT_ID": 999}, "includeDescendants": true}"#,
        7: #"{"concept": {"CONCEPT_ID": 1}, "includeDescendants": true, "includeMapped": true}"#,
        8: #"{"concept": {"CONCEPT_ID": 1}, "isExcluded": true}"#,
        9:
            #"{"concept": {"CONCEPT_ID": 101}}, {"concept": {"CONCEPT_ID": 102}}, {"concept": {"CONCEPT_ID": 103}}, {"concept": {"CONCEPT_ID": 105}}"#,
        10: #"{"concept": {"CONCEPT_ID": 8532}}"#,
        11: #"{"concept": {"CONCEPT_ID": 9}}"#,
    ]

    var primary: [String]
    var primaryLimit = "All"
    var prior = 0
    var post = 0
    var additional: String?
    var qualifiedLimit = "First"
    var rules: [String] = []
    var expressionLimit = "All"
    var end: String?
    var censoring: [String] = []
    var pad = 0
    var window: String?

    init(_ primary: String...) { self.primary = primary }

    /// The same definition with something changed.
    func with(_ change: (inout Cohort) -> Void) -> Cohort {
        var copy = self
        change(&copy)
        return copy
    }

    /// The definition as an author saves it.
    var text: String {
        let sets = Self.sets.sorted { $0.key < $1.key }.map {
            #"{"id": \#($0.key), "name": "set \#($0.key)", "expression": {"items": [\#($0.value)]}}"#
        }
        var parts = [
            #""ConceptSets": [\#(sets.joined(separator: ", "))]"#,
            #""PrimaryCriteria": {"CriteriaList": [\#(primary.joined(separator: ", "))], "ObservationWindow": {"PriorDays": \#(prior), "PostDays": \#(post)}, "PrimaryCriteriaLimit": {"Type": "\#(primaryLimit)"}}"#,
            #""QualifiedLimit": {"Type": "\#(qualifiedLimit)"}"#, #""ExpressionLimit": {"Type": "\#(expressionLimit)"}"#,
            #""CollapseSettings": {"CollapseType": "ERA", "EraPad": \#(pad)}"#,
            #""CensoringCriteria": [\#(censoring.joined(separator: ", "))]"#,
            #""InclusionRules": [\#(rules.enumerated().map { #"{"name": "rule \#($0 + 1)", "expression": \#($1)}"# }.joined(separator: ", "))]"#,
        ]
        if let additional { parts.append(#""AdditionalCriteria": \#(additional)"#) }
        if let end { parts.append(#""EndStrategy": \#(end)"#) }
        if let window { parts.append(#""CensorWindow": \#(window)"#) }
        return "{\(parts.joined(separator: ", "))}"
    }

    // MARK: Parts

    /// A group; members are JSON text made by `count`, `demographic` and `group`.
    static func group(
        _ type: String, _ criteria: [String] = [], demographics: [String] = [], groups: [String] = [], count: Int? = nil
    )
        -> String
    {
        let number = count.map { #""Count": \#($0), "# } ?? ""
        return
            #"{"Type": "\#(type)", \#(number)"CriteriaList": [\#(criteria.joined(separator: ", "))], "DemographicCriteriaList": [\#(demographics.joined(separator: ", "))], "Groups": [\#(groups.joined(separator: ", "))]}"#
    }

    /// A counted criterion: type 0 exactly, 1 at most, 2 at least.
    static func count(
        _ criterion: String, type: Int = 2, _ number: Int = 1, from: String = before(), to: String = after(), window: String = "",
        rest: String = "", distinct: String? = nil
    ) -> String {
        let distinctPart = distinct.map { #", "IsDistinct": true, "CountColumn": "\#($0)""# } ?? ""
        return
            #"{"Criteria": \#(criterion), "StartWindow": {"Start": \#(from), "End": \#(to)\#(window)}, "Occurrence": {"Type": \#(type), "Count": \#(number)\#(distinctPart)}\#(rest)}"#
    }

    /// A bound so many days before the index date; nil is the edge of observation.
    static func before(_ days: Int? = nil) -> String { #"{\#(days.map { #""Days": \#($0), "# } ?? "")"Coeff": -1}"# }
    /// A bound so many days after the index date; nil is the edge of observation.
    static func after(_ days: Int? = nil) -> String { #"{\#(days.map { #""Days": \#($0), "# } ?? "")"Coeff": 1}"# }
}

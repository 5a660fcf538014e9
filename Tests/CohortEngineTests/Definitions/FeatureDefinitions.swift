import CanonicalJSON
import Cohorts

/// One definition for each feature and each surprising reading, for comparison with the official SQL.
enum FeatureDefinitions {
    static func all() throws -> [(name: String, definition: JSONValue)] {
        var found: [(name: String, definition: JSONValue)] = []
        for (name, cohort) in whole { found.append((name, try JSONValue(parsing: cohort.text))) }
        for (name, cohort) in attributes { found.append((name, try JSONValue(parsing: cohort.text))) }
        return found
    }

    private static let condition = #"{"ConditionOccurrence": {"CodesetId": 0}}"#
    private static let anyCondition = #"{"ConditionOccurrence": {}}"#
    private static let drug = #"{"DrugExposure": {"CodesetId": 1}}"#
    private static let anyDrug = #"{"DrugExposure": {}}"#
    private static let visit = #"{"VisitOccurrence": {}}"#
    private static let measurement = #"{"Measurement": {}}"#

    // MARK: Every attribute of every domain

    /// For each attribute two tests that keep about half of the rows, and for the list attributes their exclusion.
    private static let attributes: [(String, Cohort)] = CriterionDomain.allCases.flatMap { domain -> [(String, Cohort)] in
        guard domain != .locationRegion else { return [] }
        return CriterionSchema.attributes(of: domain).flatMap { attribute -> [(String, Cohort)] in
            guard ![.placeOfServiceLocation, .effectiveDrugDose, .doseUnit].contains(attribute.attribute) else { return [] }
            return values(attribute).enumerated().map { number, value in
                let list = domain == .customEra ? #", "CriteriaList": [\#(anyCondition), \#(anyDrug)]"# : ""
                return ("\(domain.rawValue).\(attribute.key) \(number)", Cohort(#"{"\#(domain.rawValue)": {\#(value)\#(list)}}"#))
            }
        }
    }

    private static func values(_ attribute: AttributeDeclaration) -> [String] {
        let key = attribute.key
        switch attribute.kind {
        case .date:
            return [
                #""\#(key)": {"Value": "2018-12-01", "Op": "gte"}"#,
                #""\#(key)": {"Value": "2018-06-01", "Extent": "2019-06-30", "Op": "!bt"}"#,
            ]
        case .integer:
            let middle = [.age, .ageAtStart, .ageAtEnd].contains(attribute.attribute) ? 40 : 2
            return [
                #""\#(key)": {"Value": \#(middle).9, "Op": "gt"}"#,
                #""\#(key)": {"Value": 0, "Extent": \#(middle), "Op": "bt"}"#, #""\#(key)": {"Value": \#(middle), "Op": "!eq"}"#,
            ]
        case .decimal:
            return [#""\#(key)": {"Value": 4.5, "Op": "lte"}"#, #""\#(key)": {"Value": 1.99996, "Extent": 5, "Op": "bt"}"#]
        case .concepts(let exclude):
            let concepts = [1, 2, 11, 9201, 8532, 32_817].map { #"{"CONCEPT_ID": \#($0)}"# }.joined(separator: ", ")
            return [#""\#(key)": [\#(concepts)]"#]
                + (exclude.map { [#""\#(key)": [\#(concepts)], "\#($0)": true"#, #""\#(key)": [], "\#($0)": true"#] } ?? [])
        case .selection:
            return [0, 8].flatMap { set in
                [#""\#(key)": {"CodesetId": \#(set)}"#, #""\#(key)": {"CodesetId": \#(set), "IsExclusion": true}"#]
            } + [#""\#(key)": {}"#, #""\#(key)": {"IsExclusion": true}"#]
        case .conceptSet: return [#""\#(key)": 0"#, #""\#(key)": 9"#, #""\#(key)": 77"#]
        case .text:
            return ["startsWith", "!endsWith", "contains", "!contains"].map {
                #""\#(key)": {"Text": "\#($0 == "contains" ? "_" : "a")", "Op": "\#($0)"}"#
            }
        case .flag:
            return [#""\#(key)": true, "ValueAsConcept": [{"CONCEPT_ID": 1}, {"CONCEPT_ID": 11}, {"CONCEPT_ID": 4155142}]"#]
        }
    }

    // MARK: Whole definitions

    private static let whole: [(String, Cohort)] =
        sets + limits + windows + counts + groups + nested + exits + adjustments + periods

    private static let sets: [(String, Cohort)] =
        (0...12).map { ("concept set \($0)", Cohort(#"{"ConditionOccurrence": {"CodesetId": \#($0)}}"#)) } + [
            ("source concept", Cohort(#"{"ConditionOccurrence": {"ConditionSourceConcept": 9}}"#)),
            ("source and standard concept", Cohort(#"{"ConditionOccurrence": {"CodesetId": 0, "ConditionSourceConcept": 9}}"#)),
            ("source concept of a death", Cohort(#"{"Death": {"DeathSourceConcept": 9}}"#)),
            ("orphans pass without person attributes", Cohort(anyCondition, anyDrug)),
        ]

    private static let limits: [(String, Cohort)] =
        ["All", "First", "Last", "Earliest", "all"].flatMap { limit in
            [
                ("primary limit \(limit)", Cohort(condition, drug).with { $0.primaryLimit = limit }),
                (
                    "qualified limit \(limit) without additional criteria",
                    Cohort(anyCondition).with { $0.qualifiedLimit = limit }
                ),
                (
                    "qualified limit \(limit) with an empty group",
                    Cohort(anyCondition).with {
                        $0.qualifiedLimit = limit
                        $0.additional = Cohort.group("ALL")
                    }
                ),
                (
                    "qualified limit \(limit) with additional criteria",
                    Cohort(anyCondition).with {
                        $0.qualifiedLimit = limit
                        $0.additional = Cohort.group(
                            "ALL", [Cohort.count(anyDrug, from: Cohort.before(30), to: Cohort.after(30))])
                    }
                ),
                (
                    "expression limit \(limit) after rules",
                    Cohort(anyCondition).with {
                        $0.expressionLimit = limit
                        $0.rules = [Cohort.group("ALL", [Cohort.count(anyDrug, from: Cohort.after(0), to: Cohort.after(90))])]
                    }
                ),
            ]
        } + [
            ("prior observation", Cohort(anyCondition).with { $0.prior = 180 }),
            ("prior and later observation", Cohort(anyCondition).with { ($0.prior, $0.post) = (30, 30) }),
            ("first condition ever", Cohort(#"{"ConditionOccurrence": {"CodesetId": 0, "First": true}}"#)),
            (
                "first, then filtered by age",
                Cohort(#"{"ConditionOccurrence": {"First": true, "Age": {"Value": 40, "Op": "gte"}}}"#)
            ),
            ("first observation period", Cohort(#"{"ObservationPeriod": {"First": true}}"#)),
        ]

    private static let windows: [(String, Cohort)] = {
        var found: [(String, Cohort)] = []
        let bounds = [
            ("all before", Cohort.before(), Cohort.before(1)), ("same day", Cohort.before(0), Cohort.after(0)),
            ("all after", Cohort.after(0), Cohort.after()), ("within 30", Cohort.before(30), Cohort.after(30)),
            ("all", Cohort.before(), Cohort.after()), ("inverted edges", Cohort.after(), Cohort.before()),
        ]
        for (name, from, to) in bounds {
            for (flags, window) in [
                ("", ""), (" from index end", #", "UseIndexEnd": true"#), (" of event end", #", "UseEventEnd": true"#),
                (" end to end", #", "UseIndexEnd": true, "UseEventEnd": true"#),
            ] {
                for rest in ["", #", "IgnoreObservationPeriod": true"#] {
                    let rule = Cohort.group("ALL", [Cohort.count(anyDrug, from: from, to: to, window: window, rest: rest)])
                    found.append(("window \(name)\(flags)\(rest)", Cohort(visit, anyCondition).with { $0.rules = [rule] }))
                }
            }
        }
        for (name, flags) in [
            ("default", ""), ("event start", #", "UseEventEnd": false"#), ("event end", #", "UseEventEnd": true"#),
            ("index end", #", "UseIndexEnd": true"#),
        ] {
            for criterion in [anyDrug, measurement, visit] {
                let rest = #", "EndWindow": {"Start": \#(Cohort.before(5)), "End": \#(Cohort.after(0))\#(flags)}"#
                let rule = Cohort.group("ANY", [Cohort.count(criterion, rest: rest)])
                found.append(("end window \(name) on \(criterion)", Cohort(anyCondition).with { $0.rules = [rule] }))
            }
        }
        for criterion in [anyDrug, measurement, visit, #"{"VisitDetail": {}}"#, #"{"DrugEra": {}}"#, #"{"Death": {}}"#] {
            let rule = Cohort.group("ALL", [Cohort.count(criterion, rest: #", "RestrictVisit": true"#)])
            found.append(("same visit, \(criterion)", Cohort(anyCondition).with { $0.rules = [rule] }))
        }
        return found
    }()

    private static let counts: [(String, Cohort)] = {
        var found: [(String, Cohort)] = []
        for type in 0...2 {
            for number in 0...2 {
                let rule = Cohort.group("ALL", [Cohort.count(anyDrug, type: type, number)])
                found.append(("count type \(type) of \(number)", Cohort(anyCondition).with { $0.rules = [rule] }))
            }
        }
        let columns: [(CriterionDomain, [CountColumn])] = [
            (.conditionOccurrence, [.domainConcept, .startDate, .endDate, .visitID, .duration]),
            (.drugExposure, [.domainConcept, .daysSupply, .quantity, .refills, .duration]),
            (.measurement, [.domainConcept, .valueAsNumber, .rangeLow, .rangeHigh, .duration]),
            (.observation, [.valueAsNumber, .visitID]), (.procedureOccurrence, [.quantity, .duration]),
            (.deviceExposure, [.quantity, .domainConcept]), (.death, [.domainConcept, .visitID]),
            (.conditionEra, [.domainConcept, .eraOccurrences, .duration]), (.drugEra, [.gapDays, .eraOccurrences, .visitID]),
            (.doseEra, [.unit, .valueAsNumber]), (.observationPeriod, [.domainConcept, .duration]),
            (.visitOccurrence, [.domainConcept, .duration, .visitID]), (.visitDetail, [.domainConcept, .duration]),
            (.specimen, [.domainConcept, .duration]), (.episode, [.startDate, .duration]),
        ]
        for (domain, all) in columns {
            for column in all {
                for (type, number) in [(2, 2), (0, 0), (1, 1)] {
                    let count = Cohort.count(#"{"\#(domain.rawValue)": {}}"#, type: type, number, distinct: column.rawValue)
                    let name = "distinct \(column.rawValue) of \(domain.rawValue), type \(type)"
                    found.append((name, Cohort(anyCondition).with { $0.rules = [Cohort.group("ALL", [count])] }))
                }
            }
        }
        return found
    }()

    private static let groups: [(String, Cohort)] = {
        let members = [
            Cohort.count(anyDrug, from: Cohort.before(90), to: Cohort.after(90)), Cohort.count(measurement, type: 0, 0),
            Cohort.count(visit, type: 1, 1),
        ]
        var found: [(String, Cohort)] = []
        for (type, count) in [
            ("ALL", nil), ("ANY", nil), ("AT_LEAST", 0), ("AT_LEAST", 2), ("AT_MOST", 0), ("AT_MOST", 1), ("any", nil),
        ]
            as [(String, Int?)]
        {
            let rule = Cohort.group(type, members, count: count)
            found.append(("group \(type) \(count ?? -1)", Cohort(anyCondition).with { $0.rules = [rule] }))
            let inner = Cohort.group("ANY", [members[0]], groups: [rule, Cohort.group("ALL")])
            found.append(("group \(type) \(count ?? -1) in a group", Cohort(anyCondition).with { $0.rules = [rule, inner] }))
        }
        let demographics = [
            "{}", #"{"Age": {"Value": 30, "Op": "gt"}}"#, #"{"Gender": [{"CONCEPT_ID": 8532}]}"#,
            #"{"GenderCS": {"CodesetId": 10, "IsExclusion": true}}"#, #"{"Race": [{"CONCEPT_ID": 1}, {"CONCEPT_ID": 2}]}"#,
            #"{"RaceCS": {"CodesetId": 0}}"#, #"{"EthnicityCS": {"CodesetId": 8, "IsExclusion": true}}"#,
            #"{"Ethnicity": [{"CONCEPT_ID": 11}]}"#, #"{"OccurrenceStartDate": {"Value": "2019-01-01", "Op": "lt"}}"#,
            #"{"OccurrenceEndDate": {"Value": "2019-01-01", "Op": "gte"}}"#, #"{"RaceCS": {"IsExclusion": true}}"#,
        ]
        for demographic in demographics {
            let rule = Cohort.group("ALL", demographics: [demographic])
            found.append(("demographic \(demographic)", Cohort(visit, anyCondition).with { $0.rules = [rule] }))
        }
        let many = (1...12).map {
            Cohort.group("ALL", [Cohort.count(anyDrug, from: Cohort.before($0 * 20), to: Cohort.after($0 * 20))])
        }
        found.append(("twelve rules, best and any event", Cohort(anyCondition, anyDrug).with { $0.rules = many }))
        found.append(("a rule with an empty group", Cohort(anyCondition).with { $0.rules = [Cohort.group("ALL"), many[0]] }))
        return found
    }()

    private static let nested: [(String, Cohort)] = {
        let inner = Cohort.group("ALL", [Cohort.count(measurement, from: Cohort.before(60), to: Cohort.after(60))])
        let ignoring = Cohort.group(
            "ALL", [Cohort.count(anyDrug, from: Cohort.before(), to: Cohort.after(), rest: #", "IgnoreObservationPeriod": true"#)]
        )
        let deep = #"{"DrugExposure": {"CorrelatedCriteria": \#(inner)}}"#
        return [
            ("nested in an entry criterion", Cohort(#"{"ConditionOccurrence": {"CorrelatedCriteria": \#(inner)}}"#)),
            ("nested, empty", Cohort(#"{"ConditionOccurrence": {"CorrelatedCriteria": \#(Cohort.group("ALL"))}}"#)),
            (
                "nested in a rule",
                Cohort(anyCondition).with { $0.rules = [Cohort.group("ALL", [Cohort.count(deep)])] }
            ),
            (
                "nested where periods are ignored still needs a period",
                Cohort(anyCondition).with {
                    let counted = Cohort.count(
                        #"{"DrugExposure": {"CorrelatedCriteria": \#(ignoring)}}"#, rest: #", "IgnoreObservationPeriod": true"#)
                    $0.rules = [Cohort.group("ALL", [counted])]
                }
            ),
            (
                "three deep",
                Cohort(#"{"VisitOccurrence": {"CorrelatedCriteria": \#(Cohort.group("ANY", [Cohort.count(deep)]))}}"#)
            ),
            (
                "nested, distinct visits",
                Cohort(anyCondition).with {
                    $0.rules = [Cohort.group("ALL", [Cohort.count(deep, 2, distinct: "VISIT_ID")])]
                }
            ),
            (
                "nested with First", Cohort(#"{"ConditionOccurrence": {"First": true, "CorrelatedCriteria": \#(inner)}}"#)
            ),
            (
                "custom era criterion",
                Cohort(
                    #"{"CustomEra": {"CriteriaList": [\#(condition), \#(drug)], "GapDays": 30, "Duration": {"Value": 3, "Op": "gt"}}}"#
                )
            ),
            (
                "first custom era", Cohort(#"{"CustomEra": {"CriteriaList": [\#(anyCondition), \#(visit)], "First": true}}"#)
            ),
        ]
    }()

    private static let exits: [(String, Cohort)] = {
        let entry = Cohort(anyCondition, visit)
        var found: [(String, Cohort)] = []
        for field in ["StartDate", "EndDate"] {
            for offset in [-10, -1, 0, 7, 365] {
                let end = #"{"DateOffset": {"DateField": "\#(field)", "Offset": \#(offset)}}"#
                found.append(("exit \(field) \(offset)", entry.with { $0.end = end }))
                found.append(("exit \(field) \(offset), padded", entry.with { ($0.end, $0.pad) = (end, 30) }))
            }
        }
        for (gap, offset) in [(0, 0), (30, 0), (0, 7), (30, 7)] {
            for override in ["", #", "DaysSupplyOverride": 14"#] {
                let end = #"{"CustomEra": {"DrugCodesetId": 7, "GapDays": \#(gap), "Offset": \#(offset)\#(override)}}"#
                found.append(
                    ("exit by exposure \(gap) \(offset)\(override)", Cohort(anyDrug, anyCondition).with { $0.end = end }))
            }
        }
        for pad in [0, 1, 30, 365] {
            found.append(
                (
                    "pad \(pad)",
                    entry.with { ($0.pad, $0.end) = (pad, #"{"DateOffset": {"DateField": "StartDate", "Offset": 5}}"#) }
                ))
        }
        found += [
            ("censored by drugs", entry.with { $0.censoring = [anyDrug] }),
            ("censored by two", entry.with { $0.censoring = [drug, #"{"Death": {}}"#] }),
            (
                "censored and offset",
                entry.with {
                    $0.censoring = [#"{"DrugExposure": {"First": true}}"#]
                    $0.end = #"{"DateOffset": {"DateField": "EndDate", "Offset": 30}}"#
                }
            ),
            ("censor window", entry.with { $0.window = #"{"StartDate": "2018-06-01", "EndDate": "2019-06-01"}"# }),
            ("censor window, start only", entry.with { $0.window = #"{"StartDate": "2018-12-01"}"# }),
            ("censor window, end only", entry.with { $0.window = #"{"EndDate": "2018-12-01"}"# }),
        ]
        return found
    }()

    private static let adjustments: [(String, Cohort)] = {
        let domains: [CriterionDomain] = [
            .conditionOccurrence, .drugExposure, .visitOccurrence, .visitDetail, .measurement, .observation, .procedureOccurrence,
            .deviceExposure, .specimen, .death, .conditionEra, .drugEra, .doseEra, .observationPeriod, .payerPlanPeriod, .episode,
        ]
        return domains.flatMap { domain in
            [
                ("START_DATE", 7, "END_DATE", 7), ("END_DATE", 0, "END_DATE", 30), ("START_DATE", 0, "START_DATE", -1),
                ("END_DATE", -3, "START_DATE", 3),
            ]
            .map { start, from, end, to in
                (
                    "adjusted \(domain.rawValue) \(start) \(from) \(end) \(to)",
                    Cohort(
                        #"{"\#(domain.rawValue)": {"DateAdjustment": {"StartWith": "\#(start)", "StartOffset": \#(from), "EndWith": "\#(end)", "EndOffset": \#(to)}}}"#
                    ).with { $0.end = #"{"DateOffset": {"DateField": "EndDate", "Offset": 0}}"# }
                )
            }
        }
    }()

    private static let periods: [(String, Cohort)] = ["ObservationPeriod", "PayerPlanPeriod"].flatMap { domain in
        [#""StartDate": "2018-10-01""#, #""EndDate": "2018-12-01""#, #""StartDate": "2018-10-01", "EndDate": "2018-12-01""#].map {
            period in
            (
                "\(domain) of one's own \(period)",
                Cohort(
                    #"{"\#(domain)": {"UserDefinedPeriod": {\#(period)}, "PeriodLength": {"Value": 20, "Op": "gt"}}}"#,
                    anyCondition
                )
                .with { $0.end = #"{"DateOffset": {"DateField": "EndDate", "Offset": 0}}"# }
            )
        }
    }
}

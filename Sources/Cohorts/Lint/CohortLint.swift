/// The checks of a definition before it is run, in the spirit of circe-be's own.
///
/// To add one, write its type and name it in `checks`; a test holds that every check has a definition that triggers it.
public enum CohortLint {
    static let checks: [any LintCheck.Type] = [
        // Concept sets
        UndefinedConceptSet.self, EmptyConceptSet.self, UnusedConceptSet.self, DuplicateConceptSet.self, RepeatedConcept.self,
        IncludedAndExcluded.self, DomainMismatch.self, NonStandardConcepts.self, SelectionWithoutSet.self,
        // Criteria
        CriterionWithoutConceptSet.self, ImpossibleRange.self, PeriodReversed.self, ValueWithoutUnit.self,
        FirstBeforeFilters.self, DrugEndDateTestsStart.self, SpecimenIgnoresAdjustment.self, CustomEraIgnores.self,
        // Counts and windows
        ContradictoryWindow.self, EndWindowOnOneDay.self, VisitlessRestriction.self, DeathBeforeIndex.self,
        ShortLookback.self, NestedObservationPeriod.self, HoursExtension.self, MeaninglessCount.self,
        // Groups and rules
        RepeatedCriterion.self, ContradictoryCounts.self, GroupCountOutOfReach.self, RuleWithoutCriteria.self,
        RuleNames.self, TooManyRules.self,
        // Limits and exit
        QualifiedLimitIgnored.self, EmptyAdditionalCriteria.self, LimitWithoutEffect.self, NoExit.self, ExitOffset.self,
        DrugExitWithoutDrugEntry.self,
        // Hospitals
        NotInThisDataModel.self, RaceOrEthnicity.self, UnknownKey.self,
    ]

    /// The names of all checks, in their order.
    public static var checkNames: [String] { checks.map { $0.name } }

    /// Everything that the checks notice, the most severe first, then in the order of the checks.
    public static func findings(in expression: CohortExpression) -> [LintFinding] {
        let walk = DefinitionWalk(expression)
        let found = checks.flatMap { check in
            check.hits(in: walk).map {
                LintFinding(
                    check: check.name, severity: check.severity, pointer: $0.pointer, english: $0.english, korean: $0.korean)
            }
        }
        return LintSeverity.allCases.sorted(by: >).flatMap { severity in found.filter { $0.severity == severity } }
    }
}

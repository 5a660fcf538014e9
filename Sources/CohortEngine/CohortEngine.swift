// CohortEngine: from a cohort expression and an event index to exact counts.
//
// What lives here: the plan of a definition (`Plan/`), its concept sets read in one store's vocabulary (`Concepts/`), the
// evaluation block by block (`Evaluation/`), what the rules did (`Statistics/`) and the breakdown (`Breakdown/`). The words
// and their order are those of the SQL that OHDSI's circe-be generates (https://github.com/OHDSI/circe-be); what Dure adds is
// in protocol/extensions.md.
//
// What may not live here: a clock beyond the time limit, a network, a file of its own, and any way for a count to leave the
// process: everything counted is an `ExactCount` or a `PersonSet`, and the release gate alone turns them into what is told.

import Cohorts
@_spi(Hospital) import Disclosure
import EventIndex

/// Evaluates cohort expressions over one event index. A value; many evaluations may run at once over the same index.
public struct CohortEngine: Sendable {
    /// What is read.
    public let index: EventIndex
    /// What one evaluation may use.
    public let limits: EvaluationLimits

    /// An engine over an open index.
    public init(index: EventIndex, limits: EvaluationLimits = .standard) {
        self.index = index
        self.limits = limits
    }

    /// Answers a definition exactly, or refuses it by name.
    /// - Parameters:
    ///   - expression: a definition that passed `CohortExpression`'s own checks.
    ///   - breakdown: dimensions that the cohort's persons are sorted by.
    ///   - breakdownSet: the further concept set; needed where `breakdown` has `.conceptSet`.
    ///   - isCancelled: asked every few milliseconds; true ends the evaluation with `.cancelled`.
    public func evaluate(
        _ expression: CohortExpression, breakdown: [BreakdownDimension] = [], breakdownSet: BreakdownSet? = nil,
        isCancelled: @escaping () -> Bool = { false }
    ) throws(CohortEngineError) -> Evaluation {
        try evaluate(
            expression, breakdown: breakdown, breakdownSet: breakdownSet, isCancelled: isCancelled, mayTakeFastPath: true)
    }

    /// The same, with the fast path closed where a test or a measurement wants the general way.
    package func evaluate(
        _ expression: CohortExpression, breakdown: [BreakdownDimension], breakdownSet: BreakdownSet? = nil,
        isCancelled: @escaping () -> Bool, mayTakeFastPath: Bool
    ) throws(CohortEngineError) -> Evaluation {
        let budget = EvaluationBudget(limits: limits, isCancelled: isCancelled)
        try budget.look()
        var compiler = try PlanCompiler(expression, index: index, limits: limits)
        let plan = try compiler.compile()
        let breakdown = try compiler.compile(breakdown, by: breakdownSet)
        let sets = try resolution(of: expression, compiler.sets, breakdownSet)
        if mayTakeFastPath, let fast = FastPlan(plan, breakdown: breakdown) {
            var evaluator = FastEvaluator(plan, fast, index: index, breakdown: breakdown)
            if let evaluation = try evaluator.evaluate(budget, conceptSets: sets) { return evaluation }
            budget.releaseAll()
        }
        return try general(plan, breakdown, budget, conceptSets: sets)
    }

    /// The general way: rows, lists of events, rule by rule.
    func general(
        _ plan: CohortPlan, _ breakdown: BreakdownPlan, _ budget: EvaluationBudget, conceptSets: [ConceptSetResolution]
    ) throws(CohortEngineError) -> Evaluation {
        var collector = EvaluationCollector(plan, breakdown: breakdown, universe: index.personCount)
        let numbers = EraNumbers()
        let moments = MomentWitness()
        for block in 0..<index.blockCount {
            let reader = try BlockReader(index: index, block: block, budget: budget, eraNumbers: numbers, moments: moments)
            try collector.add(try BlockEvaluator(plan: plan, reader: reader).evaluate(), reader: reader)
        }
        try moments.check()
        return collector.evaluation(conceptSets)
    }

    /// Everything in a definition that cannot be answered, with its place; empty when all of it can.
    public func unsupported(in expression: CohortExpression) -> [UnsupportedFeature] {
        UnsupportedFinder(expression).found
    }

    /// How the definition's concept sets read in this store, before anything is counted.
    /// - Parameter breakdownSet: what a breakdown looks at besides.
    public func resolution(
        of expression: CohortExpression, breakdownSet: BreakdownSet? = nil
    ) throws(CohortEngineError) -> [ConceptSetResolution] {
        let resolver = ConceptSetResolver(index: index, limits: limits)
        var sets: [Int: ResolvedConceptSet] = [:]
        for set in expression.conceptSets { sets[set.id] = try resolver.resolve(set) }
        return try resolution(of: expression, sets, breakdownSet)
    }

    private func resolution(
        of expression: CohortExpression, _ sets: [Int: ResolvedConceptSet], _ breakdownSet: BreakdownSet?
    ) throws(CohortEngineError) -> [ConceptSetResolution] {
        let uses = ConceptSetUses(expression, breakdownSet)
        var found: [ConceptSetResolution] = []
        for set in expression.conceptSets {
            let resolved = sets[set.id, default: .empty]
            var tables: [ConceptSetResolution.Use] = []
            for table in uses.tables[set.id, default: []].sorted(by: { $0.rawValue < $1.rawValue }) {
                tables.append(try use(of: resolved, on: table))
            }
            found.append(
                ConceptSetResolution(
                    id: set.id, name: set.name, pointer: set.pointer, resolved: resolved.concepts.count, absent: resolved.absent,
                    invalid: resolved.invalid, uses: tables))
        }
        return found
    }

    private func use(
        of set: ResolvedConceptSet, on table: EventTable
    ) throws(CohortEngineError) -> ConceptSetResolution.Use {
        let statistics = index.statistics(table)
        do {
            let selection = try index.selection(table, .standard(set.concepts))
            return ConceptSetResolution.Use(
                table: table, isPresent: statistics.isPresent, occurring: selection.conceptCount ?? 0,
                records: ExactCount(selection.records),
                unmapped: ExactCount(statistics.unmappedRecords))
        } catch {
            throw CohortEngineError(reading: error)
        }
    }
}

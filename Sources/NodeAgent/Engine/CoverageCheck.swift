import Cohorts
import CohortEngine
import Disclosure
import EventIndex

/// Whether the store can know the answer at all. A hospital that has mapped no procedures does not have zero patients with
/// one: it cannot say.
struct CoverageCheck {
    let index: EventIndex

    /// The first reason why `question` cannot be answered from this store, if there is one.
    func refusal(_ question: FeasibilityQuestion, _ sets: [ConceptSetResolution]) -> EvaluationRefusal? {
        // Whoever has no record in a table that is not loaded is not "without".
        if let set = question.breakdownSet, let table = Self.table(of: set.domain), isEmpty(table) || isUnmapped(table) {
            return .unavailable(.domain, detail: Self.word(table))
        }
        for criterion in question.cohort.allCriteria {
            guard let table = Self.table(of: criterion.domain) else { continue }
            if isEmpty(table) || (choosesByConcept(criterion) && isUnmapped(table)) {
                return .unavailable(.domain, detail: Self.word(table))
            }
        }
        for set in sets where !set.uses.isEmpty && set.isEmpty && !set.absent.isEmpty {
            return .unavailable(.vocabulary, detail: "concept set \(set.id)")
        }
        return nil
    }

    /// No row at all: this kind of record is not loaded here. A table that is there and empty is as silent as an absent one.
    private func isEmpty(_ table: EventTable) -> Bool {
        let statistics = index.statistics(table)
        return !statistics.isPresent || statistics.records == 0
    }

    /// Rows, but not one of them mapped to a standard concept.
    private func isUnmapped(_ table: EventTable) -> Bool {
        let statistics = index.statistics(table)
        return table.hasConcept && statistics.records > 0 && statistics.unmappedRecords == statistics.records
    }

    private func choosesByConcept(_ criterion: Criterion) -> Bool { criterion.codesetID != nil && criterion.domain.hasCodeset }

    private static func table(of domain: CriterionDomain) -> EventTable? {
        switch domain {
        case .conditionOccurrence: .condition
        case .drugExposure: .drug
        case .procedureOccurrence: .procedure
        case .measurement: .measurement
        case .observation: .observation
        case .deviceExposure: .device
        case .visitOccurrence: .visit
        case .visitDetail: .visitDetail
        case .specimen: .specimen
        case .death: .death
        case .conditionEra: .conditionEra
        case .drugEra: .drugEra
        case .doseEra: .doseEra
        case .observationPeriod: .observationPeriod
        case .payerPlanPeriod: .payerPlanPeriod
        case .episode: .episode
        // A custom era's members are criteria of their own; regions are refused by the engine, by name.
        case .customEra, .locationRegion: nil
        }
    }

    /// What the researcher reads: "procedure".
    private static func word(_ table: EventTable) -> String {
        table.rawValue.split(separator: "_").filter { $0 != "occurrence" && $0 != "exposure" }.joined(separator: " ")
    }
}

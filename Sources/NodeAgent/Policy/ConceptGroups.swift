import CanonicalJSON
import Cohorts

/// The domains that a policy speaks of. Eras belong to the records that they are made of; periods of observation to none.
public enum ClinicalDomain: String, Sendable, Hashable, CaseIterable {
    case condition, drug, procedure, measurement, observation, device, visit, specimen, death, episode, payer, location

    /// The domain of a criterion; nil where it reads no clinical records.
    init?(_ domain: CriterionDomain) {
        switch domain {
        case .conditionOccurrence, .conditionEra: self = .condition
        case .drugExposure, .drugEra, .doseEra: self = .drug
        case .procedureOccurrence: self = .procedure
        case .measurement: self = .measurement
        case .observation: self = .observation
        case .deviceExposure: self = .device
        case .visitOccurrence, .visitDetail: self = .visit
        case .specimen: self = .specimen
        case .death: self = .death
        case .episode: self = .episode
        case .payerPlanPeriod: self = .payer
        case .locationRegion: self = .location
        // The members of a custom era are criteria of their own.
        case .observationPeriod, .customEra: return nil
        }
    }
}

/// A named group of concepts: each one that is listed, with everything below it in the vocabulary.
public struct ConceptGroup: Sendable, Hashable {
    /// The listed concepts' ids.
    public var concepts: Set<Int>

    /// The listed concepts and everything below them.
    func members(_ hierarchy: ConceptHierarchy) -> Set<Int> {
        concepts.reduce(into: concepts) { $0.formUnion(hierarchy.descendants($1)) }
    }
}

/// Concepts that are answered more strictly, or not at all.
public struct SensitiveGroup: Sendable, Hashable {
    /// What the hospital calls it.
    public var id: String
    /// Its concepts.
    public var group: ConceptGroup
    /// Whether a concept set that takes them in from above ("any disease") counts too. Without it, only one that names a
    /// concept of the group, to take it in or to leave it out.
    public var fromAbove: Bool
    /// What holds for a question that touches them, besides what holds for all; nil where such questions are declined.
    public var decision: ReleaseDecision?
    /// Counts of such a question are shown from here on; nil for no more than usual.
    public var threshold: Int?
}

/// What lies below a concept, as this hospital's vocabulary has it.
public struct ConceptHierarchy: Sendable {
    /// Everything below a concept.
    public var descendants: @Sendable (Int) -> Set<Int>

    /// A hierarchy from its one function.
    public init(descendants: @escaping @Sendable (Int) -> Set<Int>) { self.descendants = descendants }

    /// No vocabulary: each concept is alone.
    public static let flat = ConceptHierarchy { _ in [] }
}

/// A concept set of a question that touches a sensitive group.
public struct SensitiveTouch: Sendable, Hashable {
    /// The group.
    public var group: String
    /// The concept set's place in the question.
    public var place: String
}

/// Which of a policy's concept groups a question touches.
struct ConceptLookup {
    let sets: [ConceptSet]
    let hierarchy: ConceptHierarchy

    init(_ question: FeasibilityQuestion, _ hierarchy: ConceptHierarchy) {
        sets = question.cohort.conceptSets
        self.hierarchy = hierarchy
    }

    /// Concept sets that touch one of `groups`.
    func touches(_ groups: [SensitiveGroup]) -> [SensitiveTouch] { groups.flatMap(touches) }

    private func touches(_ sensitive: SensitiveGroup) -> [SensitiveTouch] {
        let members = sensitive.group.members(hierarchy)
        return sets.filter { touches(members, $0, fromAbove: sensitive.fromAbove) }
            .map { SensitiveTouch(group: sensitive.id, place: "\($0.pointer)") }
    }

    private func touches(_ members: Set<Int>, _ set: ConceptSet, fromAbove: Bool) -> Bool {
        set.items.contains { item in
            // Leaving a concept out is asking about it: the difference to the same set with it says how many have it.
            if members.contains(item.concept.id) { return true }
            guard item.includeDescendants, !item.isExcluded else { return false }
            // A concept below which the group's own begin.
            return fromAbove && !hierarchy.descendants(item.concept.id).isDisjoint(with: members)
        }
    }

    /// Places of concept sets that reach beyond `areas`. What a set leaves out may lie anywhere.
    func outside(_ areas: [ConceptGroup]) -> [String] {
        let members = areas.reduce(into: Set<Int>()) { $0.formUnion($1.members(hierarchy)) }
        return sets.filter { set in set.items.contains { !$0.isExcluded && !members.contains($0.concept.id) } }
            .map { "\($0.pointer)" }
    }
}

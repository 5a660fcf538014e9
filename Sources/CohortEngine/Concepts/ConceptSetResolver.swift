import CanonicalJSON
import Cohorts
import EventIndex

/// A concept set as one store's vocabulary resolves it.
struct ResolvedConceptSet: Sendable {
    /// The concepts, ascending.
    let concepts: [Int32]
    /// Listed concepts that the store's CONCEPT table does not have.
    let absent: [Int]
    /// Listed concepts that the CONCEPT table says are no longer valid.
    let invalid: [Int]

    /// A set that names nothing: a `CodesetId` without a definition.
    static let empty = ResolvedConceptSet(concepts: [], absent: [], invalid: [])
}

/// Resolves the concept sets of a definition against the vocabulary in the index.
struct ConceptSetResolver {
    let index: EventIndex
    let limits: EvaluationLimits

    /// The set's concepts: what the included items bring, less what the excluded ones bring.
    func resolve(_ set: ConceptSet) throws(CohortEngineError) -> ResolvedConceptSet {
        let included = try concepts(of: set.items.filter { !$0.isExcluded }, set)
        let excluded = try concepts(of: set.items.filter(\.isExcluded), set)
        var absent: [Int] = []
        var invalid: [Int] = []
        for item in set.items {
            switch isInvalid(item.concept.id) {
            case nil: absent.append(item.concept.id)
            case true?: invalid.append(item.concept.id)
            case false?: break
            }
        }
        return ResolvedConceptSet(
            concepts: excluded.isEmpty ? included : Self.without(excluded, included), absent: absent, invalid: invalid)
    }

    private static func without(_ excluded: [Int32], _ included: [Int32]) -> [Int32] {
        let excluded = Set(excluded)
        return included.filter { !excluded.contains($0) }
    }

    /// What the items bring, ascending, each concept once.
    private func concepts(of items: [ConceptSetItem], _ set: ConceptSet) throws(CohortEngineError) -> [Int32] {
        var found: [Int32] = []
        for item in items {
            let own = try self.own(item)
            found += own
            if item.includeMapped {
                for concept in own { found += try sources(of: concept) }
            }
            if found.count > limits.conceptsPerSet { found = Self.ascending(found) }
            guard found.count <= limits.conceptsPerSet else {
                throw CohortEngineError(
                    .limit, "\(set.pointer) resolves to more than \(limits.conceptsPerSet) concepts",
                    advice: "Name narrower concepts, or ask the hospital to raise its limit")
            }
        }
        return Self.ascending(found)
    }

    /// Sorted, each once. Mostly it is so already: one item brings its descendants in order.
    private static func ascending(_ concepts: [Int32]) -> [Int32] {
        var isAscending = true
        for place in concepts.indices.dropFirst() where concepts[place - 1] >= concepts[place] { isAscending = false }
        if isAscending { return concepts }
        var unique: [Int32] = []
        for concept in concepts.sorted() where concept != unique.last { unique.append(concept) }
        return unique
    }

    /// The concept itself, if the store knows it, and its valid descendants if the item wants them: descendants are found
    /// even where the concept itself is missing from CONCEPT.
    private func own(_ item: ConceptSetItem) throws(CohortEngineError) -> [Int32] {
        guard let id = Int32(exactly: item.concept.id), id != EventRows.nullConcept else { return [] }
        var found: [Int32] = []
        if index.isInvalid(concept: id) != nil { found.append(id) }
        guard item.includeDescendants else { return found }
        for descendant in try descendants(of: id) where descendant != id {
            if index.isInvalid(concept: descendant) == false { found.append(descendant) }
        }
        return found
    }

    private func isInvalid(_ id: Int) -> Bool? {
        Int32(exactly: id).flatMap { index.isInvalid(concept: $0) }
    }

    private func descendants(of concept: Int32) throws(CohortEngineError) -> [Int32] {
        do {
            return try index.descendants(of: concept)
        } catch {
            throw CohortEngineError(reading: error)
        }
    }

    private func sources(of concept: Int32) throws(CohortEngineError) -> [Int32] {
        do {
            return try index.mappedSources(of: concept)
        } catch {
            throw CohortEngineError(reading: error)
        }
    }
}

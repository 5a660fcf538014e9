import EventIndex

/// A concept compared with a list or a concept set. NULL is `EventRows.nullConcept`.
enum ConceptTest: Sendable, Hashable {
    /// IN a list, or NOT IN it; NULL fails both.
    case list(Set<Int32>, excluded: Bool)
    /// IN a concept set, or NOT IN it; NOT IN an empty set is true even for NULL.
    case set(Set<Int32>, excluded: Bool)
    /// "is not NULL", or "is NULL" when excluded: a selection that names no concept set.
    case present(excluded: Bool)

    func holds(_ concept: Int32) -> Bool {
        let isNull = concept == EventRows.nullConcept
        switch self {
        case .list(let concepts, let excluded):
            return !isNull && concepts.contains(concept) != excluded
        case .set(let concepts, let excluded):
            if excluded && concepts.isEmpty { return true }
            return !isNull && concepts.contains(concept) != excluded
        case .present(let excluded):
            return isNull == excluded
        }
    }
}

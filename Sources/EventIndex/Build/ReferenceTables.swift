import OMOPStore

/// The small tables that events are joined to while the index is built.
struct ReferenceTables {
    /// Specialty by provider, where it is not NULL.
    let specialties: KeyedConcepts
    /// Place of service by care site; NULL where the row has none.
    let places: KeyedConcepts

    init(_ store: any ClinicalStore, isCancelled: @escaping @Sendable () -> Bool) throws(EventIndexError) {
        specialties = try Self.read(store, .provider, "provider_id", "specialty_concept_id", isCancelled)
        places = try Self.read(store, .careSite, "care_site_id", "place_of_service_concept_id", isCancelled)
    }

    private static func read(
        _ store: any ClinicalStore, _ table: CDMTable, _ id: String, _ concept: String,
        _ isCancelled: @escaping @Sendable () -> Bool
    ) throws(EventIndexError) -> KeyedConcepts {
        var found = KeyedConcepts()
        guard store.profile.has(table, id) else { return found }
        try translated(table.rawValue) {
            try store.scan(table, columns: [id, concept], order: .unordered, isCancelled: isCancelled) { row in
                guard let id = row.int64(0) else { return }
                found.set(id, row.int64(1).flatMap(Int32.init(exactly:)) ?? EventRows.nullConcept)
            }
        }
        return found
    }
}

/// Concepts by row id.
struct KeyedConcepts {
    private var values: [Int64: Int32] = [:]

    mutating func set(_ id: Int64, _ concept: Int32) { values[id] = concept }

    /// The concept of a row, nil if there is no such row.
    @inline(__always)
    subscript(id: Int64) -> Int32? { values[id] }
}

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

    /// Tells apart tables in which something else is joined to an event.
    var fingerprint: String {
        var bytes: [UInt8] = []
        for table in [specialties, places] {
            bytes.append(number: UInt64(table.count))
            table.forEach { id, concept in
                bytes.append(number: id)
                bytes.append(number: concept)
            }
        }
        return String(bytes.withUnsafeBytes(Checksum.of), radix: 16)
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

/// Concepts by row id. Of several rows with one id the last counts.
struct KeyedConcepts {
    private var ids = NumberTable()
    private var concepts: [Int32] = []

    mutating func set(_ id: Int64, _ concept: Int32) {
        let place = ids.place(of: id)
        if place == concepts.count { concepts.append(concept) } else { concepts[place] = concept }
    }

    /// How many rows there are.
    var count: Int { concepts.count }

    /// Each row, by its id.
    func forEach(_ body: (Int64, Int32) -> Void) {
        for place in concepts.indices.sorted(by: { ids.values[$0] < ids.values[$1] }) { body(ids.values[place], concepts[place]) }
    }

    /// The concept of a row, nil if there is no such row.
    @inline(__always)
    subscript(id: Int64) -> Int32? { ids.existing(id).map { concepts[$0] } }
}

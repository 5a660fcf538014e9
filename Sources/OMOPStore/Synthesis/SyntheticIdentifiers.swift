/// Identifiers for the persons of synthetic stores, by which hospitals know the same person: every fourth person of a store is the
/// one in the same place of every other hospital's store. Invented, like the stores.
public struct SyntheticIdentifiers: Sendable {
    private let hospital: Int
    private let persons: [Int64]

    /// The identifiers of a store that was just written.
    public init(_ store: SyntheticStore, _ summary: SyntheticStore.Summary) {
        hospital = store.hospital.number
        persons = summary.persons
    }

    /// CSV with the header `person_id,identifier`, one line a person.
    public var csv: String {
        let lines = persons.enumerated().map { place, id in
            "\(id),\(place % 4 == 0 ? "SYNTHETIC-\(place)" : "SYNTHETIC-\(hospital)-\(place)")"
        }
        return (["person_id,identifier"] + lines).joined(separator: "\n") + "\n"
    }
}

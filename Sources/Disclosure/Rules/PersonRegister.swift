/// Where each person of the current data release stands in the ledger. Person ordinals change when the store is reloaded;
/// places in the ledger never do, so that sets of different releases can be compared.
public struct PersonRegister: Sendable {
    private let places: [UInt32]
    /// Number of places in the ledger.
    public let universe: Int

    /// A register.
    /// - Parameters:
    ///   - places: the place in the ledger of each person ordinal; no place twice.
    ///   - universe: number of places, those of persons who are no longer in the store included.
    public init(places: [UInt32], universe: Int) {
        precondition(places.allSatisfy { $0 < universe }, "a place outside the ledger")
        self.places = places
        self.universe = universe
    }

    /// Number of person ordinals of the current data release.
    public var count: Int { places.count }

    /// The same persons by their places in the ledger.
    func placed(_ set: PersonSet) -> PersonSet {
        var moved = PersonSet(universe: universe)
        set.forEachMember { moved.insert(Int(places[$0])) }
        return moved
    }

    /// The same answer by places in the ledger.
    func placed(_ answer: EvaluatedAnswer) -> EvaluatedAnswer {
        EvaluatedAnswer(
            total: placed(answer.total),
            attrition: answer.attrition.map {
                .init(name: $0.name, persons: placed($0.persons), described: $0.described.map(placed), leeway: $0.leeway)
            },
            breakdown: answer.breakdown.map {
                EvaluatedBreakdown(dimensions: $0.dimensions, cells: $0.cells.mapValues(placed), impossible: $0.impossible)
            }, described: answer.described.map(placed), leeway: answer.leeway)
    }
}

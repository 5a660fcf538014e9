/// Whether an evaluated answer is well formed, before anything is made of it.
enum AnswerCheck {
    static func check(_ answer: EvaluatedAnswer, universe: Int) throws(DisclosureError) {
        let described = [answer.described].compactMap(\.self) + answer.attrition.compactMap(\.described)
        let sets =
            [answer.total] + described + answer.attrition.map(\.persons) + (answer.breakdown.map { Array($0.cells.values) } ?? [])
        guard sets.allSatisfy({ $0.universe == universe }) else {
            throw bad("a set of the answer is over another universe of persons than the patient keys")
        }
        guard let breakdown = answer.breakdown else { return }
        try check(breakdown, of: answer.total)
    }

    private static func check(_ breakdown: EvaluatedBreakdown, of total: PersonSet) throws(DisclosureError) {
        guard (1...4).contains(breakdown.dimensions.count) else {
            throw bad("a breakdown has \(breakdown.dimensions.count) dimensions")
        }
        for dimension in breakdown.dimensions {
            guard !dimension.categories.isEmpty, Set(dimension.categories).count == dimension.categories.count,
                !dimension.categories.contains(DisclosedBreakdown.all)
            else { throw bad("the categories of \(dimension.name) are empty, repeated or contain *") }
        }
        let known = breakdown.dimensions.map { Set($0.categories) }
        for key in Array(breakdown.cells.keys) + Array(breakdown.impossible) {
            guard key.count == known.count, zip(key, known).allSatisfy({ $1.contains($0) }) else {
                throw bad("the cell \(key) has a category that its dimension does not list")
            }
        }
        var seen = PersonSet(universe: total.universe)
        for (key, persons) in breakdown.cells {
            guard persons.isEmpty || !breakdown.impossible.contains(key) else {
                throw bad("the cell \(key) is said to be impossible")
            }
            guard persons.isDisjoint(with: seen) else { throw bad("the cell \(key) shares persons with another cell") }
            seen.formUnion(persons)
        }
        guard seen == total else { throw bad("the cells of the breakdown do not make up the cohort") }
    }

    private static func bad(_ message: String) -> DisclosureError {
        DisclosureError(.badAnswer, message, advice: "This is a mistake in the engine: report it with the question's hash")
    }
}

import CanonicalJSON

/// The answers of several hospitals to one question, merged number by number.
///
/// It is made of disclosed counts only, so it cannot undo what a hospital hid: whatever it shows, anybody with the hospitals'
/// answers can work out. Marginals are merged from the hospitals' own marginals, never by adding merged inner cells.
public struct MergedAnswer: Sendable, Hashable {
    /// One merged attrition step.
    public struct Step: Sendable, Hashable {
        /// Name of the inclusion rule.
        public let name: String
        /// Persons that remain.
        public let count: MergedCount
    }

    /// One merged cell.
    public struct Cell: Sendable, Hashable {
        /// One category of each dimension, `*` for all.
        public let key: [String]
        /// Persons in the cell.
        public let count: MergedCount
    }

    /// Persons in the cohort.
    public let total: MergedCount
    /// Attrition, in the order of the first hospital that gave it.
    public let attrition: [Step]
    /// Names of the breakdown's dimensions; empty without a breakdown.
    public let dimensions: [String]
    /// Breakdown cells, in the order of the first hospital that gave them.
    public let cells: [Cell]

    /// Merges the answers of the asked hospitals.
    ///
    /// A hospital without a full answer is given as a `DisclosedAnswer` with a total that says why and nothing else: that
    /// total then stands for it in every step and cell. One that answered but lacks a step or a cell counts there as
    /// not applicable.
    /// - Parameter answers: one a hospital.
    public init(_ answers: [DisclosedAnswer]) {
        total = MergedCount(answers.map(\.total))

        var stepNames: [String] = []
        for name in answers.flatMap(\.attrition).map(\.name) where !stepNames.contains(name) { stepNames.append(name) }
        attrition = stepNames.map { name in
            Step(
                name: name,
                count: MergedCount(
                    answers.map { answer in
                        answer.attrition.first { $0.name == name }?.count ?? Self.stand(in: answer)
                    }))
        }

        let dimensions = answers.lazy.compactMap { $0.breakdown?.dimensions }.first ?? []
        self.dimensions = dimensions
        let tables = answers.map { answer in
            answer.breakdown.flatMap { $0.dimensions == dimensions ? $0 : nil }
                .map { Dictionary($0.cells.map { ($0.key, $0.count) }) { first, _ in first } }
        }
        var keys: [[String]] = []
        var seen = Set<[String]>()
        for cell in answers.compactMap(\.breakdown).filter({ $0.dimensions == dimensions }).flatMap(\.cells)
        where seen.insert(cell.key).inserted { keys.append(cell.key) }
        cells = keys.map { key in
            Cell(
                key: key,
                count: MergedCount(zip(answers, tables).map { answer, table in table?[key] ?? Self.stand(in: answer) }))
        }
    }

    /// What a hospital contributes where it gave no number: its reason if it has no answer at all, else "not applicable".
    private static func stand(in answer: DisclosedAnswer) -> DisclosedCount {
        answer.total.isAnswer ? .unavailable(.notApplicable, detail: nil) : answer.total
    }
}

extension MergedAnswer: JSONEncodable {
    /// `{"total": …, "attrition": […], "breakdown": {"dimensions", "cells"}}`
    public var json: JSONValue {
        var object = JSONObject([
            ("total", total.json),
            ("attrition", .array(attrition.map { .object(JSONObject([("name", .string($0.name)), ("count", $0.count.json)])) })),
        ])
        if !dimensions.isEmpty {
            let cells = cells.map { cell in
                JSONValue.object(JSONObject([("key", .array(cell.key.map(JSONValue.string))), ("count", cell.count.json)]))
            }
            object["breakdown"] = .object(
                JSONObject([("dimensions", .array(dimensions.map(JSONValue.string))), ("cells", .array(cells))]))
        }
        return .object(object)
    }
}

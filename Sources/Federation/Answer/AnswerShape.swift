import Cohorts
import Disclosure

/// What an answer to a question may look like: only what was asked, under names that the question itself or the protocol gives.
///
/// Nothing that a node can choose freely stands in an answer; what it chose would be shown to everybody who reads the result, and
/// the first hospital's table would decide how the others' are merged.
struct AnswerShape {
    /// Longest name of a category, in bytes.
    static let longestCategory = 40

    /// The attrition steps that the question has, in their order; none where no attrition was asked.
    let steps: [String]
    /// The dimensions that were asked for, in their order.
    let dimensions: [String]

    /// The shape of the answers to `question`.
    init(of question: FeasibilityQuestion) {
        let cohort = question.cohort
        let additional = cohort.additionalCriteria == nil ? [] : ["additional criteria"]
        steps = question.attrition ? ["entry events"] + additional + cohort.inclusionRules.map(\.name) + ["cohort"] : []
        dimensions = question.breakdown.map(\.rawValue)
    }

    /// Passes where `answer` has this shape. It may hold less than was asked, never more.
    ///
    /// - Throws: `FederationError` (`ANSWER_SHAPE`).
    func check(_ answer: DisclosedAnswer) throws(FederationError) {
        try check(attrition: answer.attrition.map(\.name))
        if let breakdown = answer.breakdown { try check(breakdown) }
    }

    /// Passes where `layout` is that of a total of this question: every step and dimension that was asked for, and no other.
    ///
    /// - Throws: `FederationError` (`ANSWER_SHAPE`).
    func check(_ layout: TotalLayout) throws(FederationError) {
        guard layout.steps == steps, layout.dimensions.map(\.name) == dimensions,
            layout.dimensions.allSatisfy({ $0.categories.allSatisfy(Self.isCategory) })
        else { throw Self.error("Its layout is not that of the question.") }
    }

    private func check(attrition names: [String]) throws(FederationError) {
        guard names.isEmpty || !steps.isEmpty else { throw Self.error("It has attrition, which was not asked for.") }
        var left = steps[...]
        for (place, name) in names.enumerated() {
            guard let found = left.firstIndex(of: name) else {
                // The name itself is not repeated: it may be what should not be read.
                throw Self.error("Its attrition step \(place + 1) is none of the question's, or out of their order.")
            }
            left = left[(found + 1)...]
        }
    }

    private func check(_ breakdown: DisclosedBreakdown) throws(FederationError) {
        guard !dimensions.isEmpty else { throw Self.error("It has a breakdown, which was not asked for.") }
        guard breakdown.dimensions == dimensions else {
            throw Self.error("Its breakdown is not by \(dimensions.joined(separator: ", ")), in that order.")
        }
        for (place, cell) in breakdown.cells.enumerated() {
            guard cell.key.count == dimensions.count, cell.key.allSatisfy(Self.isCategory) else {
                throw Self.error("The key of its cell \(place + 1) is not made of categories.")
            }
        }
    }

    /// Whether `text` can be a category (`female`, `80+`, `before-2000`) or stands for all of them.
    private static func isCategory(_ text: String) -> Bool {
        if text == DisclosedBreakdown.all { return true }
        return (1...longestCategory).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                byte.isDigit || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || "+-".utf8.contains(byte)
            }
    }

    private static func error(_ what: String) -> FederationError {
        FederationError(
            .answerShape, "The answer is not of the shape that was asked for. \(what)",
            advice: "The node's software does not follow the wire protocol; compare versions.")
    }
}

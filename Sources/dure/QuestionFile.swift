import Client
import Cohorts

/// A question named on the command line.
struct QuestionFile {
    private let path: String

    init(_ path: String) { self.path = path }

    /// The question as it stands in the file.
    ///
    /// - Throws: `ClientError` with every problem and its place.
    func question() throws(ClientError) -> FeasibilityQuestion {
        let bytes = try InputFile.bytes(path)
        do throws(CohortError) {
            return try FeasibilityQuestion(parsing: bytes)
        } catch {
            throw ClientError(
                .badInput, code: "QUESTION_INVALID", "\(path) is not a question that can be asked:\n\(error.message)",
                advice: error.advice)
        }
    }

    /// The question with what the command line adds to its outputs.
    func question(breakdown: String?, attrition: Bool) throws(ClientError) -> FeasibilityQuestion {
        var question = try question()
        if attrition { question.attrition = true }
        if let breakdown { question.breakdown = try Self.dimensions(breakdown) }
        return question
    }

    private static func dimensions(_ text: String) throws(ClientError) -> [BreakdownDimension] {
        var dimensions: [BreakdownDimension] = []
        for name in text.split(separator: ",") {
            guard let dimension = BreakdownDimension(rawValue: String(name)), !dimensions.contains(dimension) else {
                let known = BreakdownDimension.allCases.map(\.rawValue).joined(separator: ", ")
                throw ClientError(
                    .usage, code: "BREAKDOWN", "--by \(text) names \(name), which is no dimension or stands twice.",
                    advice: "Dimensions are \(known).")
            }
            dimensions.append(dimension)
        }
        guard dimensions.count <= BreakdownDimension.most else {
            throw ClientError(.usage, code: "BREAKDOWN", "--by takes at most \(BreakdownDimension.most) dimensions.")
        }
        return dimensions
    }
}

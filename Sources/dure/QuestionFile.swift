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
    func question(
        breakdown: String?, set: String?, attrition: Bool, distinct: Bool
    ) throws(ClientError) -> FeasibilityQuestion {
        var question = try question()
        if attrition { question.attrition = true }
        if distinct { question.distinct = true }
        if let breakdown {
            question.breakdown = try Self.dimensions(breakdown)
            if !question.breakdown.contains(.conceptSet) { question.breakdownSet = nil }
        }
        if let set { question.breakdownSet = try Self.breakdownSet(set, in: question) }
        guard question.breakdown.contains(.conceptSet) == (question.breakdownSet != nil) else {
            throw ClientError(
                .usage, code: "BREAKDOWN", "--by conceptSet and --by-set belong together.",
                advice: "For example --by sex,conceptSet --by-set 3:DrugExposure.")
        }
        return question
    }

    /// `3:DrugExposure`
    private static func breakdownSet(_ text: String, in question: FeasibilityQuestion) throws(ClientError) -> BreakdownSet {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let id = Int(parts[0]), question.cohort.conceptSet(id) != nil,
            let domain = BreakdownSet.domains.first(where: { $0.rawValue == parts[1] })
        else {
            let sets = question.cohort.conceptSets.map { "\($0.id) (\($0.name))" }.joined(separator: ", ")
            throw ClientError(
                .usage, code: "BREAKDOWN", "--by-set \(text) is not the id of a concept set and a kind of record.",
                advice:
                    "Write ID:KIND. Sets are \(sets). Kinds are \(BreakdownSet.domains.map(\.rawValue).joined(separator: ", ")).")
        }
        return BreakdownSet(codesetID: id, domain: domain)
    }

    private static func dimensions(_ text: String) throws(ClientError) -> [BreakdownDimension] {
        var dimensions: [BreakdownDimension] = []
        for name in text.split(separator: ",") {
            guard let dimension = BreakdownDimension(rawValue: String(name)) else {
                let known = BreakdownDimension.allCases.map(\.rawValue).joined(separator: ", ")
                throw ClientError(
                    .usage, code: "BREAKDOWN", "--by \(text) names \(name), which is no dimension.",
                    advice: "Dimensions are \(known).")
            }
            dimensions.append(dimension)
        }
        if let objection = BreakdownDimension.objection(to: dimensions) {
            throw ClientError(
                .usage, code: "BREAKDOWN", "--by \(text) does not go: \(objection.what).", advice: objection.advice)
        }
        return dimensions
    }
}

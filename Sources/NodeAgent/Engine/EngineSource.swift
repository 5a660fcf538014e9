import Cohorts
import CohortEngine
import Disclosure
import EventIndex
import Federation

/// The hospital's store behind the cohort engine.
struct EngineSource: AnswerSource {
    let provenance: Provenance
    let dataIdentity: String
    let dataRelease: String
    let persons: [Int64]
    let hierarchy: ConceptHierarchy
    private let engine: CohortEngine
    private let coverage: CoverageCheck

    /// - Parameter release: what the ETL said when it finished; then node.yaml and the store are not asked.
    init(index: EventIndex, persons: PersonMap, release: String?, configuration: NodeConfiguration) {
        let header = index.header
        let release =
            release ?? configuration.source.dataRelease ?? (header.dataRelease.isEmpty ? "unknown" : header.dataRelease)
        let name = header.sourceName.isEmpty ? configuration.source.id : header.sourceName
        provenance = Provenance(
            store: name, dataRelease: release, dataThrough: header.dataReleaseDate.isEmpty ? nil : header.dataReleaseDate,
            cdmVersion: header.cdmVersion.isEmpty ? "unknown" : header.cdmVersion,
            vocabulary: header.vocabularyRelease.isEmpty ? nil : header.vocabularyRelease, semantics: CohortSemantics.version,
            software: NodeSoftware.name,
            synthetic: configuration.source.isSynthetic || name.lowercased().contains("synthetic"))
        dataIdentity = "\(configuration.source.id)/\(release)/\(header.generation)"
        dataRelease = "\(configuration.source.id)/\(release)"
        self.persons = persons.ids
        let limits = configuration.limits
        engine = CohortEngine(
            index: index,
            limits: EvaluationLimits(workingMemory: limits.memoryMiB << 20, seconds: Double(limits.secondsPerQuery)))
        coverage = CoverageCheck(index: index)
        // A vocabulary that cannot be read is one without descendants to the engine too: the index was verified when it opened.
        hierarchy = ConceptHierarchy { concept in
            guard let id = Int32(exactly: concept), let below = try? index.descendants(of: id) else { return [] }
            return Set(below.map(Int.init))
        }
    }

    func evaluate(
        _ question: FeasibilityQuestion, isCancelled: @escaping @Sendable () -> Bool
    ) throws(EvaluationRefusal) -> EvaluatedAnswer {
        let expression = question.cohort
        let unsupported = engine.unsupported(in: expression)
        guard unsupported.isEmpty else { throw .unsupported(unsupported.map { "\($0.pointer)" }) }
        if let refusal = coverage.refusal(
            question,
            try engineWords(isCancelled) { () throws(CohortEngineError) in
                try engine.resolution(of: expression, breakdownSet: question.breakdownSet)
            })
        {
            throw refusal
        }
        let answer = try engineWords(isCancelled) { () throws(CohortEngineError) in
            try engine.evaluate(
                expression, breakdown: question.breakdown, breakdownSet: question.breakdownSet, isCancelled: isCancelled
            ).evaluatedAnswer
        }
        return EvaluatedAnswer(
            total: answer.total, attrition: question.attrition ? answer.attrition : [], breakdown: answer.breakdown)
    }

    /// The engine's refusals in the words of an answer.
    private func engineWords<Value>(
        _ isCancelled: () -> Bool, _ body: () throws(CohortEngineError) -> Value
    ) throws(EvaluationRefusal) -> Value {
        do throws(CohortEngineError) {
            return try body()
        } catch {
            switch error.code {
            // The message of an unsupported or contradictory definition begins with its place; it is the researcher's own text.
            case .unsupported, .invalid: throw .unsupported([Self.place(error.message)])
            case .cancelled: throw .cancelled
            // Too long or too large for this machine: the researcher hears the same.
            case .limit: throw .timeout
            case .index: throw .failed(code: "INDEX")
            }
        }
    }

    private static func place(_ message: String) -> String {
        let word = message.prefix { $0 != " " && $0 != ":" }
        return word.hasPrefix("/") ? String(word) : ""
    }
}

import ArgumentParser
import CanonicalJSON
import CohortEngine
import Cohorts
@_spi(Hospital) import Disclosure
import EventIndex
import Foundation
import NodeAgent

/// `dure-node explain`: how a definition reads in this store, before anything is counted.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say how a definition reads in a local store, so that a zero can be understood.",
        discussion: """
            For each concept set: how many concepts it has in this store's vocabulary, which listed concepts the vocabulary \
            does not have or calls invalid, how many records carry one, and how many records of the table are mapped to \
            no concept at all. Then what cannot be answered here, and what a careful reader of the definition would ask about.

            Exit codes: 0 the definition can be answered; 1 something in it cannot.

            Example:
              dure-node explain --cohort diabetes.json
              dure-node explain --store clinic.sqlite --cohort diabetes.json
            """)

    @OptionGroup var place: LocalEvaluation

    @Option(name: .long, help: "table or json.")
    var output: OutputFormat = .table

    func run() throws {
        try LocalEvaluation.refuseInsideDaemon()
        let question = try place.question()
        let expression = question.cohort
        Terminal.say("Exact counts of this hospital's records: they must not leave it.")
        let (sets, unsupported) = try place.withIndex { index in
            let engine = CohortEngine(index: index)
            do throws(CohortEngineError) {
                return (
                    try engine.resolution(of: expression, breakdownSet: question.breakdownSet), engine.unsupported(in: expression)
                )
            } catch {
                throw NodeError(error)
            }
        }
        let findings = CohortLint.findings(in: expression)
        let language: SentenceLanguage = place.node.language == .ko ? .korean : .english
        switch output {
        case .json:
            let object: JSONValue = [
                "semantics": .string(CohortSemantics.version), "conceptSets": .array(sets.map(\.report)),
                "unsupported": .array(
                    unsupported.map { ["pointer": .string($0.pointer.description), "reason": .string($0.reason)] }),
                "findings": .array(findings.map(\.json)),
            ]
            Terminal.print(object.text(indent: 2))
        case .table:
            let lines =
                sets.flatMap(\.lines) + unsupported.map(\.description)
                + findings.map { "\($0.severity.rawValue): \($0.pointer): \($0.message(language))" }
            Terminal.print(lines.joined(separator: "\n"))
        }
        if !unsupported.isEmpty { throw ExitCode(1) }
    }
}

extension ConceptSetResolution {
    /// The set in JSON.
    var report: JSONValue {
        [
            "id": .number(JSONNumber(id)), "name": .string(name), "resolved": .number(JSONNumber(resolved)),
            "absent": .array(absent.map { .number(JSONNumber($0)) }), "invalid": .array(invalid.map { .number(JSONNumber($0)) }),
            "tables": .array(
                uses.map { use in
                    [
                        "table": .string(use.table.rawValue), "isPresent": .bool(use.isPresent),
                        "occurring": .number(JSONNumber(use.occurring)), "records": .number(JSONNumber(use.records.value)),
                        "unmapped": .number(JSONNumber(use.unmapped.value)),
                    ]
                }),
        ]
    }

    /// The set in words, a line for itself and one for each table.
    var lines: [String] {
        var line = "set \(id) \"\(name)\": \(resolved) concepts here"
        if !absent.isEmpty { line += "; not in this vocabulary: \(Self.list(absent))" }
        if !invalid.isEmpty { line += "; no longer valid: \(Self.list(invalid))" }
        return [line]
            + uses.map { use in
                guard use.isPresent else { return "  \(use.table.rawValue): this store does not have the table" }
                return "  \(use.table.rawValue): \(use.records.value) records of \(use.occurring) concepts; "
                    + "\(use.unmapped.value) records of the table are mapped to no concept"
            }
    }

    private static func list(_ concepts: [Int]) -> String {
        let shown = concepts.prefix(10).map { "\($0)" }.joined(separator: ", ")
        return concepts.count > 10 ? "\(shown) and \(concepts.count - 10) more" : shown
    }
}

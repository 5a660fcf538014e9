import ArgumentParser
import CanonicalJSON
import CohortEngine
import Cohorts
@_spi(Hospital) import Disclosure
import EventIndex
import Foundation
import NodeAgent

/// `dure-node evaluate`: the exact answer to a definition on a local store, for people of this hospital.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Count a cohort exactly, on this node's index or on a local store. The numbers must not leave the hospital.",
        discussion: """
            Needs no network and no enrolment, and tells nobody. Prints the persons and the cohort periods of the definition, \
            and who is left after each step. It refuses to run as a service.

            With --output json: {"persons": n, "events": n, "attrition": [{"name": ..., "persons": n}, ...]}; --details adds \
            the attrition by best event as ATLAS shows it, what each rule does and would gain if dropped, the concept sets \
            as this store reads them, and the version of the semantics.

            Examples:
              dure-node evaluate --cohort diabetes.json
              dure-node evaluate --store clinic.sqlite --cohort diabetes.json
              dure-node evaluate --store clinic.sqlite --index clinic.dure-index \\
                --cohort diabetes.json --output json
            """)

    @OptionGroup var place: LocalEvaluation

    @Option(name: .long, help: "table or json.")
    var output: OutputFormat = .table

    @Flag(name: .long, help: "Also say what each rule does, and how the concept sets read here.")
    var details = false

    func run() throws {
        try LocalEvaluation.refuseInsideDaemon()
        let question = try place.question()
        Terminal.say("Exact counts of this hospital: they must not leave it.")
        let evaluation = try place.withIndex { index in
            do throws(CohortEngineError) {
                return try CohortEngine(index: index).evaluate(
                    question.cohort, breakdown: question.breakdown, breakdownSet: question.breakdownSet,
                    isCancelled: { Interrupt.wasAsked })
            } catch {
                throw NodeError(error)
            }
        }
        let report = EvaluationReport(evaluation, hasDetails: details)
        Terminal.print(output == .json ? report.json.text(indent: 2) : report.table)
    }
}

/// An evaluation in words and in JSON.
struct EvaluationReport {
    private let evaluation: Evaluation
    private let hasDetails: Bool

    init(_ evaluation: Evaluation, hasDetails: Bool) {
        self.evaluation = evaluation
        self.hasDetails = hasDetails
    }

    var json: JSONValue {
        var object: JSONObject = [
            "persons": number(evaluation.persons.count), "events": number(evaluation.events),
            "attrition": steps(evaluation.attritionAnyEvent),
        ]
        if hasDetails {
            object["semantics"] = .string(evaluation.semanticsVersion)
            object["entryEvents"] = number(evaluation.entryEvents)
            object["qualifiedEvents"] = number(evaluation.qualifiedEvents)
            object["attritionBestEvent"] = steps(evaluation.attritionBestEvent)
            object["rulesByEvent"] = rules(evaluation.byEvent)
            object["rulesByPerson"] = rules(evaluation.byPerson)
            object["breakdown"] = breakdown
            object["conceptSets"] = .array(evaluation.conceptSets.map(\.report))
        }
        return .object(object)
    }

    var table: String {
        var lines = ["persons  \(evaluation.persons.count.value)", "events   \(evaluation.events.value)", ""]
        lines += steps("Who is left", evaluation.attritionAnyEvent)
        guard hasDetails else { return lines.joined(separator: "\n") }
        lines += [""] + steps("Whose best event passes (as ATLAS counts)", evaluation.attritionBestEvent) + [""]
        for rule in evaluation.byPerson.rules {
            lines.append(
                "\(rule.name): \(rule.satisfying.value) persons satisfy it; without it \(rule.gain.value) more would pass")
        }
        lines += [""] + evaluation.conceptSets.flatMap(\.lines) + ["", "semantics \(evaluation.semanticsVersion)"]
        return lines.joined(separator: "\n")
    }

    private func steps(_ title: String, _ steps: [AttritionStep]) -> [String] {
        let width = steps.map { "\($0.persons.count.value)".count }.max() ?? 0
        return [title]
            + steps.map { step in
                let count = "\(step.persons.count.value)"
                return "  " + String(repeating: " ", count: width - count.count) + count + "  " + step.name
            }
    }

    private func number(_ count: ExactCount) -> JSONValue { .number(JSONNumber(count.value)) }

    private func steps(_ steps: [AttritionStep]) -> JSONValue {
        .array(steps.map { ["name": .string($0.name), "persons": number($0.persons.count)] })
    }

    private func rules(_ statistics: InclusionStatistics) -> JSONValue {
        [
            "base": number(statistics.base), "final": number(statistics.final),
            "rules": .array(
                statistics.rules.map {
                    ["name": .string($0.name), "satisfying": number($0.satisfying), "gain": number($0.gain)]
                }),
        ]
    }

    /// The cells that somebody is in; nil when no breakdown was asked.
    private var breakdown: JSONValue? {
        evaluation.breakdown.map { breakdown in
            [
                "dimensions": .array(breakdown.dimensions.map { .string($0.name) }),
                "cells": .array(
                    breakdown.cells.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { key, persons in
                        ["key": .array(key.map { .string($0) }), "persons": number(persons.count)]
                    }),
            ]
        }
    }
}

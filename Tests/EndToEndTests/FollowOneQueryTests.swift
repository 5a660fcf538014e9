import CanonicalJSON
import Client
import Cohorts
import Disclosure
import Federation
import Foundation
import Testing

/// One question through the whole house, in the order of the architecture page: read this test first.
@Suite(.serialized) struct FollowOneQueryTests {
    @Test func oneQuestionTravelsFromTheResearcherToTheHospitalsAndBack() async throws {
        // 1. A researcher has a question: a cohort expression, a breakdown, a project that states a purpose.
        let workload = try Workload("W6")
        let question = workload.question

        // 2. The coordinator checks it, pins it by its hash and signs one ticket a hospital.
        let consortium = try await SmallConsortium.make(hospitals: ["KR-H-0009", "KR-H-0011"])
        defer { consortium.remove() }
        let recorder = WireRecorder()
        try await running([consortium.service]) {
            let (api, close) = try await consortium.client()
            defer { close() }
            let summary = try await api.submit(
                QuerySubmission(question: question, project: SmallConsortium.project), idempotencyKey: UUID().uuidString)
            #expect(summary.questionHash == question.digest)
            #expect(summary.asked == 2)

            // Until a hospital answers, the sum is unknown, which is not zero.
            let before = try await api.result(of: summary.query)
            #expect(before.status == .running)
            #expect(before.merged.total.records == nil)
            #expect(before.rows.count == 2)

            // 3.–6. Each node takes its ticket, verifies it, asks its policy, evaluates, discloses, signs and sends.
            let nodes = [
                try await consortium.node("KR-H-0009", recorder: recorder),
                try await consortium.node("KR-H-0011", recorder: recorder),
            ]
            let result = try await running(nodes) {
                try await QueryFollower(api, query: summary.query).follow(until: .now + .seconds(60)) { _ in }
            }

            // 7. The coordinator merges: a row for each hospital, and what they add up to as an interval.
            #expect(result.status == .complete)
            #expect(result.isSynthetic)
            for row in result.rows {
                let truth = try workload.truth(on: try consortium.store(row.node))
                expect(row.answer.total, standsFor: truth.total)
                #expect(row.answer.attrition.map(\.name) == truth.attrition.map(\.name))
                for (step, expected) in zip(row.answer.attrition, truth.attrition) {
                    expect(step.count, standsFor: expected.persons)
                }
            }
            let truths = try result.rows.map { try workload.truth(on: try consortium.store($0.node)).total }
            #expect(result.merged.total.records?.contains(truths.reduce(0, +)) == true)

            // 8. It is exported with everything it rests on, and checked without a network.
            let document = try await api.export(summary.query)
            let export = try ExportVerifier().verify(try SignedDocument(parsing: document.bytes))
            #expect(export.evidence.count == 2)
            #expect(export.result.merged == result.merged)

            // What crossed: tickets, acknowledgements, answers, receipts, progress and health, and no small count.
            try expectNothingElseCrossed(recorder)
        }
    }

    /// The disclosed count is what the hospital's rules make of `persons`: 0 to 10 hidden, the others bounded and never below 20.
    private func expect(_ count: DisclosedCount, standsFor persons: Int, sourceLocation: SourceLocation = #_sourceLocation) {
        switch count {
        case .hidden(let low, let high, _):
            #expect(low == 0 && persons <= high, sourceLocation: sourceLocation)
        case .rounded(let value, let base, let low, let high):
            #expect(base == 5 && value.isMultiple(of: 5) && value >= 20, sourceLocation: sourceLocation)
            #expect(persons >= 11 && (low...high).contains(persons), sourceLocation: sourceLocation)
        default:
            Issue.record("\(count) stands for \(persons)", sourceLocation: sourceLocation)
        }
    }

    private func expectNothingElseCrossed(_ recorder: WireRecorder) throws {
        let paths: Set = ["tickets", "ack", "answers", "progress", "health", "renewal"]
        for exchange in recorder.exchanges {
            let last = exchange.path.split(separator: "/").last.map(String.init) ?? ""
            #expect(exchange.path.hasPrefix("/v1/node/") && paths.contains(last), "\(exchange.path)")
            guard !exchange.sent.isEmpty else { continue }
            let message = try JSONValue(parsing: exchange.sent)
            if last == "ack" {
                #expect(message == [:])
                continue
            }
            #expect(["dure.signed/1", "dure.progress/1", "dure.health/1"].contains(message["schema"]?.stringValue))
            if message["schema"] == "dure.signed/1" {
                #expect(message["type"] == "dure.answer/1")
                for number in numbers(underCountsOf: message) { #expect(number == 0 || number > 10) }
            } else {
                // Progress and health: tickets that wait, and lines of the audit log. Nothing of patients.
                #expect(Set(numbersByName(in: message).keys).isSubset(of: ["waiting", "count"]), "\(message.text())")
            }
        }
        #expect(recorder.exchanges.contains { $0.path.hasSuffix("/answers") && $0.status == 200 })
    }

    /// Every number in a message by the name of its member; what is signed in it is looked at as it stands.
    private func numbersByName(in value: JSONValue, _ name: String = "") -> [String: Int] {
        switch value {
        case .object(let object):
            object.members.reduce(into: [:]) { found, member in
                found.merge(numbersByName(in: member.value, member.key)) { $1 }
            }
        case .array(let values): values.reduce(into: [:]) { $0.merge(numbersByName(in: $1, name)) { $1 } }
        case .number(let number): [name: number.int ?? -1]
        default: [:]
        }
    }

    /// Every number under a member that says how many patients: value, low, high. Bases of rounding are not counts.
    private func numbers(underCountsOf value: JSONValue) -> [Int] {
        switch value {
        case .object(let object):
            object.members.flatMap { member -> [Int] in
                if ["value", "low", "high"].contains(member.key), case .number(let number) = member.value {
                    return [number.int ?? -1]
                }
                return numbers(underCountsOf: member.value)
            }
        case .array(let values): values.flatMap(numbers(underCountsOf:))
        default: []
        }
    }
}

import CohortEngine
import Cohorts
@_spi(Hospital) import Disclosure
import EventIndex
import Federation
import Foundation
import OMOPStore
import Testing

@testable import NodeAgent

/// The engine behind the node, over small synthetic stores.
@Suite struct `What a store can answer` {
    /// A thousand persons of a synthetic hospital, indexed.
    private func source(
        _ hospital: String, _ folder: TemporaryFolder, memoryMiB: Int = 1_024
    ) throws -> any AnswerSource {
        let profile = try #require(SyntheticHospital.withID(hospital))
        let path = folder.path + "/omop.sqlite"
        if !FileManager.default.fileExists(atPath: path) {
            _ = try SyntheticStore(hospital: profile, persons: 1_000, seed: 1).write(to: path)
        }
        var configuration = try Consortium.configuration(folder)
        configuration.limits.memoryMiB = memoryMiB
        let state = try folder.state
        let report = try NodeStore.buildIndex(configuration, state: state)
        #expect(report.persons >= 1_000)
        return try NodeStore.open(configuration, path: state.index(of: "omop"))
    }

    private func question(_ domain: String, _ concept: Int?) throws -> FeasibilityQuestion {
        let set = concept.map { #"{"id":0,"name":"set","expression":{"items":[{"concept":{"CONCEPT_ID":\#($0)}}]}}"# } ?? ""
        let criterion = concept == nil ? "{}" : #"{"CodesetId":0}"#
        return try FeasibilityQuestion(
            parsing: Array(
                """
                {"ConceptSets":[\(set)],"PrimaryCriteria":{"CriteriaList":[{"\(domain)":\(criterion)}],
                "ObservationWindow":{"PriorDays":0,"PostDays":0},"PrimaryCriteriaLimit":{"Type":"First"}},
                "QualifiedLimit":{"Type":"First"},"ExpressionLimit":{"Type":"First"},"InclusionRules":[]}
                """.utf8))
    }

    private func refusal(_ source: any AnswerSource, _ question: FeasibilityQuestion) -> EvaluationRefusal? {
        do throws(EvaluationRefusal) {
            _ = try source.evaluate(question) { false }
            return nil
        } catch {
            return error
        }
    }

    @Test func `A hospital that has mapped no procedures says that it cannot know, and answers the rest`() throws {
        let folder = try TemporaryFolder()
        let unmapped = try #require(SyntheticHospital.sampleConsortium.first { !$0.mapsProcedures })
        let source = try source(unmapped.id, folder)
        #expect(source.provenance.synthetic)
        // Any procedure concept: none of the store's procedures is mapped to one.
        #expect(refusal(source, try question("ProcedureOccurrence", 4_000_000)) == .unavailable(.domain, detail: "procedure"))
        #expect(refusal(source, try question("VisitOccurrence", nil)) == nil)
    }

    @Test func `A kind of record that is not loaded is not zero`() throws {
        let folder = try TemporaryFolder()
        let source = try source("KR-H-0012", folder)
        #expect(refusal(source, try question("DoseEra", nil)) == .unavailable(.domain, detail: "dose era"))
    }

    @Test func `Concepts that the store's vocabulary does not have are not zero either`() throws {
        let folder = try TemporaryFolder()
        let source = try source("KR-H-0012", folder)
        #expect(
            refusal(source, try question("ConditionOccurrence", 2_147_000_000))
                == .unavailable(.vocabulary, detail: "concept set 0"))
    }

    @Test func `What the data model does not have is refused by name`() throws {
        let folder = try TemporaryFolder()
        let source = try source("KR-H-0012", folder)
        guard case .unsupported(let places)? = refusal(source, try question("LocationRegion", nil)) else {
            Issue.record("not refused")
            return
        }
        #expect(places.first?.contains("LocationRegion") == true)
    }

    @Test func `A question that needs more memory than it may have is told as over its limit, and not evaluated by half`() throws
    {
        let folder = try TemporaryFolder()
        // Every visit of everybody is an event of its own.
        let question = try FeasibilityQuestion(
            parsing: Array(
                """
                {"ConceptSets":[],"PrimaryCriteria":{"CriteriaList":[{"VisitOccurrence":{}}],
                "ObservationWindow":{"PriorDays":0,"PostDays":0},"PrimaryCriteriaLimit":{"Type":"All"}},
                "QualifiedLimit":{"Type":"All"},"ExpressionLimit":{"Type":"All"},"InclusionRules":[]}
                """.utf8))
        #expect(refusal(try source("KR-H-0012", folder, memoryMiB: 0), question) == .timeout)
        #expect(refusal(try source("KR-H-0012", folder), question) == nil)
    }

    @Test func `A store that is not there is named with what to do, before anything starts`() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: NodeError.self) {
            try NodeStore.buildIndex(Consortium.configuration(folder), state: folder.state)
        }
        #expect(error?.code == .store)
        #expect(error?.message.contains("omop.sqlite") == true)
    }
}

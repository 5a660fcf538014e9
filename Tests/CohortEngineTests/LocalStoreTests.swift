import CanonicalJSON
import Cohorts
@_spi(Hospital) import Disclosure
import EventIndex
import Foundation
import OMOPStore
import Testing

@testable import CohortEngine

/// Whole stores that lie on this machine: the folder that `DURE_STORES_DIR` names. Long, and skipped without them.
@Suite(
    "The engine counts what is known of whole stores", .enabled(if: AgreementTests.isLong && LocalStore.folder != nil),
    .serialized)
struct LocalStoreTests {
    // MARK: GiBleed

    private static let giBleed: [Cohort] = {
        func concepts(_ domain: String, _ rest: String = "", set: Int) -> String {
            #"{"\#(domain)": {"CodesetId": \#(set)\#(rest)}}"#
        }
        let stay =
            #", "EndWindow": {"Start": \#(Cohort.before()), "End": \#(Cohort.after(0)), "UseIndexEnd": true, "UseEventEnd": false}"#
        return [
            Cohort(concepts("DrugExposure", #", "First": true"#, set: 0)).with {
                let bleed = Cohort.count(concepts("ConditionOccurrence", set: 1), from: Cohort.after(0), to: Cohort.after(365))
                $0.rules = [Cohort.group("ALL", [bleed])]
            },
            Cohort(concepts("ConditionOccurrence", #", "First": true, "Age": {"Value": 40, "Op": "gte"}"#, set: 2)),
            Cohort(concepts("ConditionOccurrence", set: 3)).with {
                $0.rules = [
                    Cohort.group("ALL", [Cohort.count(concepts("ConditionOccurrence", set: 3), 3)]),
                    Cohort.group("ALL", demographics: [#"{"Gender": [{"CONCEPT_ID": 8532}]}"#]),
                ]
            },
            Cohort(concepts("ConditionOccurrence", set: 4)).with {
                $0.prior = 180
                let none = Cohort.count(
                    concepts("ConditionOccurrence", set: 2), type: 0, 0, from: Cohort.before(365), to: Cohort.before(1))
                $0.rules = [Cohort.group("ALL", [none])]
            },
            Cohort(concepts("VisitOccurrence", set: 5)).with {
                $0.rules = [
                    Cohort.group("ALL", [Cohort.count(#"{"ConditionOccurrence": {}}"#, from: Cohort.after(0), rest: stay)])
                ]
            },
        ]
    }()

    /// The concepts of the five, in place of the invented ones.
    private static let sets = [
        0: [1_118_084, 1_124_300], 1: [192_671], 2: [260_139], 3: [40_481_087], 4: [4_112_343], 5: [9_201],
    ]

    @Test("GiBleed: five definitions give what plain SQL gives", .enabled(if: LocalStore.exists("gibleed.sqlite")))
    func fiveDefinitions() throws {
        let path = LocalStore.path("gibleed.sqlite")
        let expected = try OracleJob.pythonOutput([OracleJob.script("gibleed.py"), path])
        let engine = CohortEngine(index: try LocalStore("gibleed.sqlite").index)
        let found = try Self.giBleed.map { cohort in
            try engine.evaluate(CohortExpression(parsing: Self.text(cohort))).persons.count.value
        }
        #expect("\(found)" == expected)
        // The count that the data set's own exercises arrive at.
        #expect(found.first == 479)
    }

    private static func text(_ cohort: Cohort) throws -> String {
        guard case .object(var whole) = try JSONValue(parsing: cohort.text) else { return "" }
        whole["ConceptSets"] = .array(
            sets.sorted { $0.key < $1.key }.map { id, concepts in
                let items = concepts.map { concept -> JSONValue in
                    ["concept": ["CONCEPT_ID": .number(JSONNumber(concept))], "includeDescendants": true]
                }
                return ["id": .number(JSONNumber(id)), "name": "", "expression": ["items": .array(items)]]
            })
        return JSONValue.object(whole).text()
    }

    // MARK: The workload questions

    /// Persons planted in the synthetic stores of 20,000 persons (`nodes/workloads/README.md`), for W1 to W7 in the order
    /// W1, W2, W3, W4, W4-without, W5, W6, W7.
    private static let planted: [String: [Int]] = [
        "KR-H-0009": [7, 12, 120, 30, 150, 3, 620, 46], "KR-H-0010": [0, 0, 260, 85, 400, 5, 180, 18],
        "KR-H-0011": [8, 17, 140, 35, 170, 4, 700, 61], "KR-H-0012": [9, 31, 0, 0, 0, 6, 4, 0],
        "KR-H-0013": [6, 14, 110, 28, 140, 2, 640, 52], "KR-H-0014": [4, 6, 95, 22, 120, 4, 520, 42],
    ]
    private static let workloads = ["W1", "W2", "W3", "W4", "W4-without", "W5", "W6", "W7"]

    @Test("The workload questions find who was planted", arguments: planted.keys.sorted())
    func workloads(hospital: String) throws {
        guard LocalStore.exists("\(hospital).sqlite") else { return }
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../nodes/workloads")
        let engine = CohortEngine(index: try LocalStore("\(hospital).sqlite").index)
        let found = try Self.workloads.map { name in
            let question = try FeasibilityQuestion(parsing: Data(contentsOf: folder.appendingPathComponent("\(name).json")))
            return try engine.evaluate(question.cohort, breakdown: question.breakdown).persons.count.value
        }
        #expect(found == Self.planted[hospital])
    }
}

/// A store on this machine with an index that goes away with the value.
final class LocalStore {
    static let folder = ProcessInfo.processInfo.environment["DURE_STORES_DIR"]

    static func path(_ name: String) -> String { "\(folder ?? ".")/\(name)" }
    static func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

    let index: EventIndex
    private let built: URL

    init(_ name: String) throws {
        built = FileManager.default.temporaryDirectory.appendingPathComponent("dure-local-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: built, withIntermediateDirectories: true)
        let path = built.appendingPathComponent("index").path
        try IndexBuilder(store: try SQLiteClinicalStore(path: Self.path(name))).build(to: path)
        index = try EventIndex.open(path)
    }

    deinit { try? FileManager.default.removeItem(at: built) }
}

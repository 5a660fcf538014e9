import Cohorts
import Foundation
import Testing

@testable import OMOPStore

/// A workload question as it is shipped, and the SQL that answers it.
struct WorkloadFile {
    static let names = ["W1", "W2", "W3", "W4", "W4-without", "W5", "W6", "W7"]

    let bytes: [UInt8]
    let question: [String: Any]
    let sql: String

    init(_ name: String) throws {
        let folder = SyntheticTestStores.folder("nodes/workloads")
        let data = try Data(contentsOf: folder.appendingPathComponent("\(name).json"))
        bytes = [UInt8](data)
        question = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
        sql = try String(
            contentsOf: SyntheticTestStores.folder("Tests/Workloads").appendingPathComponent("\(name).sql"), encoding: .utf8)
    }

    private var cohort: [String: Any] { question["cohort"] as? [String: Any] ?? [:] }

    /// The names of the inclusion rules, in order.
    var rules: [String] {
        (cohort["InclusionRules"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
    }

    /// Every concept in the question: id, name, domain.
    var conceptsNamed: [[String]] { Self.concepts(in: cohort) }

    private static func concepts(in value: Any) -> [[String]] {
        if let list = value as? [Any] { return list.flatMap(concepts) }
        guard let object = value as? [String: Any] else { return [] }
        if let id = object["CONCEPT_ID"] as? Int {
            return [[String(id), object["CONCEPT_NAME"] as? String ?? "", object["DOMAIN_ID"] as? String ?? ""]]
        }
        return object.values.flatMap(concepts)
    }

    /// The answer by SQL: step, name, persons. `changed` is other SQL to ask.
    func answer(in path: String, changed: String? = nil) throws -> [(step: Int, name: String, persons: Int)] {
        try SyntheticTestStores.rows(path, changed ?? sql).map { (Int($0[0]) ?? -9, $0[1], Int($0[2]) ?? -9) }
    }
}

@Suite struct SyntheticWorkloadTests {
    @Test(arguments: WorkloadFile.names, SyntheticHospital.sampleConsortium)
    func `plain SQL finds exactly the persons planted`(workload: String, hospital: SyntheticHospital) throws {
        let made = try #require(SyntheticTestStores.all[hospital.id])
        let answer = try WorkloadFile(workload).answer(in: made.path)
        #expect(answer.first?.persons == made.store.plantedAnswer(workload))
        #expect(answer.last?.persons == answer.first?.persons)
        for (one, next) in zip(answer.dropFirst(), answer.dropFirst(2)) { #expect(one.persons >= next.persons) }
    }

    @Test(arguments: ["W3", "W4", "W4-without", "W6"])
    func `the cells of a breakdown add up to the total`(workload: String) throws {
        let breakdown = SyntheticTestStores.folder("Tests/Workloads").appendingPathComponent("\(workload).breakdown.sql")
        let sql = try String(contentsOf: breakdown, encoding: .utf8)
        for made in SyntheticTestStores.all.values {
            let cells = try SyntheticTestStores.rows(made.path, sql).compactMap { $0.last.flatMap { Int($0) } }
            #expect(cells.reduce(0, +) == made.store.plantedAnswer(workload))
        }
        let asked = try FeasibilityQuestion(parsing: WorkloadFile(workload).bytes).breakdown.map(\.rawValue)
        #expect(sql.contains("-- Rows: \(asked.joined(separator: ", ")), persons."))
    }

    @Test(arguments: WorkloadFile.names)
    func `the SQL's steps are the question's rules`(workload: String) throws {
        let file = try WorkloadFile(workload)
        let path = try #require(SyntheticTestStores.all["KR-H-0009"]?.path)
        let names = try file.answer(in: path).map(\.name)
        #expect(names == ["total", "entry"] + file.rules)
        #expect(file.question["schema"] as? String == "dure.question/1")
        let title = file.question["title"] as? [String: String]
        #expect(title?["en"]?.isEmpty == false && title?["ko"]?.isEmpty == false)
    }

    @Test(arguments: WorkloadFile.names)
    func `every question can be read and no check finds fault with it`(workload: String) throws {
        let question = try FeasibilityQuestion(parsing: WorkloadFile(workload).bytes)
        let findings = CohortLint.findings(in: question.cohort).filter { $0.severity > .information }
        #expect(findings.isEmpty, "\(findings.map { "\($0.pointer): \($0.english)" })")
    }

    /// What an engine could get wrong, as a change to the SQL: each must change the number, or the near misses have lost
    /// their power.
    @Test(arguments: [
        ("W1", "KR-H-0009", "'+1 hour'", "'+59 minutes'"),
        ("W1", "KR-H-0009", "'+1 hour'", "'+61 minutes'"),
        (
            "W1", "KR-H-0012", "b.t <= datetime(m.measurement_datetime, '+24 hours')",
            "b.d <= date(m.measurement_datetime, '+1 day')"
        ),
        ("W1", "KR-H-0009", "datetime(e.t, '+24 hours')) >= 4", "datetime(e.t, '+1441 minutes')) >= 4"),
        ("W1", "KR-H-0009", "'+24 hours')) >= 4", "'+24 hours')) >= 3"),
        ("W1", "KR-H-0009", "< 18)", "<= 18)"),
        ("W2", "KR-H-0013", "m.unit_concept_id = 9529 AND m.value_as_number < 1.5", "m.value_as_number < 1500"),
        ("W2", "KR-H-0009", "m.unit_concept_id = 8504 AND", ""),
        ("W2", "KR-H-0009", "AND c.condition_start_date BETWEEN e.d AND e.discharged", "AND c.condition_start_date >= e.d"),
        ("W2", "KR-H-0009", "'-7 days'))", "'-8 days'))"),
        ("W2", "KR-H-0009", "< 1500", "<= 1500"),
        ("W5", "KR-H-0009", "AND c.invalid_reason IS NULL", ""),
        ("W5", "KR-H-0009", "BETWEEN op.observation_period_start_date AND op.observation_period_end_date", "> ''"),
        ("W6", "KR-H-0009", "AND m.unit_concept_id = 8554", ""),
        ("W6", "KR-H-0009", "'+90 days'", "'+91 days'"),
        ("W6", "KR-H-0009", "'-365 days'", "'-366 days'"),
        ("W6", "KR-H-0009", "'+0 days'", "'-1 days'"),
        ("W6", "KR-H-0009", "value_as_number >= 7", "value_as_number > 7"),
    ])
    func `a mistake in the reading gives another number`(
        workload: String, hospital: String, correct: String, mistaken: String
    ) throws {
        let made = try #require(SyntheticTestStores.all[hospital])
        let file = try WorkloadFile(workload)
        let changed = file.sql.replacingOccurrences(of: correct, with: mistaken)
        #expect(changed != file.sql)
        #expect(try file.answer(in: made.path, changed: changed).first?.persons != made.store.plantedAnswer(workload))
    }

    @Test func `the early-warning children are 34 in five hospitals, few in each`() {
        let counts = SyntheticHospital.sampleConsortium.map(\.planted.earlyWarning)
        #expect(counts.reduce(0, +) == 34)
        #expect(counts.filter { $0 > 0 }.count == 5)
        #expect(counts.filter { $0 > 0 }.allSatisfy { (4...9).contains($0) })
        #expect(SyntheticHospital.sampleConsortium.allSatisfy { $0.hasChildrensIntensiveCare == ($0.planted.earlyWarning > 0) })
    }

    @Test func `the rare disease stays under ten everywhere and within 20 to 29 together`() {
        let counts = SyntheticHospital.sampleConsortium.map(\.planted.rareDisease)
        #expect(counts.allSatisfy { $0 < 10 })
        #expect((20...29).contains(counts.reduce(0, +)))
    }

    @Test func `without mapped procedures a plain count takes patients on dialysis into the trial`() throws {
        let hospital = try #require(SyntheticHospital.withID("KR-H-0014"))
        let store = try SyntheticStore(hospital: hospital)
        #expect(store.plantedAnswer("W7") == 42)
        #expect(hospital.planted.heartFailureTrial == 39)
    }

    @Test func `common cohorts grow with the store, rare ones do not`() {
        let planted = SyntheticHospital.sampleConsortium[0].planted.scaled(toPersons: 40_000)
        #expect(planted.diabetes == 1_240)
        #expect(planted.earlyWarning == 7)
        #expect(planted["W6"] == 1_240)
        #expect(planted["W8"] == nil)
    }

    @Test(
        .enabled(if: ProcessInfo.processInfo.environment["DURE_LONG_TESTS"] == "1", "takes minutes"),
        arguments: SyntheticHospital.sampleConsortium)
    func `the demo's stores hold what the documentation says`(hospital: SyntheticHospital) throws {
        let path = try TemporaryFolders.make().appendingPathComponent("demo.sqlite").path
        try SyntheticStore(hospital: hospital).write(to: path)
        let readme = try String(
            contentsOf: SyntheticTestStores.folder("nodes/workloads").appendingPathComponent("README.md"), encoding: .utf8)
        var cells: [String] = []
        for workload in WorkloadFile.names {
            cells.append(String(try WorkloadFile(workload).answer(in: path).first?.persons ?? -1))
        }
        #expect(readme.contains("| \(hospital.id) | \(cells.joined(separator: " | ")) |"))
    }
}

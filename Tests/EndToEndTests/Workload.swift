import Cohorts
import Foundation
import GRDB

/// One of the shipped questions, with its answer by hand-written SQL on a store.
struct Workload {
    let question: FeasibilityQuestion
    private let sql: String

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    init(_ name: String) throws {
        question = try FeasibilityQuestion(
            parsing: try Data(contentsOf: Self.root.appending(path: "nodes/workloads/\(name).json")))
        sql = try String(contentsOf: Self.root.appending(path: "Tests/Workloads/\(name).sql"), encoding: .utf8)
    }

    struct Truth {
        let total: Int
        /// Entry events, each inclusion rule by its name, the cohort.
        let attrition: [(name: String, persons: Int)]
    }

    /// What plain SQL says.
    func truth(on store: String) throws -> Truth {
        let queue = try DatabaseQueue(
            path: store,
            configuration: { () -> Configuration in
                var configuration = Configuration()
                configuration.readonly = true
                return configuration
            }())
        let rows = try queue.read { db in
            try Row.fetchAll(db, sql: sql).map {
                (step: $0["step"] as Int, name: $0["name"] as String, persons: $0["persons"] as Int)
            }
        }
        guard let total = rows.first(where: { $0.step == -1 })?.persons else { throw CocoaError(.fileReadCorruptFile) }
        let entry = rows.filter { $0.step == 0 }.map { (name: "entry events", persons: $0.persons) }
        let rules = rows.filter { $0.step > 0 }.map { (name: $0.name, persons: $0.persons) }
        return Truth(total: total, attrition: entry + rules + [(name: "cohort", persons: total)])
    }
}

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
        /// By the name of the inclusion rule.
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
        return Truth(total: total, attrition: rows.filter { $0.step > 0 }.map { ($0.name, $0.persons) })
    }
}

import Foundation
import GRDB

@testable import OMOPStore

/// Synthetic stores made once for all tests: small ones of all six hospitals.
enum SyntheticTestStores {
    static let persons = 2_000
    static let eventsPerPerson = 10.0

    /// The store and where it lies, by hospital.
    static let all: [String: (store: SyntheticStore, path: String)] = {
        do {
            return try Dictionary(
                uniqueKeysWithValues: SyntheticHospital.sampleConsortium.map { ($0.id, try make($0, persons: persons)) })
        } catch {
            fatalError("The synthetic stores cannot be made: \(error)")
        }
    }()

    static func make(_ hospital: SyntheticHospital, persons: Int, seed: UInt64 = 1) throws -> (
        store: SyntheticStore, path: String
    ) {
        let store = try SyntheticStore(hospital: hospital, persons: persons, seed: seed, eventsPerPerson: eventsPerPerson)
        let path = try TemporaryFolders.make().appendingPathComponent("\(hospital.id).sqlite").path
        try store.write(to: path)
        return (store, path)
    }

    /// Rows of a query, each value as SQLite's text of it; NULL is "-".
    static func rows(_ path: String, _ sql: String) throws -> [[String]] {
        var configuration = Configuration()
        configuration.readonly = true
        return try DatabaseQueue(path: path, configuration: configuration).read { database in
            try Row.fetchAll(database, sql: sql).map { row in
                row.databaseValues.map { value in
                    switch value.storage {
                    case .null: "-"
                    case .int64(let number): String(number)
                    case .double(let number): String(number)
                    case .string(let text): text
                    case .blob(let data): "\(data.count) bytes"
                    }
                }
            }
        }
    }

    /// The number that a query gives.
    static func number(_ path: String, _ sql: String) throws -> Int {
        Int(try rows(path, sql).first?.first ?? "") ?? -1
    }

    /// A folder of the repository.
    static func folder(_ name: String) -> URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent(name)
    }
}

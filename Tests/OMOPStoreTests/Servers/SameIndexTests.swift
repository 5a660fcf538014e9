import EventIndex
import Foundation
import StoreServers
import Testing

@testable import OMOPStore

/// The same rows make the same index, whatever database holds them.
@Suite(.enabled(if: TestServer.isInstalled, "PostgreSQL's server is not installed: apt install postgresql"))
struct SameIndexTests {
    @Test func `PostgreSQL, ODBC and SQLite give the same index, byte for byte`() throws {
        let server = TestServer.shared!
        let made = try SyntheticTestStores.make(.sampleConsortium[0], persons: 1_000)
        try server.database("same")
        try server.load(made.path, into: "same", schema: "cdm", vocabulary: "vocab")
        var stores: [(String, StoreAddress)] = [
            ("sqlite", .sqlite(path: made.path)), ("postgresql", .postgresql(try server.address("same", vocabulary: "vocab"))),
        ]
        if Drivers.postgresql != nil { stores.append(("odbc-postgresql", .odbc(try server.odbc("same", vocabulary: "vocab")))) }
        if let driver = Drivers.sqlite {
            stores.append(("odbc-sqlite", .odbc(ODBCAddress(connection: "Driver=\(driver);Database=\(made.path)"))))
        }
        let folder = try TemporaryFolders.make()
        var indices: [String: Data] = [:]
        for (name, address) in stores {
            let path = folder.appendingPathComponent(name).path
            let report = try IndexBuilder(store: try address.open()).build(to: path)
            #expect(report.persons >= 1_000)
            #expect(report.events > 10_000)
            indices[name] = try Data(contentsOf: URL(fileURLWithPath: path))
        }
        for (name, bytes) in indices { #expect(bytes == indices["sqlite"], "\(name)") }
    }
}

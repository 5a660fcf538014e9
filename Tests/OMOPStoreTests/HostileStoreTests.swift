import Foundation
import Testing

@testable import OMOPStore

/// Files that were damaged, or made to harm who opens them.
@Suite struct HostileStoreTests {
    private func code(of body: () throws -> Void) -> OMOPStoreError.Code? {
        do {
            try body()
            return nil
        } catch let error as OMOPStoreError {
            #expect(!error.advice.isEmpty)
            return error.code
        } catch {
            Issue.record("another error: \(error)")
            return nil
        }
    }

    /// A link to nowhere in the place of the shared-memory file: nobody can make it, as on a read-only disk.
    private func blockSharedMemory(of store: TestStore) throws {
        try FileManager.default.createSymbolicLink(atPath: store.path + "-shm", withDestinationPath: "/nowhere/at-all")
    }

    @Test func `A file that is not there, a folder, a text file, an empty file`() throws {
        let folder = try TemporaryFolders.make()
        #expect(code { _ = try SQLiteClinicalStore(path: folder.path + "/none.sqlite") } == .cannotOpen)
        #expect(code { _ = try SQLiteClinicalStore(path: folder.path) } == .cannotOpen)
        let text = folder.appendingPathComponent("text.sqlite")
        try Data(repeating: UInt8(ascii: "x"), count: 5000).write(to: text)
        #expect(code { _ = try SQLiteClinicalStore(path: text.path) } == .notAStore)
        let empty = folder.appendingPathComponent("empty.sqlite")
        try Data().write(to: empty)
        #expect(code { _ = try SQLiteClinicalStore(path: empty.path) } == .unusable)
    }

    @Test func `A missing file is not made by opening it`() throws {
        let path = try TemporaryFolders.make().path + "/none.sqlite"
        _ = try? SQLiteClinicalStore(path: path)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `A file cut short or scribbled over is refused or read without harm`() throws {
        let made = try TestStore(Tables.core + Tables.conditions(starting: (0..<2000).map { _ in "'2015-01-01'" }))
        let whole = try Data(contentsOf: URL(fileURLWithPath: made.path))
        var random = SystemRandomNumberGenerator()
        for round in 0..<60 {
            var bytes = whole
            if round % 2 == 0 {
                bytes = bytes.prefix(Int.random(in: 0..<whole.count, using: &random))
            } else {
                for _ in 0..<200 {
                    bytes[Int.random(in: 100..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
            }
            let path = made.folder.appendingPathComponent("damaged-\(round).sqlite")
            try bytes.write(to: path)
            guard let store = try? SQLiteClinicalStore(path: path.path) else { continue }
            for table in store.profile.tables.keys {
                _ = try? store.scan(table, columns: table.columns.map(\.name)) { row in
                    for index in table.columns.indices {
                        _ = (row.int64(index), row.day(index), row.text(index), row.minute(index))
                    }
                }
            }
        }
    }

    @Test func `A view is never run, whatever it promises`() throws {
        let made = try TestStore(
            Tables.period + Tables.source
                + """
                CREATE VIEW person AS WITH RECURSIVE forever(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM forever)
                  SELECT i AS person_id, 8507 AS gender_concept_id, 1950 AS year_of_birth FROM forever;
                CREATE VIEW measurement AS SELECT load_extension('/tmp/evil.so') AS measurement_id;
                """)
        let problems = try made.problems()
        #expect(problems.contains { $0.code == .notATable && $0.table == .person && $0.severity == .fatal })
        #expect(problems.contains { $0.code == .notATable && $0.table == .measurement && $0.severity == .warning })
    }

    @Test func `A connection for reading does not run a view even when asked to by name`() throws {
        let made = try TestStore(Tables.core + "CREATE VIEW one AS SELECT person_id FROM person;")
        let connection = try SQLiteConnection(path: made.path, isImmutable: false)
        #expect(throws: Never.self) { try connection.execute("SELECT person_id FROM person") }
        #expect(throws: OMOPStoreError.self) { try connection.execute("SELECT person_id FROM one") }
    }

    @Test func `A virtual table is refused`() throws {
        let made = try TestStore(
            Tables.core + "create  VIRTUAL\ntable specimen USING rtree(specimen_id, person_id, specimen_date);")
        #expect(try made.problems().contains { $0.code == .notATable && $0.table == .specimen })
    }

    @Test func `Columns that are computed when read are not read`() throws {
        let store = try TestStore(
            Tables.core
                + """
                CREATE TABLE death (person_id INTEGER, cause_concept_id INTEGER, death_date TEXT,
                  cause_source_value TEXT GENERATED ALWAYS AS (hex(zeroblob(1000))) VIRTUAL);
                INSERT INTO death (person_id, cause_concept_id, death_date) VALUES (1, 2, '2015-01-01');
                """
        ).open()
        #expect(!store.profile.has(.death, "cause_source_value"))
        #expect(try store.column(.death, "cause_source_value") { $0.text(0) } == [nil])
    }

    @Test func `Names with quotes and statements in them stay names`() throws {
        let store = try TestStore(
            Tables.core
                + """
                CREATE TABLE death (person_id INTEGER, cause_concept_id INTEGER, death_date TEXT, "x""; DROP TABLE person; --" TEXT);
                INSERT INTO death VALUES (1, 2, '2015-01-01', 'x');
                """
        ).open()
        #expect(try store.scan(.death, columns: ["death_date"]) { _ in }.rows == 1)
        #expect(try store.scan(.person, columns: ["person_id"]) { _ in }.rows == 3)
    }

    @Test func `Nothing can be written through a connection for reading`() throws {
        let made = try TestStore(Tables.core)
        let before = try Data(contentsOf: URL(fileURLWithPath: made.path))
        let connection = try SQLiteConnection(path: made.path, isImmutable: false)
        for statement in [
            "DELETE FROM person", "CREATE TABLE t (a)", "PRAGMA query_only = OFF", "PRAGMA writable_schema = ON",
            "ATTACH ':memory:' AS other", "PRAGMA journal_mode = DELETE", "VACUUM", "SELECT load_extension('x')",
            "SELECT writefile('x', 'y')", "BEGIN IMMEDIATE",
        ] {
            #expect(throws: OMOPStoreError.self, "\(statement)") { try connection.execute(statement) }
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: made.path)) == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: made.folder.path) == ["store.sqlite"])
    }

    @Test func `A store with a write-ahead log is read with what is in the log`() throws {
        let made = try TestStore(Tables.core)
        try made.run("PRAGMA journal_mode = WAL; DELETE FROM person WHERE person_id = 3;")
        #expect(try made.open().scan(.person, columns: ["person_id"]) { _ in }.rows == 2)
    }

    @Test func `A file whose helpers cannot be made is read as unchangeable, and a change is noticed`() throws {
        let made = try TestStore(Tables.core + "PRAGMA journal_mode = WAL;")
        try blockSharedMemory(of: made)
        let store = try made.open()
        #expect(store.profile.problems.contains { $0.code == .writable })
        #expect(try store.scan(.person, columns: ["person_id"]) { _ in }.rows == 3)
        try FileManager.default.removeItem(atPath: made.path + "-shm")
        try made.run("INSERT INTO person VALUES (4, 8507, 1990, 1, 0, 0);")
        #expect(code { try store.scan(.person, columns: ["person_id"]) { _ in } } == .changed)
        #expect(code { try store.verifyUnchanged() } == .changed)
    }

    @Test func `A log that cannot be read is not passed over in silence`() throws {
        let made = try TestStore(Tables.core + "PRAGMA journal_mode = WAL;")
        let copy = try TestStore("", name: "copy.sqlite")
        // A reader keeps the log from being folded into the file when the writer leaves.
        let reader = try SQLiteConnection(path: made.path, isImmutable: false)
        let statement = try reader.prepare("SELECT person_id FROM person")
        #expect(try statement.step())
        try made.run("DELETE FROM person WHERE person_id = 3;")
        try? FileManager.default.removeItem(atPath: copy.path)
        try FileManager.default.copyItem(atPath: made.path, toPath: copy.path)
        try FileManager.default.copyItem(atPath: made.path + "-wal", toPath: copy.path + "-wal")
        try blockSharedMemory(of: copy)
        #expect(code { _ = try copy.open() } == .cannotOpen)
    }

    @Test func `No message shows a value of a patient`() throws {
        let secret = "KIM-19500101"
        let store = try TestStore(
            Tables.core
                + """
                CREATE TABLE death (person_id, cause_concept_id, death_date);
                INSERT INTO death VALUES ('\(secret)', '\(secret)', '\(secret)'), (1, 2, '2015-01-01');
                """
        ).open()
        let summary = try store.scan(.death, columns: ["person_id", "cause_concept_id", "death_date"]) { row in
            _ = (row.int64(0), row.int64(1), row.day(2))
        }
        let told = store.profile.problems.map(\.description).joined() + "\(summary)"
        #expect(summary.unreadable.values.reduce(0, +) == 3)
        #expect(!told.contains("KIM"))
    }
}

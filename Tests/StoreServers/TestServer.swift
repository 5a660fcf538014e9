import Foundation
import OMOPStore

/// A PostgreSQL server of the tests' own: in a folder of its own, on a Unix socket only, gone with the process.
///
/// It exists where the server's programs are installed (`make test` installs them); tests that need it are skipped by name
/// elsewhere.
package struct TestServer: Sendable {
    /// The folder of its socket.
    package let folder: String
    /// The port in the socket's name.
    package let port = 5_432

    /// The server, started by whoever needs it first; nil where PostgreSQL is not installed.
    package static let shared: TestServer? = programs.map {
        do { return try TestServer(programs: $0) } catch { fatalError("PostgreSQL does not start: \(error)") }
    }

    /// Whether PostgreSQL is on this machine.
    package static var isInstalled: Bool { programs != nil }

    /// Where `initdb` and `postgres` are: Debian keeps them out of the path.
    private static let programs: String? = {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        let folders = versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "/usr/lib/postgresql/\($0)/bin" }
        return (folders + ["/usr/local/bin", "/usr/bin"]).first { FileManager.default.isExecutableFile(atPath: $0 + "/initdb") }
    }()

    private init(programs: String) throws {
        // Not in the usual temporary folder: a socket's path may have 107 bytes only, and the server's user must get there.
        folder = "/tmp/dure-pg-\(getpid())"
        try? FileManager.default.removeItem(atPath: folder)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // PostgreSQL refuses to run as root; containers run tests as root.
        let user = geteuid() == 0 ? "nobody" : nil
        if let user { try Self.run("/bin/chown", [user, folder]) }
        try Self.run(
            programs + "/initdb",
            ["-D", folder + "/data", "-U", "keeper", "-E", "UTF8", "--locale=C", "--no-sync", "-A", "trust"],
            as: user)
        let rules = "local all reader scram-sha-256\nlocal all all trust\n"
        try Self.run("/bin/sh", ["-c", "printf '%s' '\(rules)' > \(folder)/data/pg_hba.conf"], as: user)
        try Self.start(programs, folder, as: user)
        Self.stopAtExit(programs, folder, user)
        try sql("CREATE ROLE reader LOGIN PASSWORD 'four;words}here'", "postgres")
    }

    /// Starts the server as a child: `pg_ctl start` would leave a daemon that keeps Foundation waiting for the pipe it inherits.
    private static func start(_ programs: String, _ folder: String, as user: String?) throws {
        let server = Process()
        let arguments = [
            "-D", folder + "/data", "-c", "listen_addresses=", "-c", "unix_socket_directories=\(folder)", "-c", "fsync=off", "-c",
            "max_connections=40", "-c", "logging_collector=off",
        ]
        server.executableURL = URL(fileURLWithPath: user == nil ? programs + "/postgres" : "/sbin/runuser")
        server.arguments = user.map { ["-u", $0, "--", programs + "/postgres"] + arguments } ?? arguments
        server.currentDirectoryURL = URL(fileURLWithPath: "/")
        server.standardOutput = FileHandle.nullDevice
        server.standardError = FileHandle.nullDevice
        server.standardInput = FileHandle.nullDevice
        try server.run()
        for _ in 0..<600 {
            if (try? run(programs + "/pg_isready", ["-q", "-h", folder])) != nil { return }
            usleep(100_000)
        }
        throw ServerFailure(description: "PostgreSQL did not come up in \(folder)")
    }

    /// What `atexit` runs may capture nothing.
    nonisolated(unsafe) private static var stopCommand: [String] = []

    private static func stopAtExit(_ programs: String, _ folder: String, _ user: String?) {
        stopCommand = ["\(programs)/pg_ctl", folder, user ?? ""]
        atexit {
            let command = TestServer.stopCommand
            _ = try? TestServer.run(
                command[0], ["-D", command[1] + "/data", "-m", "immediate", "stop"], as: command[2].isEmpty ? nil : command[2])
            try? FileManager.default.removeItem(atPath: command[1])
        }
    }

    /// Runs a program to its end, as another user if asked.
    @discardableResult
    package static func run(_ program: String, _ arguments: [String], as user: String? = nil, input: String? = nil) throws
        -> String
    {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: user == nil ? program : "/sbin/runuser")
        process.arguments = user.map { ["-u", $0, "--", program] + arguments } ?? arguments
        process.currentDirectoryURL = URL(fileURLWithPath: "/")
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        if let input {
            process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: input))
        } else {
            process.standardInput = FileHandle.nullDevice
        }
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw ServerFailure(description: "\(program) failed: \(text)") }
        return text
    }

    /// A folder beside the server's own, gone with it.
    private func makeFolder() throws -> URL {
        let made = URL(fileURLWithPath: folder).appendingPathComponent("files/\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: made, withIntermediateDirectories: true)
        return made
    }

    /// Runs statements as the database's owner, through `psql`.
    @discardableResult
    package func sql(_ statements: String, _ database: String) throws -> String {
        let file = try makeFolder().appendingPathComponent("statements.sql")
        try statements.write(to: file, atomically: true, encoding: .utf8)
        return try Self.run(
            "/usr/bin/psql",
            ["-h", folder, "-U", "keeper", "-d", database, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-f", file.path])
    }

    /// A new database.
    package func database(_ name: String) throws {
        try sql("CREATE DATABASE \(name)", "postgres")
    }

    /// Puts every CDM table of a SQLite store into a schema of a database, with the types that a server's CDM has, and lets
    /// `reader` read them.
    package func load(_ store: String, into database: String, schema: String, vocabulary: String? = nil) throws {
        var statements = "CREATE SCHEMA \(schema);\n"
        if let vocabulary { statements += "CREATE SCHEMA \(vocabulary);\n" }
        let folder = try makeFolder()
        for (table, columns) in try Self.tables(of: store) {
            let place = "\(table.isVocabulary ? vocabulary ?? schema : schema).\(table.rawValue)"
            let declared = columns.map { "\($0) \(Self.type(of: $0, in: table))" }.joined(separator: ", ")
            statements += "CREATE TABLE \(place) (\(declared));\n"
            let file = folder.appendingPathComponent("\(table.rawValue).csv").path
            // sqlite3 writes NULL as nothing and empty text as "", which is how COPY tells them apart.
            try Self.run(
                "/bin/sh",
                ["-c", "sqlite3 -csv '\(store)' 'SELECT \(columns.joined(separator: ", ")) FROM \(table.rawValue)' > '\(file)'"])
            statements += "\\copy \(place) FROM '\(file)' WITH (FORMAT csv)\n"
        }
        for name in [schema, vocabulary].compactMap({ $0 }) {
            statements += "GRANT USAGE ON SCHEMA \(name) TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA \(name) TO reader;\n"
        }
        try sql(statements, database)
    }

    private static func tables(of store: String) throws -> [(CDMTable, [String])] {
        let names = try run("/usr/bin/sqlite3", [store, "SELECT name FROM sqlite_schema WHERE type = 'table'"])
        return try names.split(separator: "\n").compactMap { name in
            guard let table = CDMTable(name: String(name)) else { return nil }
            let columns = try run("/usr/bin/sqlite3", [store, "SELECT name FROM pragma_table_info('\(name)')"])
            return (table, columns.split(separator: "\n").map(String.init))
        }
    }

    private static func type(of column: String, in table: CDMTable) -> String {
        switch table.column(column)?.type {
        case .integer: column.hasSuffix("concept_id") ? "integer" : "bigint"
        case .number: "numeric"
        case .date: "date"
        case .datetime: "timestamp"
        case .text, nil: "varchar"
        }
    }

    /// The password file of `reader`.
    package func password(_ text: String = "four;words}here") throws -> StoreSecret {
        let file = try makeFolder().appendingPathComponent("password").path
        _ = FileManager.default.createFile(
            atPath: file, contents: Data((text + "\n").utf8), attributes: [.posixPermissions: 0o600])
        return .file(file)
    }

    /// A store of this server, read by `reader`.
    package func address(_ database: String, schema: String = "cdm", vocabulary: String? = nil) throws -> PostgreSQLAddress {
        PostgreSQLAddress(
            host: folder, port: port, database: database, schemas: StoreSchemas(data: schema, vocabulary: vocabulary),
            user: .given("reader"), password: try password(), tls: .disable)
    }

    /// The same store through PostgreSQL's own ODBC driver.
    package func odbc(_ database: String, schema: String = "cdm", vocabulary: String? = nil) throws -> ODBCAddress {
        ODBCAddress(
            connection: "Driver=\(Drivers.postgresql ?? "");Servername=\(folder);Port=\(port);Database=\(database)",
            schemas: StoreSchemas(data: schema, vocabulary: vocabulary), user: .given("reader"), password: try password())
    }
}

/// What a server's program says when it fails.
struct ServerFailure: Error, CustomStringConvertible {
    var description: String
}

/// The ODBC drivers of Debian, by file: no odbcinst.ini is needed.
package enum Drivers {
    /// psqlODBC.
    package static let postgresql = find("psqlodbcw.so")
    /// The driver of SQLite.
    package static let sqlite = find("libsqlite3odbc.so")

    private static func find(_ file: String) -> String? {
        ["/usr/lib/x86_64-linux-gnu/odbc", "/usr/lib/aarch64-linux-gnu/odbc", "/usr/lib/odbc", "/usr/lib64"]
            .map { "\($0)/\(file)" }.first { FileManager.default.fileExists(atPath: $0) }
    }
}

@_spi(Hospital) import Disclosure
import EventIndex
import Federation
import Foundation
import OMOPStore
import StoreServers
import Testing

@testable import NodeAgent

/// The stores that node.yaml can name.
@Suite struct `Kinds of store` {
    private func read(_ source: String, environment: [String: String] = [:]) throws -> NodeConfiguration {
        try NodeConfiguration(
            text: """
                schema: "dure.node/1"
                node: { id: "KR-H-0011" }
                coordinator: { url: "https://hub.example" }
                source: [{ id: "omop", \(source) }]
                """, name: "node.yaml", folder: "/etc/dure-node", environment: environment)
    }

    private func problems(_ source: String) -> String {
        do {
            _ = try read(source)
            return ""
        } catch {
            return (error as? NodeError)?.problems.map(\.description).joined(separator: "\n") ?? "\(error)"
        }
    }

    @Test func `A PostgreSQL store has safe defaults, and its secrets stay in files`() throws {
        let bare = try read(#"kind: "postgresql", host: "cdm-db", database: "omop", schema_cdm: "cdm""#)
        #expect(
            bare.source.address
                == .postgresql(
                    PostgreSQLAddress(
                        host: "cdm-db", port: 5_432, database: "omop", schemas: StoreSchemas(data: "cdm"), tls: .verifyFull,
                        requiresReadOnly: true, statementSeconds: 14_400)))
        let whole = try read(
            """
            kind: "postgresql", host: "/run/postgresql", port: 5433, database: "omop", schema_cdm: "cdm", \
            schema_vocabulary: "vocab", user: "reader", password_file: "db-password", tls: "disable", tls_ca: "ca.pem", \
            require_read_only: false, statement_seconds: 60
            """)
        #expect(
            whole.source.address
                == .postgresql(
                    PostgreSQLAddress(
                        host: "/run/postgresql", port: 5_433, database: "omop",
                        schemas: StoreSchemas(data: "cdm", vocabulary: "vocab"), user: .given("reader"),
                        password: .file("/etc/dure-node/db-password"), tls: .disable, authority: "/etc/dure-node/ca.pem",
                        requiresReadOnly: false, statementSeconds: 60)))
    }

    @Test func `A store behind ODBC is a connection string without secrets, and credentials of the service`() throws {
        let source =
            #"kind: "odbc", connection: "DSN=cdm", dialect: "sqlserver", schema_cdm: "dbo", user_file: "/u", "#
            + #"password_credential: "db-password""#
        func address(_ password: String) -> StoreAddress {
            .odbc(
                ODBCAddress(
                    connection: "DSN=cdm", schemas: StoreSchemas(data: "dbo"), user: .file("/u"), password: .file(password),
                    dialect: .sqlserver))
        }
        #expect(
            try read(source, environment: ["CREDENTIALS_DIRECTORY": "/run/credentials/x"]).source.address
                == address("/run/credentials/x/db-password"))
        // A command beside the service finds the service's own.
        #expect(try read(source).source.address == address("/run/credentials/dure-node.service/db-password"))
    }

    @Test(arguments: [
        (#"kind: "odbc", connection: "DSN=a;PWD=b""#, "source[0].connection: must hold no user and no password"),
        (#"kind: "odbc", connection: "DSN=a", schema_vocabulary: "v""#, "source[0].schema_vocabulary: needs schema_cdm"),
        (#"kind: "odbc", connection: "DSN=a", dialect: "mysql""#, "\"mysql\" is none of: sqlserver"),
        (#"kind: "odbc", connection: "DSN=a", password: "b""#, "source[0].password: there is no such key"),
        (#"kind: "odbc", connection: "DSN=a", password_file: "b", password_credential: "c""#, "in more than one way"),
        (#"kind: "odbc", connection: "DSN=a", password_credential: "../c""#, "is not the name of a credential"),
        (#"kind: "postgresql", database: "a", schema_cdm: "b""#, "source[0].host: is missing"),
        (#"kind: "postgresql", host: "h", database: "a""#, "source[0].schema_cdm: is missing"),
        (#"kind: "postgresql", host: "h", database: "a", schema_cdm: "b", tls: "prefer""#, "cross the network unprotected"),
        (#"kind: "postgresql", host: "h", database: "a", schema_cdm: "b", path: "x""#, "source[0].path: there is no such key"),
        (#"kind: "sqlite", path: "x", host: "h""#, "source[0].host: there is no such key"), (#"path: "x""#, "kind: is missing"),
    ])
    func `What is missing, unsafe or of another kind of store is named`(source: String, words: String) {
        #expect(problems(source).contains(words), "\(problems(source))")
    }

    @Test(arguments: ["a/b", "../a", "", "-a", "한글"]) func `A store's id is a plain word: it is a part of file names`(id: String)
    {
        let text =
            "schema: \"dure.node/1\"\nnode: { id: \"KR-H-0011\" }\ncoordinator: { url: \"https://hub.example\" }\n"
            + "source: [{ id: \"\(id)\", kind: \"sqlite\", path: \"x\" }]"
        #expect(throws: NodeError.self) {
            try NodeConfiguration(text: text, name: "node.yaml", folder: "/", environment: [:])
        }
    }

    @Test(.enabled(if: Drivers.sqlite != nil, "the ODBC driver libsqliteodbc is not installed"))
    func `A node answers from a store behind ODBC`() throws {
        let folder = try TemporaryFolder()
        try SmallStore.write(to: folder.path + "/omop.sqlite", persons: 40)
        let yaml = Consortium.nodeYAML.replacing(
            #"kind: "sqlite", path: "omop.sqlite""#,
            with: #"kind: "odbc", connection: "Driver=\#(Drivers.sqlite ?? "");Database=\#(folder.path)/omop.sqlite""#)
        let configuration = try Consortium.configuration(folder, yaml: yaml)
        let state = try folder.state
        #expect(try NodeStore.buildIndex(configuration, state: state).persons == 40)
        let source = try NodeStore.open(configuration, path: state.index(of: "omop"))
        #expect(try source.evaluate(SmallStore.question) { false }.total.count.value == 40)
        #expect(NodeStore.examine(configuration).message.contains("ODBC"))
    }
}

/// A node whose store is a PostgreSQL server.
@Suite(.enabled(if: TestServer.isInstalled, "PostgreSQL's server is not installed: apt install postgresql"))
struct `A store on a database server` {
    private let server: TestServer

    init() throws { server = try #require(TestServer.shared) }

    /// A database with a small store in it, and the node.yaml that names it.
    private func make(_ name: String, _ folder: TemporaryFolder) throws -> String {
        let path = folder.path + "/made.sqlite"
        try SmallStore.write(to: path, persons: 40)
        try server.database(name)
        try server.load(path, into: name, schema: "cdm", vocabulary: "vocab")
        guard case .file(let password) = try server.password() else { throw TooLate() }
        return Consortium.nodeYAML.replacing(
            #"kind: "sqlite", path: "omop.sqlite""#,
            with: """
                kind: "postgresql", host: "\(server.folder)", port: \(server.port), database: "\(name)", schema_cdm: "cdm", \
                schema_vocabulary: "vocab", user: "reader", password_file: "\(password)", tls: "disable"
                """)
    }

    @Test func `The server is read for the index and never for a question: a node answers when it is gone`() async throws {
        var node = try TestNode()
        node.yaml = try make("node_gone", node.folder)
        node.answersFromStore = true
        let configuration = try Consortium.configuration(node.folder, yaml: node.yaml)
        let report = try NodeStore.buildIndex(configuration, state: node.folder.state)
        #expect(report.persons == 40)
        try server.sql("DROP DATABASE node_gone", "postgres")
        let ticket = try node.consortium.ticket(SmallStore.question)
        let running = node
        try await running.running {
            try await running.coordinator.offer(running.consortium.signed(ticket))
            try await running.coordinator.answered()
        }
        let answer = try #require(await node.coordinator.answers[ticket.id])
        guard case .answered(let disclosed) = answer.outcome else {
            Issue.record("\(answer.outcome)")
            return
        }
        #expect(disclosed.total.interval?.contains(40) == true)
        #expect(node.logged.contains("could not be looked at"))
    }

    @Test func `An account that may write is refused when the index is built and when the node starts`() async throws {
        var node = try TestNode()
        node.yaml = try make("node_rights", node.folder)
        node.answersFromStore = true
        let configuration = try Consortium.configuration(node.folder, yaml: node.yaml)
        _ = try NodeStore.buildIndex(configuration, state: node.folder.state)
        try server.sql("GRANT DELETE ON cdm.person TO reader", "node_rights")
        let state = try node.folder.state
        let building = #expect(throws: NodeError.self) { try NodeStore.buildIndex(configuration, state: state) }
        #expect(building?.code == .store)
        #expect(building?.advice.contains("person") == true)
        #expect(NodeStore.examine(configuration).state == .failed)
        let parts = try node.parts()
        let starting = await #expect(throws: NodeError.self) {
            _ = try await RunningNode(parts, try NodeIdentity(in: state))
        }
        #expect(starting?.message == "The store's account may change rows of person.")
        var trusting = configuration
        guard case .postgresql(var address) = configuration.source.address else { return }
        address.requiresReadOnly = false
        trusting.source.address = .postgresql(address)
        #expect(try NodeStore.buildIndex(trusting, state: state).persons == 40)
    }
}

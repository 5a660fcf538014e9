import OMOPStore

// The stores that node.yaml can name, and how each is reached.

extension NodeConfiguration.Source {
    /// The kinds of store that this program reads.
    private enum Kind: String, CaseIterable { case sqlite, postgresql, odbc }

    /// The one source of the list.
    static func only(of root: YAMLMap, folder: String, environment: [String: String]) -> Self {
        let sources = root.maps("source")
        if sources.isEmpty { root.report("source", "needs one store to answer from") }
        if sources.count > 1 { root.report("source", "has \(sources.count) stores; one node answers from one") }
        guard let map = sources.first else {
            return Self(id: "", address: .sqlite(path: ""), dataRelease: nil, isSynthetic: false)
        }
        return Self(
            id: label(map), address: address(map, StoreSecrets(map: map, folder: folder, environment: environment)),
            dataRelease: map.string("data_release"), isSynthetic: map.bool("synthetic", default: false))
    }

    /// The id is a part of file names and of audit lines, so it is a plain word.
    private static func label(_ map: YAMLMap) -> String {
        let id = map.requiredString("id")
        let isPlain =
            id.utf8.count <= 40 && id.utf8.first != 0x2D
            && id.utf8.allSatisfy { byte in
                (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D
                    || byte == 0x5F
            }
        if !id.isEmpty, !isPlain { map.report("id", "\"\(id)\" may hold letters, digits, - and _ only, at most 40") }
        return id
    }

    private static func address(_ map: YAMLMap, _ secrets: StoreSecrets) -> StoreAddress {
        if !map.has("kind") { map.report("kind", "is missing") }
        return switch map.choice("kind", default: Kind.sqlite) {
        case .sqlite: .sqlite(path: Files.resolve(map.requiredString("path"), in: secrets.folder))
        case .postgresql: .postgresql(PostgreSQLAddress(map, secrets))
        case .odbc: .odbc(ODBCAddress(map, secrets))
        }
    }
}

extension PostgreSQLAddress {
    init(_ map: YAMLMap, _ secrets: StoreSecrets) {
        self.init(
            host: map.requiredString("host"), port: map.int("port", in: 1...65_535, default: 5_432),
            database: map.requiredString("database"),
            schemas: StoreSchemas(data: map.requiredString("schema_cdm"), vocabulary: map.string("schema_vocabulary")),
            user: secrets.user(), password: secrets.password(), tls: map.choice("tls", default: TLSMode.verifyFull),
            authority: map.string("tls_ca").map { Files.resolve($0, in: secrets.folder) },
            requiresReadOnly: map.bool("require_read_only", default: true),
            statementSeconds: map.int("statement_seconds", in: 1...604_800, default: 14_400))
        // A socket's folder and this very machine need no certificate; whatever crosses a network does.
        if tls == .disable || tls == .prefer, !isLocal {
            map.report("tls", "\"\(tls.rawValue)\" lets the data cross the network unprotected; use verify-full with tls_ca")
        }
    }

    private var isLocal: Bool { host.hasPrefix("/") || ["localhost", "127.0.0.1", "::1"].contains(host) }
}

extension ODBCAddress {
    init(_ map: YAMLMap, _ secrets: StoreSecrets) {
        let connection = map.requiredString("connection")
        if Self.holdsSecret(connection) {
            map.report("connection", "must hold no user and no password; name them with user and password_file")
        }
        var schemas: StoreSchemas?
        if let data = map.string("schema_cdm") {
            schemas = StoreSchemas(data: data, vocabulary: map.string("schema_vocabulary"))
        } else if map.has("schema_vocabulary") {
            map.report("schema_vocabulary", "needs schema_cdm beside it")
        }
        self.init(
            connection: connection, schemas: schemas, user: secrets.user(), password: secrets.password(),
            dialect: map.has("dialect") ? map.choice("dialect", default: SQLDialect.generic) : nil,
            requiresReadOnly: map.bool("require_read_only", default: true),
            statementSeconds: map.int("statement_seconds", in: 1...604_800, default: 14_400))
    }
}

/// Where a store's user name and password are: in files, or in credentials that the service manager hands over. They are read
/// when a connection is made, never before.
struct StoreSecrets {
    let map: YAMLMap
    let folder: String
    let environment: [String: String]

    func user() -> StoreSecret? { one(of: "user", allowsPlain: true) }

    func password() -> StoreSecret? { one(of: "password", allowsPlain: false) }

    private func one(of name: String, allowsPlain: Bool) -> StoreSecret? {
        var found: [StoreSecret] = []
        if allowsPlain, let plain = map.string(name) { found.append(.given(plain)) }
        if let file = map.string("\(name)_file") { found.append(.file(Files.resolve(file, in: folder))) }
        if let credential = map.string("\(name)_credential") {
            if credential.contains("/") || credential.hasPrefix(".") {
                map.report("\(name)_credential", "\"\(credential)\" is not the name of a credential")
            }
            found.append(.file("\(credentials)/\(credential)"))
        }
        if found.count > 1 { map.report("\(name)_file", "the \(name) is given in more than one way; keep one") }
        return found.first
    }

    /// Where systemd puts the service's credentials: it says so itself, and a command beside the running service finds them
    /// there, too. <https://systemd.io/CREDENTIALS/>
    private var credentials: String { environment["CREDENTIALS_DIRECTORY"] ?? "/run/credentials/dure-node.service" }
}

/// Where a PostgreSQL store is and how it is read.
public struct PostgreSQLAddress: Sendable, Hashable {
    /// A host name, an address, or the folder of a Unix socket.
    public var host: String
    /// The port.
    public var port: Int
    /// The database.
    public var database: String
    /// Where the CDM lies in it.
    public var schemas: StoreSchemas
    /// The user; the name of this process's own user when nil (peer authentication).
    public var user: StoreSecret?
    /// The password, if there is one.
    public var password: StoreSecret?
    /// How much TLS is required.
    public var tls: TLSMode
    /// The authority that signs the server's certificate: a PEM file.
    public var authority: String?
    /// Whether an account that may change rows makes the store unusable.
    public var requiresReadOnly: Bool
    /// For how long one statement may run, in seconds.
    public var statementSeconds: Int

    /// How much TLS is required; libpq's own words.
    public enum TLSMode: String, Sendable, Hashable, CaseIterable {
        /// None, for a Unix socket or this machine.
        case disable
        /// If the server offers it.
        case prefer
        /// Always, whoever the server is.
        case require
        /// Always, with a certificate of a known authority.
        case verifyAuthority = "verify-ca"
        /// Always, with a certificate of a known authority for this very host.
        case verifyFull = "verify-full"
    }

    /// An address.
    public init(
        host: String, port: Int = 5_432, database: String, schemas: StoreSchemas, user: StoreSecret? = nil,
        password: StoreSecret? = nil, tls: TLSMode = .verifyFull, authority: String? = nil, requiresReadOnly: Bool = true,
        statementSeconds: Int = 14_400
    ) {
        self.host = host
        self.port = port
        self.database = database
        self.schemas = schemas
        self.user = user
        self.password = password
        self.tls = tls
        self.authority = authority
        self.requiresReadOnly = requiresReadOnly
        self.statementSeconds = statementSeconds
    }

    /// For people: no user, no password.
    var location: String { "PostgreSQL \(host):\(port)/\(database), schema \(schemas.all.joined(separator: " and "))" }

    /// What libpq is told.
    func parameters() throws(OMOPStoreError) -> [(String, String)] {
        var parameters = [
            ("host", host), ("port", String(port)), ("dbname", database), ("sslmode", tls.rawValue),
            ("application_name", "dure-node"), ("client_encoding", "UTF8"), ("connect_timeout", "15"),
            // A server that has gone away without a word is noticed, also behind a firewall that drops idle connections.
            ("keepalives_idle", "60"), ("keepalives_interval", "15"), ("keepalives_count", "4"), ("tcp_user_timeout", "120000"),
        ]
        if let user { parameters.append(("user", try user.read("user name"))) }
        if let password { parameters.append(("password", try password.read("password"))) }
        if let authority { parameters.append(("sslrootcert", authority)) }
        return parameters
    }
}

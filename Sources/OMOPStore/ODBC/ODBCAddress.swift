/// Where a store is that is read through an ODBC driver, and how.
public struct ODBCAddress: Sendable, Hashable {
    /// A connection string as the driver's manual writes it, without user and password.
    public var connection: String
    /// Where the CDM lies in the database; nil where the database has no schemas.
    public var schemas: StoreSchemas?
    /// The user, if the connection needs one.
    public var user: StoreSecret?
    /// The password, if there is one.
    public var password: StoreSecret?
    /// Whose SQL is spoken; nil to ask the driver.
    public var dialect: SQLDialect?
    /// Whether an account that may change rows makes the store unusable.
    public var requiresReadOnly: Bool
    /// For how long one statement may run, in seconds.
    public var statementSeconds: Int

    /// An address.
    public init(
        connection: String, schemas: StoreSchemas? = nil, user: StoreSecret? = nil, password: StoreSecret? = nil,
        dialect: SQLDialect? = nil, requiresReadOnly: Bool = true, statementSeconds: Int = 14_400
    ) {
        self.connection = connection
        self.schemas = schemas
        self.user = user
        self.password = password
        self.dialect = dialect
        self.requiresReadOnly = requiresReadOnly
        self.statementSeconds = statementSeconds
    }

    /// Whether a connection string holds what belongs into a file of its own.
    public static func holdsSecret(_ connection: String) -> Bool {
        keys(of: connection).contains { ["pwd", "password", "uid", "user", "username", "user id"].contains($0) }
    }

    /// The keys of a connection string, lower case. Values in braces may hold semicolons.
    static func keys(of connection: String) -> [String] {
        var keys: [String] = []
        var key = ""
        var isValue = false
        var isBraced = false
        for character in connection + ";" {
            switch character {
            case "{" where isValue: isBraced = true
            case "}" where isBraced: isBraced = false
            case "=" where !isValue:
                keys.append(String(NumberText.trim(key)).lowercased())
                isValue = true
            case ";" where !isBraced:
                key = ""
                isValue = false
            default: if !isValue { key.append(character) }
            }
        }
        return keys
    }

    /// The value of a key of the connection string.
    func has(_ key: String) -> Bool { Self.keys(of: connection).contains(key.lowercased()) }

    /// What the driver manager is told, secrets and all.
    func connectionString(adding options: String) throws(OMOPStoreError) -> String {
        var text = connection.hasSuffix(";") || connection.isEmpty ? connection : connection + ";"
        text += options
        if let user { text += "UID=\(Self.braced(try user.read("user name")));" }
        if let password { text += "PWD=\(Self.braced(try password.read("password")));" }
        return text
    }

    /// A value that may hold anything: in braces where it needs them. Not everywhere, because some drivers take braces around a
    /// plain user name for a part of it.
    static func braced(_ value: String) -> String {
        let special = Set("[]{}(),;?*=!@ ")
        return value.contains(where: special.contains) ? "{" + value.replacing("}", with: "}}") + "}" : value
    }

    /// For people: the data source or the server, no user, no password.
    var location: String {
        var schema = ""
        if let schemas { schema = ", schema \(schemas.all.joined(separator: " and "))" }
        return "ODBC \(connection)\(schema)"
    }
}

/// Whose SQL a database speaks, as far as reading whole tables needs to know.
public enum SQLDialect: String, Sendable, Hashable, CaseIterable {
    case sqlserver
    case postgresql
    case sqlite
    /// Standard SQL, for every other database.
    case generic

    /// The dialect of the database that calls itself `name`.
    init(databaseName name: String) {
        let name = name.lowercased()
        self =
            name.contains("sql server")
            ? .sqlserver
            : name.contains("postgres") ? .postgresql : name.contains("sqlite") ? .sqlite : .generic
    }

    /// A name that may hold anything.
    func quoted(_ name: String) -> String {
        switch self {
        case .sqlserver: "[" + name.replacing("]", with: "]]") + "]"
        case .postgresql, .sqlite, .generic: "\"" + name.replacing("\"", with: "\"\"") + "\""
        }
    }

    /// A text value.
    func literal(_ text: String) -> String {
        (self == .sqlserver ? "N'" : "'") + text.replacing("'", with: "''") + "'"
    }

    /// The first `count` rows of a table.
    func firstRows(_ columns: String, of place: String, _ count: Int) -> String {
        switch self {
        case .sqlserver: "SELECT TOP (\(count)) \(columns) FROM \(place)"
        case .postgresql, .sqlite: "SELECT \(columns) FROM \(place) LIMIT \(count)"
        case .generic: "SELECT \(columns) FROM \(place) FETCH FIRST \(count) ROWS ONLY"
        }
    }

    /// What rows are put in order by, so that persons come in the order of their numbers even if those are kept as text.
    func order(by column: String, isNumber: Bool) -> String {
        if isNumber { return column }
        return switch self {
        case .sqlserver: "TRY_CAST(\(column) AS bigint)"
        case .postgresql: "CASE WHEN \(column) ~ '^ *[0-9]{1,18} *$' THEN \(column)::bigint END"
        case .sqlite, .generic: "CAST(\(column) AS BIGINT)"
        }
    }

    /// A query for whether the account may change the rows of a table, answering 1 or 0; nil where nobody can tell.
    func mayWrite(_ place: String) -> String? {
        switch self {
        case .sqlserver:
            "SELECT CASE WHEN "
                + ["INSERT", "UPDATE", "DELETE"].map { "HAS_PERMS_BY_NAME(\(literal(place)), N'OBJECT', N'\($0)') = 1" }
                .joined(separator: " OR ") + " THEN 1 ELSE 0 END"
        case .postgresql:
            "SELECT CASE WHEN "
                + ["INSERT", "UPDATE", "DELETE", "TRUNCATE"].map { "has_table_privilege(\(literal(place)), '\($0)')" }
                .joined(separator: " OR ") + " THEN 1 ELSE 0 END"
        case .sqlite, .generic: nil
        }
    }

    /// The statement that takes rights away, for the advice.
    var remedy: String {
        switch self {
        case .sqlserver: "ALTER ROLE db_datareader ADD MEMBER it, and nothing more"
        default: "GRANT SELECT on the CDM's tables to it, and nothing more"
        }
    }
}

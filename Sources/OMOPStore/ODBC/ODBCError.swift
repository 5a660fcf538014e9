import CODBC

/// SQLSTATE codes of drivers in our words. Their messages are passed on only where no row can have been read yet: later ones
/// may repeat what stands in it.
enum ODBCError {
    /// What went wrong with connecting: the driver's own words, which name hosts and drivers but no password.
    static func connecting(_ handle: SQLHANDLE, _ place: String) -> OMOPStoreError {
        let (state, words) = record(SQLSMALLINT(SQL_HANDLE_DBC), handle)
        let advice =
            switch state {
            case "IM002", "01000", "IM003", "IM004":
                "Check the driver's name in /etc/odbcinst.ini (odbcinst -q -d lists them) and that its file is installed"
            case "28000": "Check the user and password files"
            case "08001", "HYT00", "HYT01", "08S01": "Check host, port and firewall, and the driver's encryption settings"
            default: "Try the same connection string with isql"
            }
        return OMOPStoreError(.cannotOpen, "No connection to \(place): \(words) (SQLSTATE \(state))", advice: advice)
    }

    /// What went wrong later.
    static func error(_ kind: SQLSMALLINT, _ handle: SQLHANDLE) -> OMOPStoreError {
        let (state, _) = record(kind, handle)
        let (words, advice) = explanation(state)
        return OMOPStoreError(.reading, "The database stopped the reading: \(words) (SQLSTATE \(state))", advice: advice)
    }

    private static func explanation(_ state: String) -> (String, String) {
        switch state {
        case "42000", "42501": ("the account may not read this, or the statement was refused", "GRANT SELECT on the CDM's tables")
        case "42S02", "42S22", "42P01", "42703":
            ("a table or column is not there", "Wait for the load to finish, then start again")
        case "HY008", "57014": ("it was cancelled", "Start it again when it suits")
        case "HYT00", "HYT01": ("it ran out of time", "Raise statement_seconds, or index person_id of large tables")
        case "08S01", "08003", "08006": ("the connection broke", "Check the network and the server's log; then start again")
        case "40001": ("it was chosen as the victim of a deadlock", "Read while no load runs: dure-node refresh")
        case "HY001": ("the driver has no memory left", "Set the driver to fetch rows in portions")
        case "22003", "22018", "22007": ("a value does not fit its column's type", "Check the columns' types: dure-node doctor")
        default: ("class \(state.prefix(2))", "Look the code up in the driver's manual")
        }
    }

    private static func record(_ kind: SQLSMALLINT, _ handle: SQLHANDLE) -> (state: String, words: String) {
        var state = [SQLWCHAR](repeating: 0, count: 6)
        var native: SQLINTEGER = 0
        var words = [SQLWCHAR](repeating: 0, count: 512)
        var length: SQLSMALLINT = 0
        let code = SQLGetDiagRecW(kind, handle, 1, &state, &native, &words, SQLSMALLINT(words.count), &length)
        guard shim_odbc_succeeded(code) != 0 else { return ("?????", "no reason given") }
        func text(_ units: [SQLWCHAR]) -> String { String(decoding: units.prefix { $0 != 0 }, as: UTF16.self) }
        return (text(state), text(words).split(whereSeparator: \.isNewline).joined(separator: " "))
    }
}

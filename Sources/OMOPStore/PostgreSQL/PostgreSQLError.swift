/// SQLSTATE codes in our words. The server's own messages are never passed on: they may repeat what stands in a row.
/// <https://www.postgresql.org/docs/15/errcodes-appendix.html>
enum PostgreSQLError {
    static func error(_ state: String?) -> OMOPStoreError {
        guard let state else {
            return OMOPStoreError(
                .reading, "The connection to PostgreSQL broke",
                advice: "Check the server's log and the network between; then start again")
        }
        let (code, words, advice) = explanation(state)
        return OMOPStoreError(code, "PostgreSQL stopped the reading: \(words) (SQLSTATE \(state))", advice: advice)
    }

    private static func explanation(_ state: String) -> (OMOPStoreError.Code, String, String) {
        switch state {
        case "42501": (.reading, "the account may not read this", "GRANT USAGE on the schemas and SELECT on their tables to it")
        case "57014":
            (
                .reading, "it was cancelled or ran into statement_timeout",
                "Raise statement_seconds, or index person_id of large tables"
            )
        case "55P03": (.reading, "a table stayed locked", "Wait for the load to finish; use dure-node refresh around it")
        case "57P01", "57P02", "57P03": (.cannotOpen, "the server is stopping or starting", "Start again when it is up")
        case "53300": (.cannotOpen, "the server has no connection left", "Raise max_connections, or free some")
        case "53100": (.reading, "the server's disk is full", "Sorting needs room there: free some, or index person_id")
        case "53200": (.reading, "the server has no memory left", "Ask its administrator")
        case "42P01", "42703": (.changed, "a table or column is no longer there", "Wait for the load to finish, then start again")
        case "22023":
            (
                .changed, "the moment that all tables are read at is gone",
                "Start again; connect to the server itself, not to a pooler"
            )
        case "25006": (.reading, "something tried to write", "A view or function of the store writes: read plain tables")
        case "0A000", "55000":
            (.reading, "the server cannot do this in its present state", "Connect to a server that allows exported snapshots")
        default: (.reading, "class \(state.prefix(2))", "Look the code up, and see the server's log")
        }
    }
}

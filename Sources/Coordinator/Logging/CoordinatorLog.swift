import Daemon
import Logging

extension JSONLogHandler {
    /// The coordinator's lines, on standard error, with the metadata that can hold neither a secret nor a count.
    public init(
        label: String, level: Logger.Level, write: @escaping @Sendable (String) -> Void = JSONLogHandler.standardError
    ) {
        self.init(
            label: label,
            fields: [
                "action", "address", "boot", "code", "count", "hospital", "incident", "method", "milliseconds", "path", "port",
                "query", "status", "ticket", "error",
            ], level: level, write: write)
    }
}

import CanonicalJSON
import Foundation
public import Logging

/// One JSON object a line on standard error, with metadata from a fixed list of keys.
///
/// The list is the protection: whatever a library or a later change puts into the metadata is dropped unless somebody decided
/// here that it can hold neither a secret nor a count.
public struct JSONLogHandler: LogHandler {
    /// Metadata that may be written.
    static let allowedKeys: Set<String> = [
        "action", "address", "boot", "code", "count", "hospital", "incident", "method", "milliseconds", "path", "port", "query",
        "status", "ticket", "error",
    ]

    /// Keys of one logger.
    public var metadata: Logger.Metadata = [:]
    /// The least severe level written.
    public var logLevel: Logger.Level
    private let label: String
    private let write: @Sendable (String) -> Void

    /// A handler that writes lines with `write`; the standard writes to standard error.
    public init(
        label: String, level: Logger.Level, write: @escaping @Sendable (String) -> Void = JSONLogHandler.standardError
    ) {
        self.label = label
        logLevel = level
        self.write = write
    }

    /// One key of the logger's metadata.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes one event as one line.
    public func log(event: LogEvent) {
        var object: JSONObject = [
            "time": .string(Self.now()), "level": .string(event.level.rawValue), "label": .string(label),
            "message": .string(Self.oneLine("\(event.message)")),
        ]
        let merged = metadata.merging(event.metadata ?? [:]) { _, new in new }
        for key in merged.keys.sorted() where Self.allowedKeys.contains(key) {
            if let value = merged[key] { object[key] = .string(Self.oneLine("\(value)")) }
        }
        write(JSONValue.object(object).text() + "\n")
    }

    /// Writes to standard error in one call, so that lines of several threads do not mix.
    @Sendable public static func standardError(_ line: String) {
        try? FileHandle.standardError.write(contentsOf: Data(line.utf8))
    }

    private static func now() -> String { UTCTimestamp.text(Int64(Date().timeIntervalSince1970)) }

    private static func oneLine(_ text: String) -> String {
        String(text.prefix(500).map { $0.isNewline ? " " : $0 })
    }
}

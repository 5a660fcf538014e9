import CanonicalJSON
import Foundation
import Logging

/// Writes one JSON object a line, for the journal or whatever else reads it.
///
/// The list of fields is the protection: whatever a library or a later change puts into the metadata is dropped unless somebody
/// decided that it can hold neither a secret nor a count.
public struct JSONLogHandler: LogHandler {
    /// The least level that is written.
    public var logLevel: Logger.Level
    /// What every line carries.
    public var metadata: Logger.Metadata = [:]
    private let label: String
    private let fields: Set<String>
    private let write: @Sendable (String) -> Void

    /// A handler that hands each line, without its line feed, to `write`.
    /// - Parameter fields: the metadata that may be written.
    public init(
        label: String, fields: Set<String>, level: Logger.Level = .info, write: @escaping @Sendable (String) -> Void
    ) {
        self.label = label
        self.fields = fields
        logLevel = level
        self.write = write
    }

    /// Writes to standard output.
    @Sendable public static func standardOutput(_ line: String) { put(line, to: .standardOutput) }
    /// Writes to standard error.
    @Sendable public static func standardError(_ line: String) { put(line, to: .standardError) }

    private static func put(_ line: String, to file: FileHandle) {
        // One call, so that lines of several threads do not mix. A reader that has gone is no reason to end.
        try? file.write(contentsOf: Data((line + "\n").utf8))
    }

    /// One value of the metadata that every line carries.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes one line.
    public func log(event: LogEvent) {
        var object: JSONObject = [
            "time": .string(UTCTimestamp.text(Int64(Date().timeIntervalSince1970))), "level": .string(event.level.rawValue),
            "logger": .string(label), "message": .string(String(event.message.description.prefix(200))),
        ]
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) where fields.contains(key) {
            object[key] = .string(String("\(value)".prefix(500)))
        }
        write(JSONValue.object(object).text())
    }
}

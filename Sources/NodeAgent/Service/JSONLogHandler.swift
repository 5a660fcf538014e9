import CanonicalJSON
import Federation
import Foundation
import Logging

/// Writes one JSON object a line. Metadata outside the allow-list is dropped, whoever logs it.
public struct JSONLogHandler: LogHandler {
    /// The least level that is written.
    public var logLevel: Logger.Level = .info
    /// What every line carries.
    public var metadata: Logger.Metadata = [:]
    private let label: String
    private let write: @Sendable (String) -> Void

    /// A handler that writes to standard output.
    public init(label: String) {
        self.init(label: label) { line in FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
    }

    /// A handler that hands each line to `write`.
    public init(label: String, write: @escaping @Sendable (String) -> Void) {
        self.label = label
        self.write = write
    }

    /// One value of the metadata that every line carries.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes one line.
    public func log(event: LogEvent) {
        var object: JSONObject = [
            "time": .string(Timestamp(Int64(Date().timeIntervalSince1970)).description),
            "level": .string(event.level.rawValue), "logger": .string(label),
            // Messages of the libraries below us are constant words too; those of this room cannot be anything else.
            "message": .string(String(event.message.description.prefix(200))),
        ]
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) where NodeLog.Field(rawValue: key) != nil {
            object[key] = .string(String("\(value)".prefix(500)))
        }
        write(JSONValue.object(object).text())
    }
}

import Daemon
import Logging

/// The node's log: constant words and a closed list of fields. There is no way to write free text, because free text is where
/// patient data, counts and passwords leak.
struct NodeLog: Sendable {
    private let logger: Logger

    /// What may stand beside the words.
    enum Field: String, CaseIterable, Sendable {
        case ticket, query, project, code, state, outcome, advice, seconds, bytes, status, boot, release, persons_band, wait
        case wish, offset_seconds, policy, version, expires, path, pid, waiting
    }

    init(_ logger: Logger) { self.logger = logger }

    func info(_ words: StaticString, _ fields: [Field: String] = [:]) { write(.info, words, fields) }
    func warning(_ words: StaticString, _ fields: [Field: String] = [:]) { write(.warning, words, fields) }
    func error(_ words: StaticString, _ fields: [Field: String] = [:]) { write(.error, words, fields) }

    private func write(_ level: Logger.Level, _ words: StaticString, _ fields: [Field: String]) {
        var metadata = Logger.Metadata()
        for (field, value) in fields { metadata[field.rawValue] = .string(value) }
        logger.log(level: level, "\(words)", metadata: metadata)
    }
}

extension JSONLogHandler {
    /// The node's lines, on standard output, with the fields of its log.
    public init(label: String, write: @escaping @Sendable (String) -> Void = JSONLogHandler.standardOutput) {
        self.init(label: label, fields: Set(NodeLog.Field.allCases.map(\.rawValue)), write: write)
    }
}

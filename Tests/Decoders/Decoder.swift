import CanonicalJSON

/// One reader of bytes from outside: a message, a file, a row. What holds for all of them: whatever the bytes, it returns or throws;
/// it never traps, never takes for ever, and never takes memory that the bytes do not pay for.
public struct Decoder: Sendable {
    /// What it reads, in words: `ticket`, `policy.yaml`.
    public let name: String
    /// Well-formed inputs, made by the program itself, to begin mutations from.
    public let seeds: @Sendable () throws -> [[UInt8]]
    /// Reads bytes and uses what was read as the program does. Refusing them is right; what must hold afterwards is checked.
    public let read: @Sendable ([UInt8]) -> Void
    /// The JSON form that it reads, as the sources name the type; nil where it reads something else.
    public let form: String?
    /// Whether one reading costs milliseconds: a whole file, a database.
    public let isSlow: Bool

    init(
        _ name: String, form: String? = nil, isSlow: Bool = false, seeds: @escaping @Sendable () throws -> [[UInt8]],
        read: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.name = name
        self.form = form
        self.isSlow = isSlow
        self.seeds = seeds
        self.read = read
    }

    /// Its name as a file's: `node.yaml`, `signed-document`.
    public var folder: String {
        String(name.lowercased().map { $0.isLetter || $0.isNumber || $0 == "." ? $0 : "-" })
    }

    /// A JSON message: what is read must be written to a form that reads as the same again, or a signature over it means nothing.
    static func message<Message: JSONEncodable & JSONDecodable & SendableMetatype>(
        _ name: String, _: Message.Type, _ seeds: @escaping @Sendable () throws -> [Message],
        use: @escaping @Sendable (Message) -> Void = { _ in }
    ) -> Decoder {
        Decoder(name, form: "\(Message.self)") {
            try seeds().map { $0.json.canonicalBytes() }
        } read: { bytes in
            guard let message = try? Message(parsing: bytes) else { return }
            use(message)
            let written = message.json.canonicalBytes()
            guard let again = try? Message(parsing: written) else {
                fatalError("\(name): what was written is not read: \(String(decoding: written, as: UTF8.self))")
            }
            let twice = again.json.canonicalBytes()
            guard twice == written else {
                fatalError(
                    "\(name): \(String(decoding: written, as: UTF8.self)) becomes \(String(decoding: twice, as: UTF8.self))")
            }
        }
    }

    /// Every decoder, by floors.
    public static let all: [Decoder] =
        values + wire + totals + people + files + nodeState + backups + guardianState + stores + imports

    /// The decoder of that name.
    public static func named(_ name: String) -> Decoder? { all.first { $0.name == name } }
}

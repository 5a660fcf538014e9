import Hummingbird
import NIOCore

/// The fields of a form that was sent, `application/x-www-form-urlencoded`.
struct ConsoleForm: Sendable {
    private let fields: [String: String]

    /// Reads a body of at most 16 KiB.
    init(_ request: Request) async throws {
        let buffer = try await request.body.collect(upTo: 16 << 10)
        self.init(String(decoding: buffer.readableBytesView, as: UTF8.self))
    }

    init(_ text: String) {
        var fields: [String: String] = [:]
        for pair in text.split(separator: "&").prefix(50) {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            fields[Self.decoded(parts[0])] = parts.count > 1 ? Self.decoded(parts[1]) : ""
        }
        self.fields = fields
    }

    subscript(_ name: String) -> String { fields[name] ?? "" }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "+") {
                bytes.append(UInt8(ascii: " "))
            } else if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

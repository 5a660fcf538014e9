import CanonicalJSON
import Foundation

/// The files under `protocol/vectors`, made by another implementation (Python's `cryptography`).
enum ProtocolVectors {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "protocol/vectors")

    static func load(_ name: String) throws -> JSONReader {
        JSONReader(try JSONValue(parsing: try Data(contentsOf: folder.appending(path: name))))
    }
}

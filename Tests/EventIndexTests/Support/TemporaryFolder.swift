import Foundation

@testable import EventIndex

/// A folder that is gone with the value.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "dure-index-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    /// Builds an index of a store in the folder and opens it.
    func index(_ store: RowStore, name: String = "index", options: IndexBuildOptions = IndexBuildOptions()) throws -> EventIndex {
        try IndexBuilder(store: store, options: options).build(to: file(name))
        return try EventIndex.open(file(name))
    }

    func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: file(name)))) }

    func write(_ bytes: [UInt8], to name: String) throws { try Data(bytes).write(to: URL(fileURLWithPath: file(name))) }
}

import CanonicalJSON
@_spi(Hospital) import Disclosure
import Foundation

/// The folder of published table cases, where it stands beside the clone (`DURE_SDC_CASES` says where else).
enum CaseFolder {
    static let root: URL? = {
        let named = ProcessInfo.processInfo.environment["DURE_SDC_CASES"].map { URL(filePath: $0) }
        let beside = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(
                path: "shared/sdc-cases")
        let folder = named ?? beside
        return FileManager.default.fileExists(atPath: folder.appending(path: "cases").path) ? folder : nil
    }()

    static func load(_ name: String) throws -> TableCase {
        guard let root else { throw CocoaError(.fileNoSuchFile) }
        let data = try Data(contentsOf: root.appending(path: "cases/\(name).json"))
        return try TableCase(from: JSONReader(try JSONValue(parsing: Array(data))))
    }
}

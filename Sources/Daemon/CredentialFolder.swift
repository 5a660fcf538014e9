import Foundation

/// Secrets that the service manager hands over (`LoadCredential=`, `LoadCredentialEncrypted=`): files in a folder that only
/// this service can read, named by `CREDENTIALS_DIRECTORY`.
public struct CredentialFolder: Sendable, Hashable {
    /// The folder; nil where the service manager gave none.
    public let path: String?

    /// The folder that the environment names.
    public init(_ environment: [String: String] = ProcessInfo.processInfo.environment) {
        path = environment["CREDENTIALS_DIRECTORY"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The file of the credential `name`, if there is one. Only a bare name can be one: nothing leads out of the folder.
    public func file(_ name: String) -> String? {
        guard let path, !name.isEmpty, name != ".", name != "..", !name.contains("/") else { return nil }
        let file = "\(path)/\(name)"
        return FileManager.default.fileExists(atPath: file) ? file : nil
    }

    /// The names of all credentials, in order.
    public var names: [String] {
        guard let path else { return [] }
        return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }
}

import Federation
import Foundation

/// The folder that is the coordinator: configuration, keys, state. Mode 0700, every file in it 0600.
public struct StateDirectory: Sendable, Hashable {
    /// Its path.
    public let path: String

    /// Names the folder; nothing is read or made.
    public init(path: String) { self.path = path }

    /// The configuration.
    public var configurationFile: String { path + "/coordinator.yaml" }
    /// The SQLite file with everything that changes.
    public var databaseFile: String { path + "/coordinator.sqlite" }
    /// The key of the consortium's CA, PEM.
    public var authorityKeyFile: String { path + "/keys/ca.key" }
    /// The certificate of the consortium's CA, PEM; the one file here that is meant to be given away.
    public var authorityCertificateFile: String { path + "/keys/ca.pem" }
    /// The seed of the Ed25519 key that signs tickets, receipts and results, in hexadecimal digits.
    public var signingKeyFile: String { path + "/keys/signing.seed" }
    /// The server's key, PEM.
    public var serverKeyFile: String { path + "/keys/server.key" }
    /// The server's certificate, PEM.
    public var serverCertificateFile: String { path + "/keys/server.pem" }

    /// Whether `init` has been here.
    public var isInitialised: Bool { FileManager.default.fileExists(atPath: configurationFile) }

    /// Makes the folders.
    func create() throws(CoordinatorError) {
        do {
            for folder in [path, path + "/keys"] {
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
                try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder)
            }
        } catch {
            throw CoordinatorError(
                .configuration, "The folder \(path) cannot be made.", advice: "Choose another, or make it writable for this user."
            )
        }
    }

    /// Writes a file that only this user can read, all of it or nothing.
    static func write(_ text: String, to path: String) throws(CoordinatorError) {
        let temporary = path + ".new"
        // Created with its mode, so that the secret is at no moment readable by others.
        guard
            FileManager.default.createFile(
                atPath: temporary, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        else {
            throw CoordinatorError(.configuration, "\(path) cannot be written.", advice: "Check the disk and the folder's owner.")
        }
        guard rename(temporary, path) == 0 else {
            throw CoordinatorError(.configuration, "\(path) cannot be written.", advice: "Check the disk and the folder's owner.")
        }
    }

    /// Takes everybody else's rights on a file away.
    static func restrict(_ path: String) throws(CoordinatorError) {
        do {
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        } catch {
            throw CoordinatorError(.configuration, "The rights of \(path) cannot be set.")
        }
    }

    static func read(_ path: String) throws(CoordinatorError) -> String {
        guard let data = FileManager.default.contents(atPath: path), data.count < 1 << 20 else {
            throw CoordinatorError(
                .configuration, "\(path) cannot be read.",
                advice: "Run as the user who owns the state directory; restore the file from its backup if it is gone.")
        }
        return String(decoding: data, as: UTF8.self)
    }
}

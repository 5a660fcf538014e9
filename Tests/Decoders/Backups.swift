import CanonicalJSON
import Federation
import Foundation

@testable import Daemon

extension Decoder {
    private static let passphrase = "four words and more"

    /// Backups, from the file's first byte to the files in it.
    static let backups: [Decoder] = [
        message("backup header", BackupHeader.self) {
            [
                BackupHeader(wrap: .passphrase(salt: Array(0..<16), .trivial)),
                BackupHeader(
                    wrap: .recipient(
                        Array(repeating: 1, count: 32), encapsulated: Array(repeating: 2, count: 32),
                        key: Array(repeating: 3, count: 48))),
            ]
        },
        message("backup manifest", BackupManifest.self) { [try manifest()] },
        Decoder("backup file") {
            [try sealed(try content(), .recipient(BackupPrivateKey().recipient))]
        } read: { bytes in
            // A passphrase would cost a derivation each time; what is read is the same.
            let key = BackupPrivateKey()
            ScratchFile.with(bytes) { _ = try? BackupArchive.check($0, .key(key)) }
        },
        Decoder("backup content") {
            [try content()]
        } read: { bytes in
            guard let archive = try? sealed(bytes, .passphrase(passphrase)) else { return }
            ScratchFile.with(archive) { path in
                try? ScratchFile.withFolder { folder in
                    _ = try BackupArchive.extract(path, .passphrase(passphrase), into: folder)
                }
            }
        },
    ]

    private static func manifest() throws -> BackupManifest {
        let sample = try Sample.shared.get()
        return BackupManifest(
            program: "dure-node", version: "1", name: sample.hospital.rawValue, created: sample.now,
            audit: AuditPoint(count: 2, head: Digest256(of: [1])), ledger: 4,
            files: [
                .init(path: "node-secret", size: 3, digest: Digest256(of: [1, 2, 3])),
                .init(path: "identity/grant.json", size: 2, digest: Digest256(of: [4, 5])),
            ])
    }

    /// What is inside the seal: the manifest, then the files.
    private static func content() throws -> [UInt8] {
        let bytes = try manifest().json.canonicalBytes()
        return BackupFiles.length(bytes.count) + bytes + [1, 2, 3, 4, 5]
    }

    private static func sealed(_ content: [UInt8], _ seal: BackupSeal) throws -> [UInt8] {
        var made: [UInt8] = []
        try ScratchFile.withFolder { folder in
            var writer = try BackupWriter("\(folder)/backup", seal, cost: .trivial)
            try writer.append(content)
            try writer.finish("backup")
            made = Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/backup")))
        }
        return made
    }
}

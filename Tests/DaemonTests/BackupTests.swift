import CanonicalJSON
import Federation
import Foundation
import Testing

@testable import Daemon

@Suite struct `A sealed backup` {
    private static let passphrase = "correct horse battery staple"
    private static let title = BackupArchive.Title(
        program: "dure-node", version: "1", name: "KR-H-0011", created: Timestamp(1_795_000_000),
        audit: AuditPoint(count: 7, head: Digest256(of: [1])), ledger: 3)

    /// Three files, one empty, one of more than a piece.
    private func inputs(_ folder: Folder) throws -> [BackupArchive.Input] {
        let files: [(String, [UInt8])] = [
            ("node-secret", Array("key".utf8)), ("identity/empty", []),
            ("state.sqlite", (0..<(2 * SealedStream.pieceSize + 5)).map { UInt8(truncatingIfNeeded: $0 &* 31) }),
        ]
        try FileManager.default.createDirectory(atPath: folder.path + "/in", withIntermediateDirectories: true)
        return try files.enumerated().map { index, file in
            let path = folder.path + "/in/\(index)"
            try Data(file.1).write(to: URL(fileURLWithPath: path))
            return .init(file.0, from: path)
        }
    }

    private func make(_ folder: Folder, _ seal: BackupSeal = .passphrase(passphrase)) throws -> String {
        let path = folder.path + "/x.dure-backup"
        _ = try BackupArchive.create(at: path, Self.title, try inputs(folder), sealedWith: seal, cost: .trivial)
        return path
    }

    private func code(_ body: () throws -> Void) -> BackupError.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? BackupError)?.code
        }
    }

    @Test func `What went in comes out, and says what it is`() throws {
        let folder = try Folder()
        let path = try make(folder)
        let manifest = try BackupArchive.extract(path, .passphrase(Self.passphrase + "\n"), into: folder.path + "/out")
        #expect(manifest.program == "dure-node" && manifest.name == "KR-H-0011" && manifest.ledger == 3)
        #expect(manifest.files.map(\.path) == ["node-secret", "identity/empty", "state.sqlite"])
        for (index, file) in manifest.files.enumerated() {
            #expect(
                FileManager.default.contents(atPath: folder.path + "/in/\(index)")
                    == FileManager.default.contents(atPath: folder.path + "/out/\(file.path)"))
        }
        #expect(try BackupArchive.check(path, .passphrase(Self.passphrase)) == manifest)
        let facts = try FileManager.default.attributesOfItem(atPath: path)
        #expect((facts[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    }

    @Test func `A machine can make backups that only the holder of a key opens`() throws {
        let folder = try Folder()
        let key = BackupPrivateKey()
        let path = try make(folder, .recipient(try BackupRecipient(hex: Hex.encode(key.recipient.bytes))))
        #expect(try BackupArchive.check(path, .key(BackupPrivateKey(hex: key.hex + "\n"))).files.count == 3)
        #expect(code { _ = try BackupArchive.check(path, .key(BackupPrivateKey())) } == .key)
        #expect(code { _ = try BackupArchive.check(path, .passphrase(Self.passphrase)) } == .key)
    }

    @Test func `Another passphrase opens nothing, and nothing in the file is readable`() throws {
        let folder = try Folder()
        let path = try make(folder)
        #expect(code { _ = try BackupArchive.check(path, .passphrase("another passphrase")) } == .key)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        for word in ["KR-H-0011", "node-secret", "identity", "sqlite"] { #expect(bytes.range(of: Data(word.utf8)) == nil) }
        #expect(throws: BackupError.self) { try BackupSeal.checked(passphrase: "short") }
    }

    @Test func `Every changed byte, every cut and every piece out of its place is found`() throws {
        let folder = try Folder()
        let path = try make(folder)
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let header = BackupHeader.magic.count + 4 + Int(whole[10]) << 8 + Int(whole[11])
        let piece = 4 + SealedStream.pieceSize + 16
        var wrong: [[UInt8]] = []
        // A byte of everything: magic, lengths, header, each piece, its tag, the last byte.
        for place in [0, 9, 14, header - 3, header + 2, header + 40, header + piece - 1, header + piece + 9, whole.count - 1] {
            var bytes = whole
            bytes[place] ^= 1
            wrong.append(bytes)
        }
        for cut in [0, 5, header, header + piece, header + 2 * piece, whole.count - 1] { wrong.append(Array(whole.prefix(cut))) }
        wrong.append(whole + [0])
        let (first, second) = (Array(whole[header..<(header + piece)]), Array(whole[(header + piece)..<(header + 2 * piece)]))
        let (start, rest) = (Array(whole.prefix(header)), Array(whole.dropFirst(header + 2 * piece)))
        wrong.append(start + second + first + rest)
        wrong.append(start + first + rest)
        wrong.append(start + first + first + second + rest)
        for (number, bytes) in wrong.enumerated() {
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let found = code { _ = try BackupArchive.check(path, .passphrase(Self.passphrase)) }
            #expect(found == .damaged || found == .key, "change \(number)")
        }
    }

    @Test(arguments: ["../x", "/etc/x", "a//b", ".ssh", "a/../../b", "a b", "a\u{0}b", "", "가", "a/b/c/d/e"])
    func `A path that leads out of the folder is no path`(path: String) { #expect(!BackupManifest.isSafe(path)) }

    @Test func `A header cannot ask for more memory than a backup needs`() throws {
        let text = """
            {"schema":"dure.backup/1","kind":"passphrase","salt":"00000000000000000000000000000000","rounds":1073741824,\
            "blockSize":8,"parallelism":1}
            """
        #expect(throws: JSONError.self) { try BackupHeader(from: JSONReader(JSONValue(parsing: text))) }
        #expect(throws: JSONError.self) {
            try BackupHeader(from: JSONReader(JSONValue(parsing: text.replacing("1073741824", with: "100000"))))
        }
    }

    @Test func `Nothing is overwritten`() throws {
        let folder = try Folder()
        _ = try make(folder)
        #expect(code { _ = try make(folder) } == .file)
    }

    /// The format held against a second implementation: Python's scrypt and HMAC, OpenSSL's ChaCha20-Poly1305.
    @Test func `Another program opens it by the description alone`() throws {
        let folder = try Folder()
        let path = try make(folder)
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "open_backup.py").path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", script, path, Self.passphrase]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let manifest = try BackupArchive.check(path, .passphrase(Self.passphrase))
        #expect(text == manifest.files.map { "\($0.path) \($0.size) \($0.digest)\n" }.joined())
    }
}

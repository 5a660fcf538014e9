import Coordinator
import Foundation

/// Where a password comes from: never the command line, which every process on the machine can read.
enum Passwords {
    /// The first line of a file; `-` is standard input.
    static func read(file: String) throws -> String {
        let text: String?
        if file == "-" {
            text = readLine(strippingNewline: true)
        } else {
            text = FileManager.default.contents(atPath: file).map { String(decoding: $0, as: UTF8.self) }
        }
        guard let line = text?.split(separator: "\n", omittingEmptySubsequences: false).first, !line.isEmpty else {
            throw CoordinatorError(
                .notFound, "The password file \(file) cannot be read or is empty.", advice: "Name a file with one line.")
        }
        return line.hasSuffix("\r") ? String(line.dropLast()) : String(line)
    }

    /// A new password of 100 bits, easy to read aloud.
    static func generate() -> String {
        let alphabet = Array("abcdefghjkmnpqrstvwxyz23456789")
        var generator = SystemRandomNumberGenerator()
        let groups = (0..<5).map { _ in
            String((0..<4).map { _ in alphabet[Int.random(in: alphabet.indices, using: &generator)] })
        }
        return groups.joined(separator: "-")
    }

    /// Writes a secret to a new file that only this user can read.
    static func write(_ secret: String, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        guard descriptor >= 0 else {
            throw CoordinatorError(.alreadyExists, "\(path) exists or cannot be written.", advice: "Name a new file.")
        }
        try FileHandle(fileDescriptor: descriptor, closeOnDealloc: true).write(contentsOf: Data((secret + "\n").utf8))
    }
}

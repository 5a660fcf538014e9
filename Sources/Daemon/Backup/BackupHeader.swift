import CanonicalJSON
import Crypto
import CryptoExtras
import Federation
import Foundation

/// What deriving a key from a passphrase costs (scrypt, RFC 7914); memory is 128·N·r bytes.
struct ScryptCost: Sendable, Hashable {
    var rounds: Int
    var blockSize: Int
    var parallelism: Int

    /// 128 MiB a try.
    static let standard = ScryptCost(rounds: 1 << 17, blockSize: 8, parallelism: 1)
    /// For tests: the same code path at no cost.
    static let trivial = ScryptCost(rounds: 2, blockSize: 1, parallelism: 1)

    func derive(_ passphrase: String, _ salt: [UInt8]) throws(BackupError) -> SymmetricKey {
        do {
            // The same text typed on another keyboard may arrive decomposed (Hangul does): one form.
            return try KDF.Scrypt.deriveKey(
                from: Array(passphrase.precomposedStringWithCompatibilityMapping.utf8), salt: salt, outputByteCount: 32,
                rounds: rounds, blockSize: blockSize, parallelism: parallelism)
        } catch {
            throw BackupError(.key, "No key can be derived from the passphrase.", advice: "Is there 128 MiB of free memory?")
        }
    }
}

/// How an archive's key is found again.
enum BackupWrap: Sendable, Hashable {
    case passphrase(salt: [UInt8], ScryptCost)
    case recipient([UInt8], encapsulated: [UInt8], key: [UInt8])
}

/// The open part at the beginning of an archive. It says nothing of what is in it.
struct BackupHeader: Sendable, Hashable, JSONEncodable, JSONDecodable {
    static let schema = "dure.backup/1"
    static let magic = Array("DUREBKP1".utf8)
    /// The longest header, in bytes.
    static let limit = 4_096

    var wrap: BackupWrap

    init(wrap: BackupWrap) { self.wrap = wrap }

    init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: [
            "schema", "kind", "salt", "rounds", "blockSize", "parallelism", "recipient", "encapsulated", "key",
        ])
        try object.expectSchema(Self.schema)
        switch try object.required("kind").string(maxLength: 20) {
        case "passphrase":
            let rounds = try object.required("rounds")
            // Bounded, because whoever hands the file over chooses them: 256 MiB at most.
            let cost = ScryptCost(
                rounds: try rounds.int(in: 2...(1 << 18)), blockSize: try object.required("blockSize").int(in: 1...8),
                parallelism: try object.required("parallelism").int(in: 1...4))
            guard cost.rounds & (cost.rounds - 1) == 0 else { throw rounds.fail(.badValue, "is not a power of two") }
            wrap = .passphrase(salt: try Self.bytes(try object.required("salt"), 16...64), cost)
        case "recipient":
            wrap = .recipient(
                try Self.bytes(try object.required("recipient"), 32...32),
                encapsulated: try Self.bytes(try object.required("encapsulated"), 32...32),
                key: try Self.bytes(try object.required("key"), 48...48))
        default: throw try object.required("kind").fail(.badValue, "is neither passphrase nor recipient")
        }
    }

    var json: JSONValue {
        switch wrap {
        case .passphrase(let salt, let cost):
            [
                "schema": .string(Self.schema), "kind": "passphrase", "salt": .string(Hex.encode(salt)),
                "rounds": .int(cost.rounds), "blockSize": .int(cost.blockSize), "parallelism": .int(cost.parallelism),
            ]
        case .recipient(let recipient, let encapsulated, let key):
            [
                "schema": .string(Self.schema), "kind": "recipient", "recipient": .string(Hex.encode(recipient)),
                "encapsulated": .string(Hex.encode(encapsulated)), "key": .string(Hex.encode(key)),
            ]
        }
    }

    private static func bytes(_ json: JSONReader, _ count: ClosedRange<Int>) throws(JSONError) -> [UInt8] {
        guard let bytes = Hex.decode(try json.string(maxLength: 200)), count.contains(bytes.count) else {
            throw json.fail(.badValue, "is not \(count.lowerBound) bytes in hexadecimal digits")
        }
        return bytes
    }
}

import Crypto
import CryptoExtras
import Federation
import Foundation

/// A password as it is kept: scrypt (RFC 7914) with its parameters, so that they can grow without a reset.
///
/// Written as `scrypt$N$r$p$salt$hash`, salt and hash in hexadecimal.
struct PasswordHash: Sendable, Hashable {
    /// What deriving costs: `N` rounds (a power of two), block size `r`, parallelism `p`; memory is about 128·N·r bytes.
    struct Cost: Sendable, Hashable {
        var rounds: Int
        var blockSize: Int
        var parallelism: Int

        /// 32 MiB a derivation, one of the equivalent minimum settings of OWASP's password storage cheat sheet.
        static let standard = Cost(rounds: 1 << 15, blockSize: 8, parallelism: 3)
        /// For tests: the same code path at no cost.
        static let trivial = Cost(rounds: 2, blockSize: 1, parallelism: 1)

        fileprivate var isSane: Bool {
            rounds >= 2 && rounds & (rounds - 1) == 0 && rounds <= 1 << 20 && (1...32).contains(blockSize)
                && (1...16).contains(parallelism)
        }
    }

    let cost: Cost
    let salt: [UInt8]
    let hash: [UInt8]

    /// Derives the hash of a new password with a fresh salt.
    init(of password: String, cost: Cost, salt: [UInt8] = RandomText.bytes(16)) throws {
        self.cost = cost
        self.salt = salt
        hash = try Self.derive(password, salt, cost)
    }

    /// Reads the written form; nil where it is not one.
    init?(_ text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6, parts[0] == "scrypt", let rounds = Int(parts[1]), let blockSize = Int(parts[2]),
            let parallelism = Int(parts[3]), let salt = Hex.decode(parts[4]), let hash = Hex.decode(parts[5]), hash.count == 32
        else { return nil }
        cost = Cost(rounds: rounds, blockSize: blockSize, parallelism: parallelism)
        guard cost.isSane else { return nil }
        self.salt = salt
        self.hash = hash
    }

    /// The written form.
    var text: String {
        "scrypt$\(cost.rounds)$\(cost.blockSize)$\(cost.parallelism)$\(Hex.encode(salt))$\(Hex.encode(hash))"
    }

    /// Whether `password` is the one. Takes the same time whatever differs.
    func matches(_ password: String) -> Bool {
        guard let candidate = try? Self.derive(password, salt, cost) else { return false }
        return Self.constantTimeEqual(candidate, hash)
    }

    private static func derive(_ password: String, _ salt: [UInt8], _ cost: Cost) throws -> [UInt8] {
        // The same text typed on another keyboard may arrive decomposed (Hangul does): compare one form.
        let bytes = Array(password.precomposedStringWithCompatibilityMapping.utf8)
        let key = try KDF.Scrypt.deriveKey(
            from: bytes, salt: salt, outputByteCount: 32, rounds: cost.rounds, blockSize: cost.blockSize,
            parallelism: cost.parallelism)
        return key.withUnsafeBytes { Array($0) }
    }

    /// Compares without stopping at the first difference.
    static func constantTimeEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for (a, b) in zip(left, right) { difference |= a ^ b }
        return difference == 0
    }

    /// Refuses what nobody should use. NIST SP 800-63B: length counts, composition rules do not.
    static func check(_ password: String, login: String) throws(CoordinatorError) {
        let count = password.unicodeScalars.count
        guard count >= 12 else {
            throw CoordinatorError(
                .passwordUnsuitable, "The password has \(count) characters; it needs at least 12.",
                advice: "Use a sentence or four unrelated words.")
        }
        guard count <= 256 else {
            throw CoordinatorError(.passwordUnsuitable, "The password is longer than 256 characters.")
        }
        guard Set(password).count >= 5, !password.lowercased().contains(login.lowercased()) else {
            throw CoordinatorError(
                .passwordUnsuitable, "The password repeats itself or contains the sign-in name.",
                advice: "Use a sentence or four unrelated words.")
        }
    }
}

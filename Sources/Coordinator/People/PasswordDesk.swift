import Dispatch

/// Derives and compares password hashes, one at a time.
///
/// A derivation takes 32 MiB and a good part of a second on purpose. One queue of its own keeps that off the threads that serve
/// requests, and bounds the memory that a flood of sign-ins can take.
public struct PasswordDesk: Sendable {
    private let queue = DispatchQueue(label: "password-desk")
    private let cost: PasswordHash.Cost

    /// A desk with the standard cost.
    public init() { cost = .standard }

    init(cost: PasswordHash.Cost) { self.cost = cost }

    func hash(_ password: String) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [cost] in
                continuation.resume(with: Result { try PasswordHash(of: password, cost: cost).text })
            }
        }
    }

    /// Whether `password` belongs to `hash`. Without a hash (nobody of that name) it works as long and says no.
    func matches(_ password: String, _ hash: String?) async -> Bool {
        await withCheckedContinuation { continuation in
            queue.async { [cost] in
                if let known = hash.flatMap(PasswordHash.init) {
                    continuation.resume(returning: known.matches(password))
                } else {
                    _ = try? PasswordHash(of: password, cost: cost)
                    continuation.resume(returning: false)
                }
            }
        }
    }
}

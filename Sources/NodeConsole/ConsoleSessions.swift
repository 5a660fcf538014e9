import Federation
import Foundation

/// Who is signed in. One token is printed when the console starts; whoever has it is the person who started it.
final class ConsoleSessions: @unchecked Sendable {
    // @unchecked: everything below is only touched while `lock` is held.
    private let lock = NSLock()
    private let token: Digest256
    private var sessions: [String: Session] = [:]
    private var failures = 0
    private let now: @Sendable () -> Int64

    /// A signed-in browser.
    struct Session: Sendable, Hashable {
        var id: String
        /// What every form carries back.
        var formKey: String
        var seen: Int64
    }

    /// Seconds after which a browser that says nothing is signed out.
    static let idle: Int64 = 1_800
    /// Wrong tokens after which none is taken any more.
    static let mostFailures = 10

    init(token: String, now: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }) {
        self.token = Digest256(of: Array(token.utf8))
        self.now = now
    }

    /// A new secret: 128 bits in hexadecimal digits.
    static func secret() -> String {
        Hex.encode((0..<16).map { _ in UInt8.random(in: .min ... .max) })
    }

    /// Signs a browser in; nil where the token is another one, or too many were.
    func signIn(_ text: String) -> Session? {
        lock.withLock {
            guard failures < Self.mostFailures else { return nil }
            // Digests are compared, so that the time it takes says nothing of the token.
            guard Digest256(of: Array(text.utf8)) == token else {
                failures += 1
                return nil
            }
            let session = Session(id: Self.secret(), formKey: Self.secret(), seen: now())
            sessions[session.id] = session
            return session
        }
    }

    /// The session of a cookie, unless it was idle for too long.
    func find(_ id: String?) -> Session? {
        lock.withLock {
            guard let id, var session = sessions[id] else { return nil }
            guard now() - session.seen < Self.idle else {
                sessions[id] = nil
                return nil
            }
            session.seen = now()
            sessions[id] = session
            return session
        }
    }

    func signOut(_ id: String) { lock.withLock { sessions[id] = nil } }
}

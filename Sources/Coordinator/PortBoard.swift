/// Which ports the listeners got. Known only once they listen, because port 0 takes a free one.
final class PortBoard: Sendable {
    enum Name: String, Sendable, Hashable { case nodes, people, metrics }

    private struct State {
        var ports: [Name: Int] = [:]
        var failure: CoordinatorError?
        var waiting: [(Name, CheckedContinuation<Int, any Error>)] = []
    }

    private let state = Locked(State())

    /// The port, if it is known by now.
    func known(_ name: Name) -> Int? { state.withLock { $0.ports[name] } }

    /// Tells a port; whoever waits for it goes on.
    func set(_ name: Name, _ port: Int) {
        let woken = state.withLock { state in
            state.ports[name] = port
            let woken = state.waiting.filter { $0.0 == name }
            state.waiting.removeAll { $0.0 == name }
            return woken.map(\.1)
        }
        for continuation in woken { continuation.resume(returning: port) }
    }

    /// Tells that no port will come any more.
    func fail(_ error: CoordinatorError) {
        let woken = state.withLock { state in
            state.failure = error
            defer { state.waiting = [] }
            return state.waiting.map(\.1)
        }
        for continuation in woken { continuation.resume(throwing: error) }
    }

    /// The port, as soon as it is known.
    func port(_ name: Name) async throws -> Int {
        try await withCheckedThrowingContinuation { continuation in
            let known = state.withLock { state -> Result<Int, any Error>? in
                if let port = state.ports[name] { return .success(port) }
                if let failure = state.failure { return .failure(failure) }
                state.waiting.append((name, continuation))
                return nil
            }
            if let known { continuation.resume(with: known) }
        }
    }
}

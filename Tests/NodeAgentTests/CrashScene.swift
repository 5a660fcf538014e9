import FaultPoints
import Foundation

@testable import NodeAgent

/// What a kill would leave behind at each step that a command reaches.
enum CrashScene {
    struct Left: Sendable {
        let step: FaultPoint
        let state: StateDirectory
    }

    /// Runs `body` to its end, with a copy of the state directory made at each step.
    static func left(of state: StateDirectory, _ body: () async throws -> Void) async throws -> [Left] {
        let reached = Locked<[(FaultPoint, String)]>([])
        let observe: @Sendable (FaultPoint) -> Void = { step in
            reached.withLock { list in
                let copy = "\(state.path)-at-\(UUID().uuidString)"
                try? FileManager.default.copyItem(atPath: state.path, toPath: copy)
                try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: copy)
                list.append((step, copy))
            }
        }
        try await FaultPoint.$observer.withValue(observe) { try await body() }
        return try reached.withLock { $0 }.map { Left(step: $0.0, state: try StateDirectory($0.1)) }
    }
}

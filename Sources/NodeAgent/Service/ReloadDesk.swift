import Daemon
import Federation

/// The configuration in use, and the next one. A new one is used whole and only if it holds.
final class ReloadDesk: Sendable {
    private let bell: Bell
    private let log: NodeLog
    private let inUse: Locked<NodeService.Parts>
    /// What was in use before, until the new one has shown that it works.
    private let before = Locked<NodeService.Parts?>(nil)
    private let heard: Locked<Int>

    init(_ parts: NodeService.Parts, _ bell: Bell) {
        self.bell = bell
        log = NodeLog(parts.logger)
        inUse = Locked(parts)
        heard = Locked(bell.rings)
    }

    var parts: NodeService.Parts { inUse.withLock { $0 } }

    /// Opens a node with the configuration in use. A new one that cannot be opened (its store is not there) is given up for the
    /// one before.
    func open(_ body: (NodeService.Parts) async throws(NodeError) -> RunningNode) async throws(NodeError) -> RunningNode {
        let old = before.withLock { parts in
            defer { parts = nil }
            return parts
        }
        do throws(NodeError) {
            return try await body(parts)
        } catch {
            guard let old else { throw error }
            refuse(error)
            inUse.withLock { $0 = old }
            let running = try await body(old)
            await running.board.problem(error)
            return running
        }
    }

    /// Returns when there is a new configuration to use, or when the task is cancelled.
    func wait(telling running: RunningNode) async {
        while !Task.isCancelled {
            let seen = heard.withLock { $0 }
            if bell.rings == seen { await bell.wait(after: seen, atMost: .seconds(3_600)) }
            let rings = bell.rings
            guard rings != seen, !Task.isCancelled else { continue }
            heard.withLock { $0 = rings }
            if await reread(telling: running) { return }
        }
    }

    /// Reads both files. True where they hold and are used from now on.
    private func reread(telling running: RunningNode) async -> Bool {
        guard let reread = parts.reread else { return false }
        ServiceManager.reloading()
        do throws(NodeError) {
            let (configuration, policy) = try reread()
            guard configuration.hospital == parts.configuration.hospital else {
                throw NodeError(
                    .configuration, "node.yaml names \(configuration.hospital) now, and this is \(parts.configuration.hospital).",
                    advice: "Correct `node.id`; another hospital needs a state directory of its own.")
            }
            before.withLock { $0 = parts }
            inUse.withLock { parts in
                parts.configuration = configuration
                parts.policy = policy
            }
            log.info("the configuration was read anew", [.policy: policy.hash.text, .version: "\(policy.version)"])
            return true
        } catch {
            refuse(error)
            await running.board.problem(error)
            ServiceManager.ready("answering; the changed configuration is not in use, because it does not hold")
            return false
        }
    }

    private func refuse(_ error: NodeError) {
        // The place, and not the value there: it may be a secret in the wrong line.
        let places = error.problems.prefix(10).map { "\($0.file):\($0.line): \($0.path)" }
        log.error(
            "the changed configuration is not in use; the one before is kept",
            [.code: error.code.rawValue, .path: places.joined(separator: "; "), .advice: error.advice])
    }
}

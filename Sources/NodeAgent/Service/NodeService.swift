import CanonicalJSON
import Federation
import Foundation
import Logging
import Outbound
import ServiceLifecycle

/// The node's daemon: everything between a coordinator's ticket and its receipt. One value, one run.
///
/// `run` returns when the service group (or a cancelled task) tells it to end, after running evaluations had
/// `limits.drain_seconds` to finish. Whatever is not finished then is finished by the next run.
public struct NodeService: Service {
    /// What the daemon needs from outside itself.
    public struct Parts: Sendable {
        /// node.yaml
        public var configuration: NodeConfiguration
        /// policy.yaml
        public var policy: Policy
        /// Where everything is kept.
        public var state: StateDirectory
        /// The clock.
        public var clock: NodeClock
        /// Where the log goes.
        public var logger: Logger
        /// How long to wait after failures.
        var backoff = Backoff()
        /// Instead of the real way out, in tests.
        public var transport: NodeTransport?
        /// Instead of the configured store, in tests.
        public var source: (any AnswerSource)?

        /// The parts of a daemon.
        public init(
            configuration: NodeConfiguration, policy: Policy, state: StateDirectory, clock: NodeClock = .system,
            logger: Logger = Logger(label: "dure-node", factory: { JSONLogHandler(label: $0) }),
            transport: NodeTransport? = nil, source: (any AnswerSource)? = nil
        ) {
            self.configuration = configuration
            self.policy = policy
            self.state = state
            self.clock = clock
            self.logger = logger
            self.transport = transport
            self.source = source
        }
    }

    private let parts: Parts
    private let lock: StateLock
    private let identity: NodeIdentity

    /// Takes the state directory and reads the identity. Nothing is opened or sent yet.
    /// - Throws: `STATE_LOCKED`, `ENROLMENT`, `INTEGRITY`, `CONFIGURATION`.
    public init(_ parts: Parts) throws(NodeError) {
        self.parts = parts
        lock = try StateLock(parts.state)
        identity = try NodeIdentity(in: parts.state)
        guard identity.grant.node == parts.configuration.hospital else {
            throw NodeError(
                .configuration,
                "This node is enrolled as \(identity.grant.node), and node.yaml says \(parts.configuration.hospital).",
                advice: "Correct `node.id`, or use the state directory that belongs to it.")
        }
    }

    /// A daemon from the two files and a folder, as `dure-node run` starts it.
    public init(
        configurationFile: String, policyFile: String, stateDirectory: String,
        logger: Logger = Logger(label: "dure-node", factory: { JSONLogHandler(label: $0) })
    ) throws(NodeError) {
        try self.init(
            Parts(
                configuration: try NodeConfiguration(file: configurationFile), policy: try Policy(file: policyFile),
                state: try StateDirectory(stateDirectory), logger: logger))
    }

    /// Runs until told to end.
    public func run() async throws {
        let running = try await RunningNode(parts, identity)
        await withGracefulShutdownHandler {
            await running.run()
        } onGracefulShutdown: {
            running.stop.stop()
        }
        _ = lock  // held until here
    }
}

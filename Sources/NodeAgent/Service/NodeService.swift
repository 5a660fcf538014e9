import CanonicalJSON
import Daemon
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
        /// Answers are sent at the end of such a time after their ticket was taken up.
        var replySlot = Duration.seconds(1)
        /// How much a coordinator may put on the disk in a day.
        var allowance = IntakeAllowance.standard
        /// Instead of the real way out, in tests.
        public var transport: NodeTransport?
        /// Reads both files anew, for `reload`; nil where they did not come from files.
        public var reread: (@Sendable () throws(NodeError) -> (NodeConfiguration, Policy))?
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
    private let reloads = Bell()

    /// Takes the state directory and reads the identity. Nothing is opened or sent yet.
    /// - Throws: `STATE_LOCKED`, `ENROLMENT`, `INTEGRITY`, `CONFIGURATION`.
    public init(_ parts: Parts) throws(NodeError) {
        self.parts = parts
        lock = try StateLock(parts.state)
        try NodeRestore.requireWhole(parts.state)
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
        let state = try StateDirectory(stateDirectory)
        let reread = { @Sendable () throws(NodeError) in
            // The configuration first: where it does not hold, no policy comes in force.
            let configuration = try NodeConfiguration(file: configurationFile)
            return (configuration, try PolicyInForce(state).admit(policyFile))
        }
        let (configuration, policy) = try reread()
        var parts = Parts(configuration: configuration, policy: policy, state: state, logger: logger)
        parts.reread = reread
        try self.init(parts)
    }

    /// The seconds that running work gets at the end.
    public var drainSeconds: Int { parts.configuration.limits.drainSeconds }

    /// Reads node.yaml and policy.yaml anew, as SIGHUP asks for it. What holds is used from the next question on, after what
    /// runs has had its time to finish; where something is wrong, everything stays as it is and the log says why.
    public func reload() { reloads.ring() }

    /// Runs until told to end. While everything is stopped by hand it stands still, and goes on by itself once that is lifted.
    public func run() async throws {
        let ended = StopSignal()
        try await withGracefulShutdownHandler {
            try await run(until: ended)
        } onGracefulShutdown: {
            ServiceManager.stopping()
            ended.stop()
        }
        _ = lock  // held until here
    }

    private func run(until ended: StopSignal) async throws {
        let reload = ReloadDesk(parts, reloads)
        while !ended.isStopping, !Task.isCancelled {
            if StopSwitch(parts.state).isStopped {
                try await StandStill(reload.parts, identity.grant.node).untilLifted(or: ended)
            } else {
                // Read anew: a renewal may have come while the node stood still.
                let identity = try NodeIdentity(in: parts.state)
                try await answer(reload.open { parts throws(NodeError) in try await RunningNode(parts, identity) }, reload, ended)
            }
        }
    }

    /// Answers until told to end or to use a new configuration, which lets running evaluations finish, or until everything is
    /// stopped, which does not.
    private func answer(_ running: RunningNode, _ reload: ReloadDesk, _ ended: StopSignal) async {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await running.run()
                return true
            }
            group.addTask {
                await ended.wait()
                running.stop.stop()
                return false
            }
            group.addTask {
                await reload.wait(telling: running)
                running.stop.stop()
                return false
            }
            group.addTask {
                await StandStill.stopped(in: parts.state)
                return true
            }
            // Cancelled tasks and requests under way end at once; nothing more is read from or written to the network.
            while let isOver = await group.next() { if isOver { group.cancelAll() } }
        }
    }
}

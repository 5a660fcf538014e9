import Federation
import Foundation

/// Stopping everything and lifting it, as a command does it beside the daemon or without one.
public struct EmergencyStop: Sendable {
    private let state: StateDirectory
    private let clock: NodeClock

    /// For the node in `state`.
    public init(_ state: StateDirectory, clock: NodeClock = .system) {
        self.state = state
        self.clock = clock
    }

    /// What came of stopping.
    public struct Report: Sendable {
        /// Since when nothing has left.
        public var at: Timestamp
        /// The daemon's process, where it had to be killed.
        public var killed: Int?
        /// Whether a daemon may still run that did not confirm.
        public var mayStillRun = false
        /// Why what is stored could not be settled; the next start of the daemon does it.
        public var problem: NodeError?
    }

    /// Stops everything: first the order on disk, then the daemon's confirmation or its end, then what is stored.
    public func run(by person: Operator, reason: String) async throws(NodeError) -> Report {
        let stop = StopSwitch(state)
        let asked = clock.now()
        try stop.stop(by: person, reason: reason, at: Timestamp(asked))
        var report = Report(at: Timestamp(clock.now()))
        if await !hasConfirmed() {
            report.killed = kill()
            report.mayStillRun = StateLock.isHeld(state)
        }
        // A second later than the order at most: what counts is when the last byte may have left.
        report.at = Timestamp(max(clock.now(), asked))
        do throws(NodeError) {
            try Operator.becomeOwner(of: state.path)
            if Files.exists(state.database) {
                try await spool().stopEverything(stop.order, at: Timestamp(clock.now()))
            }
        } catch {
            report.problem = error
        }
        return report
    }

    /// A person says yes to lifting.
    public func lift(by person: Operator) async throws(NodeError) -> StopSwitch.Lifting {
        let stop = StopSwitch(state)
        let now = Timestamp(clock.now())
        return try await stop.lift(by: person, at: now) { first async throws(NodeError) in
            guard Files.exists(state.database) else { return }
            let spool = try spool()
            // What was computed between the order and the daemon's standing still does not leave either.
            try await spool.stopEverything(stop.order, at: now)
            try await spool.lifted(by: person, after: first, at: now)
        }
    }

    private func spool() throws(NodeError) -> Spool {
        try Spool(state, hospital: NodeStatus.read(in: state)?.hospital ?? HospitalID(unchecked: HospitalID.example))
    }

    /// Whether no daemon runs, or it says that it stands still. Asked for two seconds.
    private func hasConfirmed() async -> Bool {
        for _ in 0..<40 {
            if !StateLock.isHeld(state) || NodeStatus.read(in: state)?.connection == StandStill.word { return true }
            try? await Task.sleep(for: .milliseconds(50))
        }
        return false
    }

    /// Ends the process that holds the state directory, and waits for its end.
    private func kill() -> Int? {
        guard let pid = StateLock.holder(state), pid > 1, Foundation.kill(pid_t(pid), SIGKILL) == 0 else { return nil }
        for _ in 0..<40 where StateLock.isHeld(state) { usleep(50_000) }
        return pid
    }
}

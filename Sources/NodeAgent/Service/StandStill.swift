import CanonicalJSON
import Daemon
import Federation
import Foundation

/// The daemon while everything is stopped by hand: it looks for the end of it, and does nothing else.
struct StandStill: Sendable {
    private let parts: NodeService.Parts
    private let hospital: HospitalID

    init(_ parts: NodeService.Parts, _ hospital: HospitalID) {
        self.parts = parts
        self.hospital = hospital
    }

    /// What `status` says then.
    static let word = "stopped by hand"

    /// How often the switch is looked at: what a stop takes at most before it begins to work.
    private static let look = Duration.milliseconds(100)

    /// Returns when everything was stopped, or when the task is cancelled.
    static func stopped(in state: StateDirectory) async {
        let stop = StopSwitch(state)
        while !stop.isStopped, !Task.isCancelled { try? await Task.sleep(for: look) }
    }

    /// Drops what is unsent, then waits.
    func untilLifted(or ended: StopSignal) async throws(NodeError) {
        let stop = StopSwitch(parts.state)
        let log = NodeLog(parts.logger)
        log.warning("everything is stopped by hand", [.advice: "two persons lift it, each with: dure-node lift"])
        let spool = try Spool(parts.state, hospital: hospital)
        try await spool.stopEverything(stop.order, at: Timestamp(parts.clock.now()))
        tell()
        let metrics = parts.configuration.metricsFile.map { file in
            NodeMetrics(file: file, state: parts.state, spool: spool, clock: parts.clock)
        }
        ServiceManager.ready(Self.word)
        let interval = ServiceManager.watchdogInterval()
        var fed = ContinuousClock.now
        var shown: ContinuousClock.Instant?
        while stop.isStopped, !ended.isStopping {
            await ended.sleep(Self.look)
            if let interval, ContinuousClock.now - fed >= interval {
                ServiceManager.alive()
                fed = .now
            }
            if let status = NodeStatus.read(in: parts.state),
                shown.map({ ContinuousClock.now - $0 >= NodeMetrics.interval }) ?? true
            {
                try? await metrics?.write(status)
                shown = .now
            }
        }
        if !stop.isStopped { log.info("the stop was lifted") }
    }

    /// Confirms to `stop-everything`, which waits for it.
    private func tell() {
        guard var status = NodeStatus.read(in: parts.state) else { return }
        status.connection = Self.word
        status.pid = Int(getpid())
        status.written = Timestamp(parts.clock.now())
        try? Files.write(status.json.canonicalBytes(), to: parts.state.file(NodeStatus.file))
    }
}

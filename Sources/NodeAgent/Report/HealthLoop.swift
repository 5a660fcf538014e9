import Daemon
import Federation

/// Tells the coordinator how the node is: at the start, each minute, and when something changed.
struct HealthLoop: Sendable {
    let link: CoordinatorLink
    let spool: Spool
    let board: StatusBoard
    let state: StateDirectory
    let bells: Bells
    let stop: StopSignal
    let clock: NodeClock
    let pulse: Pulse
    let signer: HeadSigner

    /// How many lines are written to the audit log before the node signs for it anew.
    static let linesPerHead = 20

    func run() async {
        while !stop.isStopping {
            await pulse.promise("health", within: .seconds(60) + PollLoop.patience)
            let seen = bells.health.rings
            // A missed report is made good by the next one.
            _ = await stop.cancelling { try? await link.health(report()) }
            await stop.cancelling { await bells.health.wait(after: seen, atMost: .seconds(60)) }
        }
        await pulse.ended("health")
    }

    func report() async -> NodeHealth {
        let status = await board.current
        let counts = (try? await spool.counts()) ?? [:]
        let waiting = counts.filter { [.acknowledge, .evaluate, .decide].contains($0.key.duty) }.map(\.value).reduce(0, +)
        let isDegraded = status.problem != nil && !status.problemIsOfLink || status.isClockOff
        return NodeHealth(
            node: status.hospital, boot: link.boot,
            state: state.pauseMessage != nil ? .paused : isDegraded ? .degraded : .running, software: NodeSoftware.name,
            provenance: status.provenance, policy: status.policy, time: Timestamp(clock.now()), waiting: waiting,
            certificateExpires: status.certificateExpires,
            // A report without it is better than none; the next one has it.
            auditHead: try? await signer.head(every: Self.linesPerHead, at: Timestamp(clock.now())))
    }
}

import Daemon
import Federation

/// The node's metrics, for the textfile collector of node_exporter. Off unless node.yaml names a file.
///
/// **No number here comes from patients**: not a count, not what was hidden, not a size of the store or of its index, and not
/// how long an answer took or how much memory, because those follow from patients too. Two nodes with the same questions and
/// different patients write the same lines.
struct NodeMetrics: Sendable {
    let file: String
    let state: StateDirectory
    let spool: Spool
    let clock: NodeClock

    /// How often the file is written.
    static let interval = Duration.seconds(15)

    /// Everything that can stand in `dure_node_state`.
    static let standings = PollMachine.Standing.allCases.map(\.rawValue) + [StandStill.word]

    /// Writes the file. A metric that cannot be written must not stop the node from answering.
    func write(_ status: NodeStatus, isUp: Bool = true) async throws {
        let counts = (try? await spool.counts()) ?? [:]
        try text(status, counts, isUp: isUp).write(to: file)
    }

    func text(_ status: NodeStatus, _ counts: [TicketState: Int], isUp: Bool) -> MetricsText {
        var text = MetricsText()
        text.add(
            "dure_node_info", "Always 1; the labels say who, which program and which policy.",
            [
                .init(
                    1,
                    [
                        "hospital": status.hospital.rawValue, "version": NodeSoftware.version, "policy": status.policy.short,
                        "policy_version": "\(status.policyVersion)",
                    ])
            ])
        text.add("dure_node_up", "1 while the daemon runs, 0 after it has ended as it should.", isUp ? 1 : 0)
        text.add(
            "dure_node_written_timestamp_seconds", "When this was written: alert if it is older than a minute.", clock.now())
        text.add("dure_node_started_timestamp_seconds", "When the daemon started.", status.started.seconds)
        let standing = standing(status)
        text.add(
            "dure_node_state", "1 for the state that the node is in, 0 for the others.",
            Self.standings.map { .init($0 == standing ? 1 : 0, ["state": $0]) })
        text.add(
            "dure_node_last_contact_timestamp_seconds", "When the coordinator last answered.", status.lastContact?.seconds)
        text.add(
            "dure_node_questions", "Questions in the spool, by state. A number of questions, not of patients.",
            TicketState.allCases.map { .init(Int64(counts[$0] ?? 0), ["state": $0.rawValue]) })
        text.add(
            "dure_node_certificate_expires_timestamp_seconds", "When the certificate ends.", status.certificateExpires.seconds)
        text.add("dure_node_clock_offset_seconds", "The coordinator's clock minus this machine's.", status.clockOffset)
        text.add(
            "dure_node_problem", "1 for what went wrong last, until something goes right.",
            status.problem.map { [.init(1, ["code": $0.code])] } ?? [])
        return text
    }

    private func standing(_ status: NodeStatus) -> String {
        if StopSwitch(state).isStopped { return StandStill.word }
        return state.pauseMessage != nil ? PollMachine.Standing.paused.rawValue : status.connection
    }
}

/// Writes the metrics now and then.
struct MetricsLoop: Sendable {
    let metrics: NodeMetrics
    let board: StatusBoard
    let stop: StopSignal
    let log: NodeLog

    func run() async {
        var isBroken = false
        while !stop.isStopping {
            do {
                try await metrics.write(await board.current)
                isBroken = false
            } catch {
                if !isBroken {
                    log.warning(
                        "the metrics cannot be written",
                        [.path: metrics.file, .advice: "check the folder, its owner, and the unit's ReadWritePaths="])
                }
                isBroken = true
            }
            await stop.sleep(NodeMetrics.interval)
        }
    }

    /// Says that the daemon has ended.
    func end() async { try? await metrics.write(await board.current, isUp: false) }
}

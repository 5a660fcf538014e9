import Daemon
import Federation

/// The guardian's metrics, for the textfile collector of node_exporter. No number here comes from patients: totals are counted,
/// never said.
struct GuardianMetrics: Sendable {
    let id: GuardianID
    let started: Timestamp
    var isUp = true
    var lastContact: Timestamp?
    /// Totals opened or refused since the start.
    var settled: Int64 = 0
    /// Rounds that were not finished since the start.
    var failures: Int64 = 0

    init(id: GuardianID, started: Timestamp) {
        self.id = id
        self.started = started
    }

    func text(at now: Timestamp) -> MetricsText {
        var text = MetricsText()
        text.add(
            "dure_guardian_info", "Always 1; the labels say who and which program.",
            [.init(1, ["guardian": id.rawValue, "version": GuardianRoom.version])])
        text.add("dure_guardian_up", "1 while it runs, 0 after it has ended as it should.", isUp ? 1 : 0)
        text.add("dure_guardian_written_timestamp_seconds", "When this was written.", now.seconds)
        text.add("dure_guardian_started_timestamp_seconds", "When it started.", started.seconds)
        text.add(
            "dure_guardian_last_contact_timestamp_seconds", "When a round with the coordinator was last finished.",
            lastContact?.seconds)
        text.add("dure_guardian_requests_total", "Requests settled since the start, opened or refused.", settled, as: .counter)
        text.add("dure_guardian_failures_total", "Rounds not finished since the start.", failures, as: .counter)
        return text
    }
}

import Daemon
import Federation
import GRDB

/// The coordinator's metrics, for Prometheus.
///
/// **No number here comes from patients**: nodes, questions and tickets are counted, results are never looked at.
struct CoordinatorMetrics: Sendable {
    let office: CoordinatorOffice
    let certificateExpires: @Sendable () -> Timestamp
    private let started: Timestamp

    init(office: CoordinatorOffice, certificateExpires: @escaping @Sendable () -> Timestamp) {
        self.office = office
        self.certificateExpires = certificateExpires
        started = office.clock.now
    }

    func text() async throws -> MetricsText {
        let now = office.clock.now
        var text = MetricsText()
        text.add(
            "dure_coordinator_info", "Always 1; the labels say which consortium and which program.",
            [.init(1, ["consortium": office.configuration.consortiumID, "version": CoordinatorRoom.version])])
        text.add("dure_coordinator_started_timestamp_seconds", "When it started.", started.seconds)
        text.add(
            "dure_coordinator_certificate_expires_timestamp_seconds", "When the server certificate ends.",
            certificateExpires().seconds)
        text.add("dure_coordinator_writable", "1 while the state can be written.", await office.database.isWritable() ? 1 : 0)
        try await addNodes(&text, now)
        try await addTickets(&text, now)
        return text
    }

    private func addNodes(_ text: inout MetricsText, _ now: Timestamp) async throws {
        let nodes = try await office.nodes.list()
        let standings = nodes.map { $0.standing(at: now, silentAfter: office.configuration.silentAfter) }
        text.add(
            "dure_coordinator_nodes", "Enrolled nodes, by how they stand.",
            NodeSummary.Standing.allCases.map { standing in
                .init(Int64(standings.filter { $0 == standing }.count), ["standing": standing.rawValue])
            })
        text.add(
            "dure_coordinator_node_last_contact_timestamp_seconds", "When a node was last heard of.",
            nodes.compactMap { node in
                node.lastContact.map { .init($0.seconds, ["hospital": node.hospital.rawValue]) }
            })
    }

    private func addTickets(_ text: inout MetricsText, _ now: Timestamp) async throws {
        let (counts, open, oldest) = try await office.database.read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT state, count(*) AS n FROM ticket GROUP BY state")
            return (
                Dictionary(uniqueKeysWithValues: rows.map { ($0["state"] as String, $0["n"] as Int64) }),
                try Int64.fetchOne(
                    db, sql: "SELECT count(*) FROM query WHERE cancelled_at IS NULL AND expires_at > ?",
                    arguments: [now.seconds]),
                try Int64.fetchOne(db, sql: "SELECT min(state_since) FROM ticket WHERE state IN ('queued', 'leased')")
            )
        }
        text.add(
            "dure_coordinator_tickets", "Tickets, by state. A ticket is a question to one hospital.",
            TicketLifecycle.State.allCases.map { .init(counts[$0.rawValue] ?? 0, ["state": $0.rawValue]) })
        text.add("dure_coordinator_queries_open", "Questions that hospitals may still answer.", open)
        text.add(
            "dure_coordinator_oldest_waiting_timestamp_seconds", "Since when the oldest ticket waits for its node.", oldest)
    }
}

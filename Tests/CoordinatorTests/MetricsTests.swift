import Daemon
import Federation
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@testable import Coordinator

@Suite struct MetricsTests {
    /// Everything that may stand there. A new name needs a look at the rule: no number from patients.
    static let names: Set = [
        "dure_coordinator_info", "dure_coordinator_started_timestamp_seconds",
        "dure_coordinator_certificate_expires_timestamp_seconds", "dure_coordinator_writable", "dure_coordinator_nodes",
        "dure_coordinator_node_last_contact_timestamp_seconds", "dure_coordinator_tickets", "dure_coordinator_queries_open",
        "dure_coordinator_oldest_waiting_timestamp_seconds",
    ]

    private func text(_ coordinator: TestCoordinator) async throws -> String {
        let expires = coordinator.time.clock.now
        return try await CoordinatorMetrics(office: coordinator.office, certificateExpires: { expires }).text().text
    }

    @Test func theyAreAClosedListAndSayNothingThatIsNotKnown() async throws {
        let coordinator = try await TestCoordinator.make()
        let text = try await text(coordinator)
        let names = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { String($0.prefix { $0 != "{" && $0 != " " }) }
        #expect(Set(names).isSubset(of: Self.names))
        #expect(text.contains("dure_coordinator_tickets{state=\"answered\"} 0\n"))
        #expect(text.contains("dure_coordinator_nodes{standing=\"online\"} 0\n"))
        #expect(!text.contains("oldest_waiting"))
    }

    @Test func theyAreShownOnLoopbackAlone() async throws {
        let coordinator = try await TestCoordinator.make { $0.metricsPort = 0 }
        try await LiveListenerTests().serving(coordinator) { addresses in
            let port = try await coordinator.service.metricsPort()
            try await TestClient.withClient(host: "127.0.0.1", port: port, configuration: .init(timeout: .seconds(20))) {
                client in
                let response = try await client.get("/metrics")
                #expect(response.status == .ok)
                #expect(String(buffer: try #require(response.body)).contains("dure_coordinator_writable 1\n"))
            }
            // Nothing else is there, and the metrics are nowhere else.
            #expect(port != addresses.nodesPort && port != addresses.peoplePort)
            #expect(try await coordinator.people(.get, "metrics").status == 404)
        }
    }

    @Test func theyAreOffUnlessAPortIsNamed() throws {
        let yaml = """
            schema: dure.coordinator/1
            consortium: { id: "C", name_en: "C" }
            listen: { nodes: { host: "127.0.0.1", port: 1 }, people: { host: "127.0.0.1", port: 2 }, hosts: ["localhost"]PORT }
            """
        #expect(try CoordinatorConfiguration(yaml: yaml.replacing("PORT", with: "")).metricsPort == nil)
        #expect(try CoordinatorConfiguration(yaml: yaml.replacing("PORT", with: ", metrics_port: 9464")).metricsPort == 9_464)
    }
}

import Daemon
import Federation
import Testing

@testable import Guardian

@Suite struct `The guardian's metrics` {
    @Test func `Count totals and never say one; what is not known is not there`() {
        var metrics = GuardianMetrics(id: GuardianID(unchecked: "G-TEST"), started: Timestamp(100))
        metrics.settled = 2
        let text = metrics.text(at: Timestamp(160)).text
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
        #expect(
            lines == [
                "dure_guardian_info{guardian=\"G-TEST\",version=\"\(GuardianRoom.version)\"} 1", "dure_guardian_up 1",
                "dure_guardian_written_timestamp_seconds 160", "dure_guardian_started_timestamp_seconds 100",
                "dure_guardian_requests_total 2", "dure_guardian_failures_total 0",
            ])
    }
}

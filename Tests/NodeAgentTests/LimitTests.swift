import Disclosure
import Federation
import Foundation
import Testing

@testable import NodeAgent

@Suite struct `What one node may use` {
    @Test(arguments: [1, 3]) func `No more questions are evaluated at one time than node yaml says`(limit: Int) async throws {
        var node = try TestNode()
        node.yaml = Consortium.nodeYAML.replacing("limits: {", with: "limits: { concurrent_queries: \(limit),")
        let (now, most, open) = (Locked(0), Locked(0), Locked(false))
        node.source.instead = { isCancelled throws(EvaluationRefusal) in
            let count = now.withLock { count in
                count += 1
                return count
            }
            most.withLock { $0 = max($0, count) }
            // Each waits until as many run as may, so that the limit is reached; the last ones have nobody to wait for.
            while !open.withLock({ $0 }), now.withLock({ $0 }) < limit, !isCancelled() { usleep(1_000) }
            open.withLock { $0 = true }
            usleep(20_000)
            now.withLock { $0 -= 1 }
        }
        let running = node
        try await running.running {
            for concept in 20..<26 {
                await running.coordinator.offer(
                    try running.consortium.signed(try running.consortium.ticket(Consortium.question(concept))))
            }
            try await running.coordinator.answered(6)
        }
        #expect(most.withLock { $0 } == limit)
    }
}

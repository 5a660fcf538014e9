import Daemon
import FaultPoints
import Federation

/// Tells the coordinator which tickets are safe here.
struct AcknowledgeLoop: Sendable {
    let link: CoordinatorLink
    let spool: Spool
    let backoff: Backoff
    let bells: Bells
    let stop: StopSignal
    let clock: NodeClock
    let pulse: Pulse
    let log: NodeLog

    func run() async {
        var failures = 0
        while !stop.isStopping {
            await pulse.promise("acknowledge", within: PollLoop.patience)
            let seen = bells.acknowledge.rings
            let progress = await stop.cancelling { await step() }
            switch progress {
            case nil: break
            case .did?: failures = 0
            case .nothing?: await stop.cancelling { await bells.acknowledge.wait(after: seen, atMost: .seconds(30)) }
            case .failed?:
                failures += 1
                let pause = backoff.delay(failures: failures, fraction: Double.random(in: 0..<1))
                await pulse.promise("acknowledge", within: pause + PollLoop.patience)
                await stop.sleep(pause)
            }
        }
        await pulse.ended("acknowledge")
    }

    enum Step: Sendable, Hashable { case did, nothing, failed }

    /// Acknowledges one ticket, or says again what did not arrive.
    func step() async -> Step {
        do throws(NodeError) {
            for ticket in bells.takeAcknowledgements() {
                await pulse.promise("acknowledge", within: PollLoop.patience)
                _ = try? await link.acknowledge(ticket)
            }
            await pulse.promise("acknowledge", within: PollLoop.patience)
            guard let entry = try await spool.next(.acknowledge) else { return .nothing }
            do throws(LinkFailure) {
                FaultPoint.reach(.nodeAcknowledging)
                try await link.acknowledge(entry.id)
                FaultPoint.reach(.nodeAcknowledgeSent)
            } catch  where error.kind == .refused {
                // Settled over there while it was on its way: nobody waits for an answer any more.
                try await spool.move(entry.id, .withdrawn, at: Timestamp(clock.now()), outcome: error.code)
                log.info("ticket withdrawn", [.ticket: entry.id.rawValue, .code: error.code])
                return .did
            } catch {
                return .failed
            }
            try await spool.move(entry.id, .acknowledged, at: Timestamp(clock.now()))
            FaultPoint.reach(.nodeAcknowledged)
            bells.evaluate.ring()
            return .did
        } catch {
            log.error("the spool cannot be used", [.code: error.code.rawValue, .advice: error.advice])
            return .failed
        }
    }
}

import Daemon
import FaultPoints
import Federation

/// Does what the poll machine says.
struct PollLoop: Sendable {
    let link: CoordinatorLink
    let intake: Intake
    let waitSeconds: Int
    let backoff: Backoff
    let board: StatusBoard
    let state: StateDirectory
    let stop: StopSignal
    let pulse: Pulse
    let log: NodeLog

    /// What a request or a pause may take beyond its own time before this loop counts as hanging.
    static let patience = Duration.seconds(90)

    func run() async {
        var machine = PollMachine(backoff: backoff)
        var event = PollMachine.Event.ready
        while true {
            if stop.isStopping {
                event = .stop
            } else if [.ready, .answered, .hurried].contains(event), state.pauseMessage != nil {
                event = .paused
            }
            let action = machine.on(event, fraction: Double.random(in: 0..<1))
            await board.standing(machine.standing)
            switch action {
            case .finish:
                await pulse.ended("poll")
                return
            case .wait(let duration):
                await pulse.promise("poll", within: duration + Self.patience)
                await stop.sleep(duration)
                event = .ready
            case .poll(let sequence):
                // Not connected yet: a short poll, so that a person sees soon that the way is open.
                let wait = machine.standing == .connected ? waitSeconds : 1
                await pulse.promise("poll", within: .seconds(wait) + Self.patience)
                event = await stop.cancelling { await poll(sequence, wait: wait) } ?? .stop
            }
        }
    }

    private func poll(_ sequence: Int, wait: Int) async -> PollMachine.Event {
        let asked = ContinuousClock.now
        do throws(LinkFailure) {
            let delivery = try await link.poll(wait: wait, sequence: sequence)
            let nothing: PollMachine.Event = .now - asked < PollMachine.hurriedBelow ? .hurried : .answered
            await board.contact()
            guard let delivery else { return nothing }
            FaultPoint.reach(.nodeDelivered)
            do throws(NodeError) {
                return try await intake.take(delivery) > 0 ? .answered : nothing
            } catch {
                log.error("a delivery could not be stored", [.code: error.code.rawValue, .advice: error.advice])
                await board.problem(error)
                return .failed(retryAfter: nil)
            }
        } catch {
            switch error.kind {
            case .cancelled: return stop.isStopping ? .stop : .failed(retryAfter: nil)
            case .identityConflict:
                log.error("another agent uses this hospital's identity", [.code: error.code, .advice: error.advice])
                await board.problem(error.words)
                return .conflict
            case .later, .refused, .notEnrolled:
                log.warning("the poll failed", [.code: error.code, .advice: error.advice])
                await board.problem(error.words)
                return .failed(retryAfter: error.retryAfter)
            }
        }
    }
}

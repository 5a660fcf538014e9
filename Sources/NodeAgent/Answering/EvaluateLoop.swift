import Daemon
import FaultPoints
import Federation

/// Takes up tickets and answers them, one at a time; a node runs several.
struct EvaluateLoop: Sendable {
    let spool: Spool
    let answerer: Answerer
    let claims: Claims
    let link: CoordinatorLink
    let board: StatusBoard
    let state: StateDirectory
    let shelf: IndexShelf
    /// When the policy lets questions be evaluated.
    let hours: AnswerHours
    let bells: Bells
    let stop: StopSignal
    let clock: NodeClock
    let pulse: Pulse
    /// What one question may take, with everything around it, before this loop counts as hanging.
    let longest: Duration
    let log: NodeLog

    /// - Parameter number: tells this loop from the others of the node.
    func run(_ number: Int) async {
        let name = "evaluate-\(number)"
        while !stop.isStopping {
            await pulse.promise(name, within: longest)
            let seen = bells.evaluate.rings
            if isOpen, await step() { continue }
            await stop.cancelling { await bells.evaluate.wait(after: seen, atMost: .seconds(5)) }
        }
        await pulse.ended(name)
    }

    /// Whether questions are worked on at this moment.
    private var isOpen: Bool {
        state.pauseMessage == nil && hours.isOpen(Timestamp(clock.now()))
            && RefreshState.read(in: state, shelf: shelf)?.holdsAnswers != true
    }

    /// Answers one ticket. False where there is none, or where something has to get better first.
    func step() async -> Bool {
        do throws(NodeError) {
            _ = try await spool.takeUpDue(at: Timestamp(clock.now()))
            guard let entry = try await claims.take(spool) else { return false }
            let result = await answer(entry)
            await claims.giveBack(entry.id)
            return try result.get()
        } catch {
            log.error("a ticket could not be answered yet", [.code: error.code.rawValue, .advice: error.advice])
            await board.problem(error)
            return false
        }
    }

    private func answer(_ entry: Spool.Entry) async -> Result<Bool, NodeError> {
        do throws(NodeError) {
            let now = Timestamp(clock.now())
            guard try await spool.move(entry.id, .takenUp, at: now) != nil else { return .success(true) }
            FaultPoint.reach(.nodeTakenUp)
            // A line on a screen: whether it arrives changes nothing.
            async let told: Void? = try? link.progress(NodeProgress(ticket: entry.id, stage: .evaluating, since: now))
            let result = try await answerer.answer(entry)
            _ = await told
            switch result {
            case .stored: bells.send.ring()
            case .held(let since):
                _ = try? await link.progress(NodeProgress(ticket: entry.id, stage: .held, since: since))
            case .nothing: break
            }
            return .success(result != .nothing)
        } catch {
            return .failure(error)
        }
    }
}

/// Which tickets are being worked on in this process.
actor Claims {
    private var busy: Set<TicketID> = []

    func take(_ spool: Spool) async throws(NodeError) -> Spool.Entry? {
        while let entry = try await spool.next(.evaluate, except: busy) {
            // Another loop may have taken it while this one asked.
            if busy.insert(entry.id).inserted { return entry }
        }
        return nil
    }

    func giveBack(_ ticket: TicketID) { busy.remove(ticket) }
}

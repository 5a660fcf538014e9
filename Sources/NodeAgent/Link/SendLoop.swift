import Daemon
import FaultPoints
import Federation

/// Sends stored answers until their receipts are stored.
struct SendLoop: Sendable {
    let link: CoordinatorLink
    let spool: Spool
    let backoff: Backoff
    let bells: Bells
    let slots: ReplySlots
    let board: StatusBoard
    let stop: StopSignal
    let clock: NodeClock
    let pulse: Pulse
    let log: NodeLog

    enum Step: Sendable, Hashable { case did, nothing, failed(retryAfter: Int?) }

    func run() async {
        var failures = 0
        while !stop.isStopping {
            await pulse.promise("send", within: PollLoop.patience)
            let seen = bells.send.rings
            switch await stop.cancelling({ await step() }) {
            case nil: break
            case .did?: failures = 0
            case .nothing?:
                let next = slots.waiting().first.map { max(.milliseconds(1), $0 - .now) } ?? .seconds(30)
                await stop.cancelling { await bells.send.wait(after: seen, atMost: min(.seconds(30), next)) }
            case .failed(let retryAfter)?:
                failures += 1
                let own = backoff.delay(failures: failures, fraction: Double.random(in: 0..<1))
                let pause = max(own, .seconds(retryAfter ?? 0))
                await pulse.promise("send", within: pause + PollLoop.patience)
                await stop.sleep(pause)
            }
        }
        await pulse.ended("send")
    }

    /// Sends one answer.
    func step() async -> Step {
        do throws(NodeError) {
            for ticket in bells.takeAnswers() {
                await pulse.promise("send", within: PollLoop.patience)
                if let entry = try await spool.entry(ticket), let answer = entry.answer {
                    _ = try? await link.answer(answer, to: ticket)
                }
            }
            guard let entry = try await spool.next(.send, except: slots.waiting().tickets), let answer = entry.answer else {
                return .nothing
            }
            await pulse.promise("send", within: PollLoop.patience)
            try await spool.markTried(entry.id, at: Timestamp(clock.now()))
            return try await send(answer, to: entry.id)
        } catch {
            log.error("the spool cannot be used", [.code: error.code.rawValue, .advice: error.advice])
            await board.problem(error)
            return .failed(retryAfter: nil)
        }
    }

    private func send(_ answer: [UInt8], to ticket: TicketID) async throws(NodeError) -> Step {
        let now = Timestamp(clock.now())
        do throws(LinkFailure) {
            FaultPoint.reach(.nodeAnswerSending)
            let receipt = try await link.answer(answer, to: ticket)
            FaultPoint.reach(.nodeReceiptArrived)
            try await store(receipt, ticket, now)
            FaultPoint.reach(.nodeReceiptStored)
            await board.contact()
            log.info("answer sent", [.ticket: ticket.rawValue, .bytes: "\(answer.count)"])
            return .did
        } catch {
            switch error.kind {
            case .refused:
                log.warning("the coordinator does not take an answer", [.ticket: ticket.rawValue, .code: error.code])
                try await spool.move(ticket, .answerRefused, at: now, outcome: error.code)
                return .did
            case .later, .cancelled, .identityConflict, .notEnrolled:
                log.warning("an answer could not be sent yet", [.ticket: ticket.rawValue, .code: error.code])
                await board.problem(error.words)
                return .failed(retryAfter: error.retryAfter)
            }
        }
    }

    /// A receipt that cannot be stored means that the answer is sent once more, which is harmless.
    private func store(_ receipt: SignedDocument, _ ticket: TicketID, _ now: Timestamp) async throws(LinkFailure) {
        do throws(NodeError) {
            try await spool.store(receipt: receipt, for: ticket, at: now)
        } catch {
            await board.problem(error)
            throw LinkFailure(unreadable: "the receipt could not be stored (\(error.code.rawValue))")
        }
    }
}

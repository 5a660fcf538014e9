import Daemon
import Federation
import Foundation
import Outbound

/// A daemon with everything open: its loops, and the order in which they end.
struct RunningNode: Sendable {
    let stop = StopSignal()
    let spool: Spool
    let answerer: Answerer
    let board: StatusBoard
    let bells: Bells
    let log: NodeLog
    private let pulse = Pulse()
    private let slots: ReplySlots
    private let parts: NodeService.Parts
    private let poll: PollLoop
    private let acknowledge: AcknowledgeLoop
    private let evaluate: EvaluateLoop
    private let send: SendLoop
    private let health: HealthLoop
    private let metrics: MetricsLoop?
    /// None where a test's own source is answered from.
    private let data: DataLoop?
    private let catalogue: CatalogueLoop?
    let renewal: Renewal

    init(_ parts: NodeService.Parts, _ identity: NodeIdentity) async throws(NodeError) {
        self.parts = parts
        let clock = parts.clock
        let log = NodeLog(parts.logger)
        self.log = log
        let (state, bells, stop, pulse) = (parts.state, Bells(), stop, pulse)
        self.bells = bells
        let spool = try Spool(state, hospital: identity.grant.node)
        self.spool = spool
        try await spool.check()
        let secret = try NodeSecret(in: state)
        let shelf = IndexShelf(state, source: parts.configuration.source.id)
        // Looked at before it is opened: an index that takes its place meanwhile is taken up by the loop.
        let known = shelf.current
        let source = try Self.source(parts, log)
        let place = parts.source == nil ? known ?? shelf.current : nil
        if let place { try await DataLoop.note(place, in: spool, at: Timestamp(clock.now())) }

        let client = try Self.client(parts, identity)
        let transport =
            parts.transport ?? client.map(NodeTransport.live)
            ?? NodeTransport { _ async throws(OutboundError) in
                throw OutboundError(.closed, "There is no way out.", advice: "Report this.")
            }
        var random = SystemRandomNumberGenerator()
        let link = CoordinatorLink(
            base: identity.grant.nodesURL, transport: transport, coordinatorKey: identity.grant.coordinatorKey,
            boot: BootID.random(using: &random))
        let board = StatusBoard(
            NodeStatus(
                hospital: identity.grant.node, pid: Int(getpid()), started: Timestamp(clock.now()),
                certificateExpires: identity.certificate.expires, policy: parts.policy, provenance: source.provenance),
            state: state, clock: clock, log: log, bells: bells)
        self.board = board
        let desk = try await ReleaseDesk(
            secret: secret, source: source, spool: spool, keeps: true, mark: LedgerMark(state), now: Timestamp(clock.now()))
        let slots = ReplySlots(parts.replySlot)
        self.slots = slots
        let answerer = Answerer(
            policy: parts.policy, source: source, desk: desk, spool: spool, slots: slots, signing: identity.keys.signing,
            coordinatorKey: identity.grant.coordinatorKey, secondsPerQuery: parts.configuration.limits.secondsPerQuery,
            isCourier: parts.configuration.transport.isCourier, linkage: parts.configuration.linkage, clock: clock, log: log)
        self.answerer = answerer
        let intake = Intake(
            verifier: TicketVerifier(audience: identity.grant.node, coordinatorKey: identity.grant.coordinatorKey), spool: spool,
            answerer: answerer, board: board, clock: clock, log: log, bells: bells,
            totals: (
                PeerTotals(
                    policy: parts.policy, spool: spool, signing: identity.keys.signing,
                    coordinatorKey: identity.grant.coordinatorKey, clock: clock, log: log), link
            ), allowance: parts.allowance)
        poll = PollLoop(
            link: link, intake: intake, waitSeconds: parts.configuration.transport.pollSeconds, backoff: parts.backoff,
            board: board, state: state, stop: stop, pulse: pulse, log: log)
        acknowledge = AcknowledgeLoop(
            link: link, spool: spool, backoff: parts.backoff, bells: bells, stop: stop, clock: clock, pulse: pulse, log: log)
        evaluate = EvaluateLoop(
            spool: spool, answerer: answerer, claims: Claims(), link: link, board: board, state: state, shelf: shelf,
            hours: parts.policy.limits.hours, bells: bells, stop: stop, clock: clock, pulse: pulse,
            longest: .seconds(parts.configuration.limits.secondsPerQuery) + .seconds(120), log: log)
        send = SendLoop(
            link: link, spool: spool, backoff: parts.backoff, bells: bells, slots: slots, board: board, stop: stop, clock: clock,
            pulse: pulse, log: log)
        health = HealthLoop(
            link: link, spool: spool, board: board, state: state, bells: bells, stop: stop, clock: clock, pulse: pulse,
            signer: HeadSigner(spool: spool, identity: identity))
        data = place.map { place in
            DataLoop(
                configuration: parts.configuration, state: state, spool: spool, answerer: answerer, board: board, bells: bells,
                stop: stop, clock: clock, log: log, opened: place.number)
        }
        catalogue = place.map { _ in
            CatalogueLoop(
                office: CatalogueOffice(
                    configuration: parts.configuration, policy: parts.policy, state: state, clock: clock), link: link,
                spool: spool, key: identity.keys.signing, state: state, shelf: shelf, stop: stop, log: log)
        }
        renewal = Renewal(
            configuration: parts.configuration, state: state, link: link, client: client, spool: spool, board: board, stop: stop,
            clock: clock, log: log)
        metrics = parts.configuration.metricsFile.map { file in
            MetricsLoop(
                metrics: NodeMetrics(file: file, state: state, spool: spool, clock: clock), board: board, stop: stop, log: log)
        }
    }

    private static func source(_ parts: NodeService.Parts, _ log: NodeLog) throws(NodeError) -> any AnswerSource {
        if let source = parts.source { return source }
        try NodeStore.requireReadOnly(parts.configuration, log: log)
        return try NodeStore.open(parts.configuration, state: parts.state, log: log)
    }

    private static func client(_ parts: NodeService.Parts, _ identity: NodeIdentity) throws(NodeError) -> LiveClient? {
        guard parts.transport == nil, !parts.configuration.transport.isCourier else { return nil }
        let outbound = try parts.configuration.outbound(identity)
        do throws(OutboundError) {
            return try LiveClient(outbound)
        } catch {
            throw NodeError(.unreachable, error.message, advice: error.advice)
        }
    }

    /// Runs every loop until told to end, then lets what runs finish.
    func run() async {
        log.info("node started", [.version: NodeSoftware.version, .policy: parts.policy.hash.text, .pid: "\(getpid())"])
        await board.started()
        ServiceManager.ready("answering")
        let isCourier = parts.configuration.transport.isCourier
        if isCourier { await board.standing(.courier) }
        // The watchdog is fed until the last loop has ended: a drain is no standstill.
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await watch() }
            await loops(isCourier)
            group.cancelAll()
        }
        // What was finished during the drain goes out now if the coordinator takes it, and with the next start if not.
        if !Task.isCancelled, !isCourier {
            await slots.wait()
            while await send.step() == .did {}
        }
        await board.ended()
        await metrics?.end()
        log.info("node ended")
    }

    private func loops(_ isCourier: Bool) async {
        let drain = Duration.seconds(parts.configuration.limits.drainSeconds)
        await withTaskGroup(of: Void.self) { group in
            if !isCourier {
                group.addTask { await poll.run() }
                group.addTask { await acknowledge.run() }
                group.addTask { await send.run() }
                group.addTask { await health.run() }
                group.addTask { await renewal.run() }
                if let catalogue { group.addTask { await catalogue.run() } }
            }
            for number in 1...parts.configuration.limits.concurrentQueries { group.addTask { await evaluate.run(number) } }
            if let data { group.addTask { await data.run() } }
            if let metrics { group.addTask { await metrics.run() } }
            group.addTask { await end(after: drain) }
            await group.waitForAll()
        }
    }

    /// Once told to end: calls off what takes longer than the drain.
    private func end(after drain: Duration) async {
        await stop.wait()
        bells.ringAll()
        let isOver = Locked(false)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                try? await Task.sleep(for: drain)
                isOver.withLock { $0 = true }
            }
            group.addTask { await answerer.idle() }
            await group.next()
            group.cancelAll()
        }
        if isOver.withLock({ $0 }) { log.warning("running evaluations were called off; they are taken up at the next start") }
        await answerer.callOffAll()
    }

    /// The watchdog is fed only while the spool answers and every loop is heard of when it said.
    private func watch() async {
        await pulse.feedWatchdog(isSound: { (try? await spool.ping()) != nil }) { loops in
            log.error("a loop hangs; the watchdog is no longer fed", [.state: loops.joined(separator: ",")])
        }
    }
}

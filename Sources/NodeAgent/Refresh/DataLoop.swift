import Federation
import Foundation

/// Takes up a new load of the data while the node runs: opens the new index, and from then on questions are answered from it.
/// Those that run are finished on the old one, which stays open until the last of them is done.
struct DataLoop: Sendable {
    let configuration: NodeConfiguration
    let state: StateDirectory
    let spool: Spool
    let answerer: Answerer
    let board: StatusBoard
    let bells: Bells
    let stop: StopSignal
    let clock: NodeClock
    let log: NodeLog
    /// The number of the index that the node began with.
    let opened: Int?

    /// How often it is looked whether there is a new index.
    private static let look = Duration.seconds(1)
    /// After a failure, so that a damaged index does not fill the log.
    private static let patience = Duration.seconds(60)

    func run() async {
        let shelf = IndexShelf(state, source: configuration.source.id)
        var opened = opened
        var isHeld = false
        while !stop.isStopping {
            var pause = Self.look
            if let place = shelf.current, place.number != opened {
                if await take(place) { opened = place.number } else { pause = Self.patience }
            }
            let holds = RefreshState.read(in: state, shelf: shelf)?.holdsAnswers ?? false
            if isHeld, !holds { bells.evaluate.ring() }
            if !isHeld, holds { log.warning("answers are held: a new load of the data waits for a person's word") }
            isHeld = holds
            await stop.sleep(pause)
        }
    }

    /// Takes up one index. False where it cannot be used: then the node goes on with the one that it has.
    private func take(_ place: IndexShelf.Place) async -> Bool {
        do throws(NodeError) {
            guard let source = try await open(place)?.get() else { return false }
            try await answerer.take(source)
            try await Self.note(place, in: spool, at: Timestamp(clock.now()))
            await board.data(source.provenance)
            log.info("a new load of the data is answered from", [.release: source.provenance.dataRelease])
            bells.evaluate.ring()
            return true
        } catch {
            log.error("a new load of the data could not be taken up", [.code: error.code.rawValue, .advice: error.advice])
            await board.problem(error)
            return false
        }
    }

    /// Nil where the node is told to end meanwhile.
    private func open(_ place: IndexShelf.Place) async -> Result<any AnswerSource, NodeError>? {
        let configuration = configuration
        return await Background.run { _ in
            Result { () throws(NodeError) in try NodeStore.open(configuration, path: place.index) }
        }
    }

    /// The log says from when on answers came from which index, however it was taken up.
    static func note(_ place: IndexShelf.Place, in spool: Spool, at now: Timestamp) async throws(NodeError) {
        let number = Array("\(place.number)".utf8)
        guard try await spool.setting(name) != number else { return }
        try await spool.record("data.opened", "index/\(place.number)", at: now)
        try await spool.keep([name: number])
    }

    private static let name = "data-opened"
}

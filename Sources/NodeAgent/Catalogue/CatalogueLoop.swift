import Federation

/// Publishes the catalogue, where the policy says so: after a new load of the data, and not more often than it says.
struct CatalogueLoop: Sendable {
    let office: CatalogueOffice
    let link: CoordinatorLink
    let spool: Spool
    let key: SigningKey
    let state: StateDirectory
    let shelf: IndexShelf
    let stop: StopSignal
    let log: NodeLog

    /// How often it is looked whether there is one to publish. Nothing in it is urgent.
    private static let look = Duration.seconds(60)

    func run() async {
        while !stop.isStopping {
            if state.pauseMessage == nil, RefreshState.read(in: state, shelf: shelf)?.holdsAnswers != true { await step() }
            await stop.sleep(Self.look)
        }
    }

    func step() async {
        let stop = stop
        do throws(NodeError) {
            guard let document = try await office.due(spool, key, isCancelled: { stop.isStopping }) else { return }
            guard await isTaken(document) else { return }
            try await office.settled(document, spool)
            log.info("the catalogue was published", [.bytes: "\(document.bytes.count)"])
        } catch {
            log.error("the catalogue could not be made", [.code: error.code.rawValue, .advice: error.advice])
        }
    }

    /// Whether the coordinator took it; if not, it is sent again later.
    private func isTaken(_ document: SignedDocument) async -> Bool {
        do throws(LinkFailure) {
            try await link.publish(document)
            return true
        } catch {
            log.warning("the catalogue was not taken yet", [.code: error.code, .advice: error.advice])
            return false
        }
    }
}

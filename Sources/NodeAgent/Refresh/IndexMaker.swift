import EventIndex
import FaultPoints
import Federation
import Foundation
import OMOPStore

/// Makes a new index beside the one that is answered from, and checks it. Takes nothing up.
struct IndexMaker: Sendable {
    let configuration: NodeConfiguration
    let state: StateDirectory
    let shelf: IndexShelf
    let clock: NodeClock

    /// A new index, complete, checked and on disk.
    struct Made: Sendable {
        let place: IndexShelf.Place
        let record: IndexRelease
        let report: BuildReport
        /// Why it was made whole although the changed persons were named.
        let wholeBecause: String?
    }

    /// - Parameters:
    ///   - name: what the ETL calls the load.
    ///   - delta: whose rows changed; nil reads the whole store.
    func make(
        name: String?, delta: IndexDelta?, progress: (BuildProgress) -> Void = { _ in },
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(NodeError) -> Made {
        try requireRoom()
        let former = shelf.current
        let place = try shelf.make()
        FaultPoint.reach(.refreshPlaced)
        do throws(NodeError) {
            let store = try NodeStore.openStore(configuration)
            let (report, wholeBecause) = try build(store, place, former, delta, progress, isCancelled)
            FaultPoint.reach(.refreshBuilt)
            let index = try IndexCheck(path: place.index, report: report, store: store.profile).run(after: former?.index)
            let record = IndexRelease(
                index, number: place.number, former: former?.number, name: name, report: report, at: Timestamp(clock.now()))
            try record.write(to: place)
            FaultPoint.reach(.refreshRecorded)
            return Made(place: place, record: record, report: report, wholeBecause: wholeBecause)
        } catch {
            try? FileManager.default.removeItem(atPath: place.folder)
            throw error
        }
    }

    private func build(
        _ store: any ClinicalStore, _ place: IndexShelf.Place, _ former: IndexShelf.Place?, _ delta: IndexDelta?,
        _ progress: (BuildProgress) -> Void, _ isCancelled: @escaping @Sendable () -> Bool
    ) throws(NodeError) -> (BuildReport, wholeBecause: String?) {
        let builder = IndexBuilder(store: store)
        let succession = IndexSuccession(previous: former?.index, generation: UInt64(place.number))
        FaultPoint.reach(.refreshBuilding)
        do throws(EventIndexError) {
            guard let delta else {
                let report = try builder.build(to: place.index, after: succession, progress: progress, isCancelled: isCancelled)
                return (report, nil)
            }
            let report = try builder.refresh(
                delta, at: place.index, after: succession, progress: progress, isCancelled: isCancelled)
            return (report.build, report.wholeBecause)
        } catch {
            throw NodeError(error)
        }
    }

    /// A full disk in the middle of the night stops more than this: said before anything is written.
    private func requireRoom() throws(NodeError) {
        let needed = shelf.currentBytes
        guard needed > 0, let free = state.freeBytes, free < needed else { return }
        throw NodeError(
            .diskFull, "The new index needs about \(needed >> 20) MiB at \(state.path), and \(free >> 20) MiB are free.",
            advice: "Free some: the index is made beside the old one. The node goes on answering from the old one.")
    }
}

extension NodeError {
    /// What went wrong with an index.
    init(_ error: EventIndexError) {
        let code: Code = error.code == .noRoom ? .diskFull : .store
        self.init(code, "\(error.message).", advice: error.advice.hasSuffix(".") ? error.advice : "\(error.advice).")
    }
}

@_spi(Hospital) import Disclosure
import EventIndex
import FaultPoints
import Federation
import Foundation
import Testing

@testable import NodeAgent

/// New loads of the data, without a daemon.
@Suite struct `A refresh` {
    private let person = Operator(uid: 4_000, name: "kim")

    private func refresh(_ folder: TemporaryFolder, maxDrop: Int = 20) throws -> DataRefresh {
        var configuration = try Consortium.configuration(folder)
        configuration.refresh.maxDropPercent = maxDrop
        return DataRefresh(configuration: configuration, state: try folder.state)
    }

    /// How many persons with the condition the node would count now.
    private func count(_ folder: TemporaryFolder, state: StateDirectory? = nil) throws -> Int {
        let state = try state ?? folder.state
        let source = try NodeStore.open(Consortium.configuration(folder), path: state.index(of: "omop"))
        return try source.evaluate(SmallStore.question) { false }.total.count.value
    }

    private func audited(_ folder: TemporaryFolder) async throws -> [String] {
        try await Spool(try folder.state, hospital: Consortium.hospital, readOnly: true).auditLines()
    }

    @Test func `A load is taken up when it is finished, and what changed is remembered`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/omop.sqlite"
        try SmallStore.write(to: path, persons: 30)
        let refresh = try refresh(folder)
        let first = try await refresh.finish(release: "2026-10", by: person)
        #expect(first.isTaken && first.change == nil)
        try await refresh.begin(by: person)
        #expect(refresh.status.word == "loading")
        try SmallStore.write(to: path, persons: 33, release: "2026-11-01")
        #expect(try count(folder) == 30)
        let second = try await refresh.finish(release: "2026-11", by: person)
        #expect(second.isTaken)
        #expect(try count(folder) == 33)
        let change = try #require(second.change)
        #expect(change.lines.first == .init(what: "persons", before: 30, after: 33))
        #expect(change.lines.contains(.init(what: "measurement/records", before: 30, after: 33)))
        #expect(refresh.status.change == change)
        let source = try NodeStore.open(Consortium.configuration(folder), path: folder.state.index(of: "omop"))
        #expect(source.provenance.dataRelease == "2026-11")
        #expect(source.dataIdentity == "omop/2026-11/2")
        let actions = try await audited(folder)
        for action in ["refresh.taken", "refresh.begin"] { #expect(actions.contains { $0.contains(action) }) }
        #expect(actions.allSatisfy { !$0.contains("person:uid-") || $0.contains("person:uid-4000") })
    }

    @Test func `A drop over the limit is held until a person confirms`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/omop.sqlite"
        try SmallStore.write(to: path, persons: 30)
        let refresh = try refresh(folder, maxDrop: 20)
        _ = try await refresh.finish(release: nil, by: person)
        // A fifth may go, more may not: 30 to 24 is 20 %, 24 to 19 is 20.8 %.
        try SmallStore.write(to: path, persons: 30, changing: "DELETE FROM measurement WHERE measurement_id <= 3 * 6 + 1")
        #expect(try await refresh.finish(release: nil, by: person).isTaken)
        try SmallStore.write(to: path, persons: 30, changing: "DELETE FROM measurement WHERE measurement_id <= 3 * 11 + 1")
        let outcome = try await refresh.finish(release: nil, by: person)
        #expect(outcome.drops.map(\.what) == ["measurement/records", "measurement/persons"])
        #expect(refresh.status.word == "held")
        #expect(refresh.status.candidate?.tables["measurement"]?.records == 19)
        await #expect(throws: NodeError.self) { try await refresh.begin(by: person) }
        await #expect(throws: NodeError.self) { try await refresh.finish(release: nil, by: person) }
        #expect(try await refresh.confirm(by: person).number == outcome.release.number)
        #expect(refresh.status.word == "idle")
        #expect(refresh.status.current?.number == outcome.release.number)
        #expect(try await audited(folder).contains { $0.contains("refresh.confirmed") })
    }

    @Test func `A held load can be given up, and a taken one gone back from`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/omop.sqlite"
        try SmallStore.write(to: path, persons: 30)
        let refresh = try refresh(folder)
        _ = try await refresh.finish(release: "a", by: person)
        try SmallStore.write(to: path, persons: 12)
        #expect(try await !refresh.finish(release: "b", by: person).isTaken)
        try await refresh.abort(by: person)
        #expect(refresh.status.word == "idle")
        #expect(try count(folder) == 30)
        await #expect(throws: NodeError.self) { try await refresh.confirm(by: person) }
        await #expect(throws: NodeError.self) { try await refresh.abort(by: person) }
        await #expect(throws: NodeError.self) { try await refresh.rollBack(by: person) }
        try SmallStore.write(to: path, persons: 31)
        _ = try await refresh.finish(release: "c", by: person)
        #expect(try count(folder) == 31)
        #expect(try await refresh.rollBack(by: person).name == "a")
        #expect(try count(folder) == 30)
        // A number is never given twice: what was answered from the index that was left stays apart from what comes.
        let next = try await refresh.finish(release: "c", by: person)
        #expect(next.release.number == 4)
        #expect(try count(folder) == 31)
    }

    @Test func `Only the rows of the persons that changed are read, where the load names them`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/omop.sqlite"
        try SmallStore.write(to: path, persons: 40)
        let refresh = try refresh(folder)
        _ = try await refresh.finish(release: nil, by: person)
        // Persons 4 and 7 lose their condition; nobody says so of 10.
        try SmallStore.write(
            to: path, persons: 40, changing: "DELETE FROM condition_occurrence WHERE person_id IN (4, 7, 10)")
        let outcome = try await refresh.finish(release: nil, changed: IndexDelta(persons: [4, 7]), by: person)
        #expect(outcome.wholeBecause == nil)
        #expect(!outcome.release.isWhole)
        #expect(try count(folder) == 38)
        #expect(try await refresh.finish(release: nil, by: person).release.isWhole)
        #expect(try count(folder) == 37)
    }

    @Test(arguments: ["", "a b", "한글", "a/b", String(repeating: "a", count: 65)])
    func `A release's name is a plain word: it stands in every answer`(name: String) async throws {
        let folder = try TemporaryFolder()
        let refresh = try refresh(folder)
        await #expect(throws: NodeError.self) { try await refresh.finish(release: name, by: person) }
        #expect(refresh.status.word == "idle")
    }

    @Test func `A store that cannot be read, or lost its vocabulary, leaves the old index`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/omop.sqlite"
        try SmallStore.write(to: path, persons: 30)
        let refresh = try refresh(folder)
        _ = try await refresh.finish(release: nil, by: person)
        try await refresh.begin(by: person)
        for broken in ["DROP TABLE person", "DELETE FROM concept"] {
            try SmallStore.write(to: path, persons: 30, changing: broken)
            let error = await #expect(throws: NodeError.self) { try await refresh.finish(release: nil, by: person) }
            #expect(error?.code == .store)
            // The load is still under way: it can be mended and finished, or given up.
            #expect(refresh.status.word == "loading")
            #expect(try count(folder) == 30)
        }
        #expect(try await audited(folder).contains { $0.contains("refresh.failed") })
    }

    @Test func `A crash at any point leaves a working node, and the next refresh works`() async throws {
        for drops in [false, true] {
            let folder = try TemporaryFolder()
            let path = folder.path + "/omop.sqlite"
            try SmallStore.write(to: path, persons: 30)
            _ = try await refresh(folder).finish(release: "a", by: person)
            let after = drops ? 12 : 31
            try SmallStore.write(to: path, persons: after)
            let state = try folder.state
            let watched = try refresh(folder)
            let points = try await CrashScene.left(of: state) {
                let outcome = try await watched.finish(release: "b", by: person)
                #expect(outcome.isTaken == !drops)
                if drops { _ = try await watched.confirm(by: person) }
            }
            let made: [FaultPoint] = [
                .refreshBegun, .refreshCleared, .refreshPlaced, .refreshBuilding, .refreshBuilt, .refreshRecorded,
            ]
            let settled: [FaultPoint] = drops ? [.refreshHeld, .refreshDecided] : [.refreshAnnounced]
            #expect(points.map(\.step) == made + settled + [.refreshTaken, .refreshOver])
            for point in points {
                let (mark, state) = (point.step, point.state)
                let isTaken = mark == .refreshTaken || mark == .refreshOver
                let isHeld = mark == .refreshHeld || mark == .refreshDecided
                #expect(try count(folder, state: state) == (isTaken ? after : 30), "\(mark)")
                let again = DataRefresh(configuration: try Consortium.configuration(folder), state: state)
                #expect(again.status.word == (isTaken ? "idle" : isHeld ? "held" : "interrupted"), "\(mark)")
                if mark == .refreshHeld { try await again.abort(by: person) }
                if mark == .refreshDecided {
                    _ = try await again.confirm(by: person)
                } else if drops, !isTaken {
                    #expect(try await !again.finish(release: "c", by: person).isTaken)
                    _ = try await again.confirm(by: person)
                } else {
                    #expect(try await again.finish(release: "c", by: person).isTaken)
                }
                #expect(try count(folder, state: state) == after, "\(mark)")
                _ = try await Spool(state, hospital: Consortium.hospital, readOnly: true).verifyAudit()
            }
        }
    }

    @Test func `A crash in the middle of a person's word leaves it to be said again`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/omop.sqlite"
        try SmallStore.write(to: path, persons: 30)
        let refresh = try refresh(folder)
        _ = try await refresh.finish(release: "a", by: person)
        let state = try folder.state
        let begun = try await CrashScene.left(of: state) { try await refresh.begin(by: person) }
        #expect(begun.map(\.step) == [.refreshNoted, .refreshLoading])
        try await other(folder, begun[0].state).begin(by: person)
        for point in begun { #expect(try other(folder, point.state).status.word == "loading") }

        let given = try await CrashScene.left(of: state) { try await refresh.abort(by: person) }
        #expect(given.map(\.step) == [.refreshDecided, .refreshCleared, .refreshOver])
        for point in given {
            let again = try other(folder, point.state)
            if point.step != .refreshOver { try await again.abort(by: person) }
            #expect(again.status.word == "idle", "\(point.step)")
            #expect(try count(folder, state: point.state) == 30, "\(point.step)")
        }

        try SmallStore.write(to: path, persons: 31)
        _ = try await refresh.finish(release: "b", by: person)
        let back = try await CrashScene.left(of: state) { _ = try await refresh.rollBack(by: person) }
        #expect(back.map(\.step) == [.refreshDecided, .refreshTaken])
        for point in back {
            let again = try other(folder, point.state)
            if point.step == .refreshDecided { _ = try await again.rollBack(by: person) }
            #expect(try count(folder, state: point.state) == 30, "\(point.step)")
            let lines = try await Spool(point.state, hospital: Consortium.hospital, readOnly: true).auditLines()
            #expect(lines.contains { $0.contains("refresh.rolled-back") }, "\(point.step)")
        }
    }

    private func other(_ folder: TemporaryFolder, _ state: StateDirectory) throws -> DataRefresh {
        DataRefresh(configuration: try Consortium.configuration(folder), state: state)
    }

    @Test func `A half-written index, a torn state file and a second command are told and harm nothing`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/omop.sqlite"
        try SmallStore.write(to: path, persons: 30)
        let refresh = try refresh(folder)
        _ = try await refresh.finish(release: nil, by: person)
        let state = try folder.state
        // As a kill in the middle of the reading leaves it.
        try FileManager.default.createDirectory(atPath: state.path + "/index/omop/2", withIntermediateDirectories: true)
        try Data("half".utf8).write(to: URL(fileURLWithPath: state.path + "/index/omop/2/index.building"))
        try Data("{\"schema\":".utf8).write(to: URL(fileURLWithPath: state.path + "/refresh.json"))
        #expect(refresh.status.word == "unreadable")
        #expect(try #require(RefreshState.read(in: state, shelf: IndexShelf(state, source: "omop"))).holdsAnswers)
        await #expect(throws: NodeError.self) { try await refresh.finish(release: nil, by: person) }
        try await refresh.abort(by: person)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: state.path + "/index/omop").sorted() == ["1", "current", "last"])
        let second = Locked<NodeError?>(nil)
        let meanwhile: @Sendable (FaultPoint) -> Void = { step in
            guard step == .refreshBuilding else { return }
            // The lock is asked for in another process's way: by another descriptor.
            do throws(NodeError) { _ = try RefreshLock(state.file("refresh.lock")) } catch { second.withLock { $0 = error } }
        }
        try await FaultPoint.$observer.withValue(meanwhile) { _ = try await refresh.finish(release: nil, by: person) }
        #expect(second.withLock { $0?.code } == .locked)
    }
}

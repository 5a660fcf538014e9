import EventIndex
import FaultPoints
import Federation
import Foundation

/// The taking up of a new load of the data, as the ETL's commands drive it. Works beside a running daemon, which goes on
/// answering from the old index and takes up the new one by itself, and without one.
///
/// `begin` and the hospital's load, then `finish`; where too much went down, `confirm` or `abort`; `rollback` afterwards.
public struct DataRefresh: Sendable {
    private let configuration: NodeConfiguration
    private let state: StateDirectory
    private let clock: NodeClock
    private let shelf: IndexShelf

    /// For the node that these describe.
    public init(configuration: NodeConfiguration, state: StateDirectory, clock: NodeClock = .system) {
        self.configuration = configuration
        self.state = state
        self.clock = clock
        shelf = IndexShelf(state, source: configuration.source.id)
    }

    /// What came of `finish`.
    public struct Outcome: Sendable {
        /// The new index.
        public var release: IndexRelease
        /// How it differs from the one before; nil for the first.
        public var change: IndexChange?
        /// What went down by more than `refresh.max_drop_percent`; if anything did, a person has to confirm.
        public var drops: [IndexChange.Line]
        /// Why it was made whole although the changed persons were named.
        public var wholeBecause: String?
        /// Whether answers are given from it now.
        public var isTaken: Bool { drops.isEmpty }
    }

    private var now: Timestamp { Timestamp(clock.now()) }

    // MARK: the ETL's commands

    /// The hospital's load begins. Nothing is read from the store until `finish`; the node goes on answering.
    /// - Throws: `DESK` where a refresh is under way already.
    public func begin(by person: Operator) async throws(NodeError) {
        let lock = try lock()
        defer { lock.giveBack() }
        if let running = RefreshState.read(in: state, shelf: shelf) { throw underWay(running) }
        // The log first: a crash then leaves a line too many, which the same command repeats, and never one too few.
        try await audit("refresh.begin", "\(configuration.source.id)", by: person)
        FaultPoint.reach(.refreshNoted)
        try RefreshState(.loading, since: now).write(in: state)
        FaultPoint.reach(.refreshLoading)
    }

    /// The load is complete: makes the new index beside the old one, checks it, compares it, and takes it up; or holds answers
    /// where something went down by more than `refresh.max_drop_percent`. Whatever goes wrong, the old index stays.
    /// - Parameters:
    ///   - name: what the load is called.
    ///   - delta: whose rows changed, where the ETL knows it; nil reads the whole store.
    /// - Throws: `DESK` where answers are held or the name will not do, `STATE_LOCKED`, `STORE`, `INTEGRITY`, `DISK_FULL`.
    public func finish(
        release name: String?, changed delta: IndexDelta? = nil, by person: Operator,
        progress: (BuildProgress) -> Void = { _ in }, isCancelled: @escaping @Sendable () -> Bool = { false }
    ) async throws(NodeError) -> Outcome {
        if let name { try Self.check(name) }
        let lock = try lock()
        defer { lock.giveBack() }
        let before = RefreshState.read(in: state, shelf: shelf)
        if let before, before.holdsAnswers { throw underWay(before) }
        try RefreshState(.building, since: now).write(in: state)
        FaultPoint.reach(.refreshBegun)
        let made: IndexMaker.Made
        do throws(NodeError) {
            shelf.clear()
            FaultPoint.reach(.refreshCleared)
            let maker = IndexMaker(configuration: configuration, state: state, shelf: shelf, clock: clock)
            made = try maker.make(name: name, delta: delta, progress: progress, isCancelled: isCancelled)
        } catch {
            // The load stays as it was: `finish` can be said again, or `abort`.
            if before?.phase == .loading { try before?.write(in: state) } else { try RefreshState.remove(in: state) }
            try await audit("refresh.failed", configuration.source.id, outcome: error.code.rawValue, by: person)
            throw error
        }
        return try await settle(made, by: person)
    }

    /// The name stands in every answer.
    private static func check(_ name: String) throws(NodeError) {
        let marks = Set("._-".utf8)
        let isPlain = name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || marks.contains(byte)
        }
        guard !name.isEmpty, name.utf8.count <= 64, isPlain else {
            throw NodeError(
                .desk, "\"\(name)\" is no name for a release.",
                advice: "It stands in every answer: letters, digits, . - and _ only, at most 64, for example 2026-11.")
        }
    }

    private func settle(_ made: IndexMaker.Made, by person: Operator) async throws(NodeError) -> Outcome {
        let change = shelf.current.flatMap(IndexRelease.read(of:)).map { IndexChange(from: $0, to: made.record) }
        let drops = change?.drops(over: Double(configuration.refresh.maxDropPercent)) ?? []
        let outcome = Outcome(release: made.record, change: change, drops: drops, wholeBecause: made.wholeBecause)
        guard drops.isEmpty else {
            try RefreshState(.held, since: now, candidate: made.place.number, drops: drops.map(\.what)).write(in: state)
            FaultPoint.reach(.refreshHeld)
            try await audit("refresh.held", label(made.record), outcome: "\(drops.count)", by: person)
            return outcome
        }
        // Named before it is taken up: after a crash in between, it is known that this refresh was over.
        try RefreshState(.building, since: now, candidate: made.place.number).write(in: state)
        FaultPoint.reach(.refreshAnnounced)
        try take(made.place)
        try await audit("refresh.taken", label(made.record), by: person)
        return outcome
    }

    // MARK: a person's word

    /// A person has looked at what went down: the new index is taken up.
    /// - Throws: `DESK` where nothing is held.
    public func confirm(by person: Operator) async throws(NodeError) -> IndexRelease {
        let lock = try lock()
        defer { lock.giveBack() }
        guard let held = RefreshState.read(in: state, shelf: shelf), held.phase == .held,
            let place = held.candidate.flatMap(shelf.complete), let record = IndexRelease.read(of: place)
        else {
            throw NodeError(.desk, "Nothing waits for a confirmation.", advice: "`dure-node refresh status` says how things are.")
        }
        try await decided("refresh.confirmed", label(record), by: person)
        try take(place)
        return record
    }

    /// The refresh is given up: the node goes on from the index that it has. What was made is removed.
    /// - Throws: `DESK` where none is under way.
    public func abort(by person: Operator) async throws(NodeError) {
        let lock = try lock()
        defer { lock.giveBack() }
        guard let running = RefreshState.read(in: state, shelf: shelf) else {
            throw NodeError(.desk, "No refresh is under way.", advice: "`dure-node refresh status` says how things are.")
        }
        try await decided("refresh.aborted", configuration.source.id, outcome: running.phase.rawValue, by: person)
        // The state last: until it is gone the same command can be said again.
        shelf.clear(except: former?.number)
        FaultPoint.reach(.refreshCleared)
        try RefreshState.remove(in: state)
        FaultPoint.reach(.refreshOver)
    }

    /// Goes back to the index before the present one, which is kept until the next `finish` begins.
    /// - Throws: `DESK` where there is none, or a refresh is under way.
    public func rollBack(by person: Operator) async throws(NodeError) -> IndexRelease {
        let lock = try lock()
        defer { lock.giveBack() }
        if let running = RefreshState.read(in: state, shelf: shelf) { throw underWay(running) }
        guard let former, let record = IndexRelease.read(of: former) else {
            throw NodeError(
                .desk, "There is no index to go back to.",
                advice:
                    "The one before is kept until the next `dure-node refresh finish` begins. Load the older data, then finish.")
        }
        try await decided("refresh.rolled-back", label(record), by: person)
        try shelf.take(former)
        FaultPoint.reach(.refreshTaken)
        return record
    }

    // MARK: -

    /// The index before the present one, if it is still here.
    private var former: IndexShelf.Place? {
        shelf.current.flatMap(IndexRelease.read(of:))?.former.flatMap(shelf.complete)
    }

    private func take(_ place: IndexShelf.Place) throws(NodeError) {
        try shelf.take(place)
        FaultPoint.reach(.refreshTaken)
        try RefreshState.remove(in: state)
        FaultPoint.reach(.refreshOver)
    }

    private func underWay(_ running: RefreshState) -> NodeError {
        switch running.phase {
        case .held:
            NodeError(
                .desk, "Answers are held since \(running.since): \(running.drops.joined(separator: ", ")) went down.",
                advice: "Look at `dure-node refresh status`, then `dure-node refresh confirm` or `dure-node refresh abort`.")
        case .unreadable:
            NodeError(
                .integrity, "\(state.file(RefreshState.file)) cannot be read.",
                advice: "`dure-node refresh abort` removes it; the node goes on from the index that it has.")
        case .loading, .building:
            NodeError(
                .desk, "A refresh is under way since \(running.since).",
                advice: "End it with `dure-node refresh finish` or `dure-node refresh abort`.")
        }
    }

    private func label(_ record: IndexRelease) -> String { "\(configuration.source.id)/\(record.number)" }

    /// The log keeps who, what and which release by number: no name that could hold anything, and no count of patients.
    private func audit(
        _ action: String, _ object: String, outcome: String = "ok", by person: Operator
    ) async throws(NodeError) {
        let spool = try Spool(state, hospital: configuration.hospital)
        try await spool.record(action, object, outcome: outcome, at: now, by: person.actor)
    }

    /// A person's word is in the log before it is done: no index is answered from that the log says nobody let in.
    private func decided(
        _ action: String, _ object: String, outcome: String = "ok", by person: Operator
    ) async throws(NodeError) {
        try await audit(action, object, outcome: outcome, by: person)
        FaultPoint.reach(.refreshDecided)
    }

    private func lock() throws(NodeError) -> RefreshLock { try RefreshLock(state.file("refresh.lock")) }

    /// How things are.
    public var status: RefreshStatus {
        let running = RefreshState.read(in: state, shelf: shelf)
        let current = shelf.current.flatMap(IndexRelease.read(of:))
        let candidate = running?.candidate.flatMap(shelf.complete).flatMap(IndexRelease.read(of:))
        let former = current?.former.flatMap(shelf.complete).flatMap(IndexRelease.read(of:))
        return RefreshStatus(
            refresh: running, isWorking: RefreshLock.isHeld(state.file("refresh.lock")), current: current, candidate: candidate,
            former: former)
    }
}

/// Held by the one command that works on the indices. The kernel gives it back when the process ends, however it ends.
final class RefreshLock {
    private let descriptor: Int32

    init(_ path: String) throws(NodeError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Files.failure("open", path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw NodeError(
                .locked, "Another command is working on the indices.", advice: "Wait for it; `dure-node refresh status` shows it."
            )
        }
    }

    /// Whether some process has it. Takes nothing.
    static func isHeld(_ path: String) -> Bool {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0
    }

    func giveBack() { flock(descriptor, LOCK_UN) }

    deinit { close(descriptor) }
}

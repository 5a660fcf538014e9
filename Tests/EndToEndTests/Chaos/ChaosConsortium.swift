import CanonicalJSON
import Client
import Cohorts
import Disclosure
import FaultPoints
import Federation
import Foundation
import GRDB
import Outbound

/// Coordinator, two nodes and the link between them as processes, of which one node, the coordinator and the link fail as a test
/// says: a process stops itself at a named step and is then killed, or goes on after the link was cut.
final class ChaosConsortium: @unchecked Sendable {
    // @unchecked: used by one test, one step after the other.
    enum Victim: String, CaseIterable, Sendable { case node, coordinator, link }

    /// What was done.
    struct Tally: Sendable, CustomStringConvertible {
        var steps: Set<FaultPoint> = []
        var kills = 0
        var cuts = 0
        var questions = 0
        var description: String { "questions \(questions), steps \(steps.count), kills \(kills), cuts \(cuts)" }
    }

    let folder: String
    let consortium: DemoConsortium
    let programs: DemoPrograms
    private let relay: Relay
    private var api: CoordinatorAPI?
    private var close: @Sendable () -> Void = {}
    private(set) var tally = Tally()

    static let hospitals = 2
    let node = HospitalID(unchecked: "KR-H-0009")
    private let other = HospitalID(unchecked: "KR-H-0010")
    private static let ports = (coordinator: 19_643, relay: 19_653)

    private var log: String { folder + "/reached" }

    /// Makes the consortium, enrols its nodes, and keeps a copy of everything as it is before the first question.
    init() async throws {
        folder = NSTemporaryDirectory() + "dure-chaos-" + UUID().uuidString
        programs = DemoPrograms(folder: folder)
        consortium = DemoConsortium(
            folder: folder, persons: 1_000, hospitals: Self.hospitals, firstPort: Self.ports.coordinator, programs: programs
        ) { _ in }
        relay = try Relay(from: Self.ports.relay, to: Self.ports.coordinator)
        do {
            try consortium.prepare()
            try leadOverRelay()
            try await consortium.start()
            try await eventually("the nodes are connected") {
                try await self.signedIn().nodes().filter { $0.standing == .online }.count == Self.hospitals
            }
            stopAll()
            try copy(from: folder, to: folder + "/before")
        } catch {
            remove()
            throw error
        }
    }

    func remove() {
        stopAll()
        relay.cut()
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func leadOverRelay() throws {
        let path = folder + "/coordinator/coordinator.yaml"
        let text = try String(contentsOfFile: path, encoding: .utf8)
            .replacing(
                #"# nodes_url: "https://nodes.example.org:7443""#, with: #"nodes_url: "https://localhost:\#(Self.ports.relay)""#
            )
            .replacing("lease_seconds: 60", with: "lease_seconds: 3")
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    private func copy(from: String, to: String) throws {
        for name in ["coordinator", node.rawValue, other.rawValue] {
            try? FileManager.default.removeItem(atPath: "\(to)/\(name)")
            try FileManager.default.createDirectory(atPath: to, withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: "\(from)/\(name)", toPath: "\(to)/\(name)")
        }
    }

    /// Puts everything back to the time before the first question.
    func rewind() throws {
        stopAll()
        try copy(from: folder + "/before", to: folder)
    }

    // MARK: processes

    /// Starts everything, with processes that stop at these steps, and signs in.
    func start(stoppingAt steps: [FaultPoint] = []) async throws {
        try startCoordinator(steps)
        _ = try await signedIn()
        try startNode(steps)
        try consortium.startNode(other)
    }

    func stopAll() {
        close()
        api = nil
        // One that stopped itself is let go on first: it is asked to end as the others are.
        for process in programs.processIDs { kill(process, SIGCONT) }
        programs.stopAll()
    }

    private func startNode(_ steps: [FaultPoint]) throws {
        try programs.start(
            "dure-node", ["run"] + consortium.nodeOptions(node), log: node.rawValue, environment: environment(steps))
    }

    private func startCoordinator(_ steps: [FaultPoint]) throws {
        try programs.start(
            "dure-coordinator", ["run"] + consortium.coordinatorOptions, log: "coordinator", environment: environment(steps))
    }

    private func environment(_ steps: [FaultPoint]) -> [String: String] {
        ["DURE_STOP_AT": steps.map(\.rawValue).joined(separator: ","), "DURE_STOP_LOG": log]
    }

    /// The processes that have stopped themselves.
    private var stopped: [Int32] {
        programs.processIDs.filter { pid in
            guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
                let end = text.lastIndex(of: ")")
            else { return false }
            return text[end...].dropFirst(2).first == "T"
        }
    }

    private var reached: [FaultPoint] {
        ((try? String(contentsOfFile: log, encoding: .utf8)) ?? "").split(separator: "\n").compactMap {
            FaultPoint(rawValue: String($0))
        }
    }

    // MARK: questions

    private func signedIn() async throws -> CoordinatorAPI {
        if let api { return api }
        let (profile, password) = try consortium.profile()
        let client = try OutboundClient(profile.outbound(environment: [:]))
        let send: CoordinatorAPI.Send = { request async throws(OutboundError) in try await client.send(request) }
        var signedIn: SessionGrant?
        try await eventually("the coordinator answers") {
            signedIn = try? await CoordinatorAPI(base: profile.coordinator, token: nil, send: send)
                .signIn(user: profile.user, password: password)
            return signedIn != nil
        }
        guard let grant = signedIn else { throw ClientError(.failed, code: "SIGN_IN", "Nobody signed in.") }
        let api = CoordinatorAPI(base: profile.coordinator, token: grant.token, send: send)
        self.api = api
        close = { client.close() }
        return api
    }

    /// Asks, as one who tries again under the same key until there is an answer, and brings back the finished result.
    private static func answer(_ api: CoordinatorAPI, _ question: FeasibilityQuestion, key: String) async throws -> MergedResult {
        let deadline = ContinuousClock.now + .seconds(300)
        while true {
            do throws(ClientError) {
                let summary = try await api.submit(
                    QuerySubmission(question: question, project: DemoConsortium.project), idempotencyKey: "question \(key)")
                while true {
                    let result = try await api.result(of: summary.query)
                    if result.status != .running { return result }
                    try? await Task.sleep(for: .milliseconds(50))
                    if Task.isCancelled { return result }
                }
            } catch {
                // Only what the link does to a request is tried again; the coordinator's own word is final.
                let isLink = OutboundError.Code(rawValue: error.code) != nil
                guard isLink, ContinuousClock.now < deadline, !Task.isCancelled else { throw error }
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    /// Asks while `victim` fails at each of `steps`, each once, in the order in which they come.
    /// - Parameter all: goes on until each of them was reached, or has been passed over (`passedOver`).
    func ask(
        _ question: FeasibilityQuestion, key: String, failing victim: Victim, at steps: [FaultPoint], all: Bool = false
    ) async throws -> MergedResult {
        try? FileManager.default.removeItem(atPath: log)
        try await start(stoppingAt: steps)
        let api = try await signedIn()
        tally.questions += 1
        let answering = Task { try await Self.answer(api, question, key: key) }
        defer { answering.cancel() }
        let (isOver, hasFailed) = (Flag(), Flag())
        let watching = Task {
            if (try? await answering.value) == nil { hasFailed.raise() }
            isOver.raise()
        }
        let deadline = ContinuousClock.now + .seconds(300)
        var giveUp = deadline
        while ContinuousClock.now < giveUp, !hasFailed.isRaised {
            if !stopped.isEmpty {
                try strike(victim, steps)
            } else if isOver.isRaised, isSettled {
                if !all || Set(steps).isSubset(of: reached) { break }
                // Two tasks of a program race: one can fail at a later step of what the other has just done, and after the
                // restart the other's step has been passed over. What is left is for another question.
                giveUp = min(giveUp, ContinuousClock.now + .seconds(10))
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        _ = await watching.value
        let result = try await answering.value
        tally.steps.formUnion(reached)
        stopAll()
        return result
    }

    private func strike(_ victim: Victim, _ steps: [FaultPoint]) throws {
        let waiting = stopped
        let left = steps.filter { !reached.contains($0) }
        switch victim {
        case .link:
            relay.cut()
            try relay.mend()
            tally.cuts += 1
            for process in waiting { kill(process, SIGCONT) }
        case .node:
            programs.pullThePlug(node.rawValue)
            tally.kills += 1
            try startNode(left)
        case .coordinator:
            programs.pullThePlug("coordinator")
            tally.kills += 1
            try startCoordinator(left)
        }
    }

    /// The steps among `steps` at which nothing failed during the last question.
    func passedOver(_ steps: [FaultPoint]) -> [FaultPoint] { steps.filter { !reached.contains($0) } }

    /// Whether both nodes have the receipts of everything that was asked.
    private var isSettled: Bool {
        [node, other].allSatisfy { hospital in
            var configuration = Configuration()
            configuration.readonly = true
            let path = "\(folder)/\(hospital)/state/state.sqlite"
            let sent = try? DatabaseQueue(path: path, configuration: configuration).read { db in
                try Int.fetchOne(db, sql: "SELECT count(*) FROM ticket WHERE state = 'sent'")
            }
            return sent == tally.questions
        }
    }

    /// Asks with nothing failing.
    func ask(_ question: FeasibilityQuestion, key: String) async throws -> MergedResult {
        try await Self.answer(signedIn(), question, key: key)
    }

    // MARK: what both sides wrote down

    /// What is wrong in the logs of both sides after `questions` questions: nothing lost, nothing doubled, chains whole.
    func complaints(after questions: Int) throws -> [String] {
        var complaints: [String] = []
        for hospital in [node, other] {
            let lines = try programs.run("dure-node", ["log", "export"] + consortium.nodeOptions(hospital)).split(separator: "\n")
            for action in ["answer.stored", "answer.sent"] {
                let found = lines.filter { $0.contains("\"\(action)\"") }.count
                if found != questions { complaints.append("\(hospital): \(found) × \(action) for \(questions) questions") }
            }
            try programs.run("dure-node", ["log", "verify"] + consortium.nodeOptions(hospital))
        }
        let accepted = try programs.run(
            "dure-coordinator",
            ["audit", "show", "--action", "answer.accept", "--limit", "100000"] + consortium.coordinatorOptions)
        let count = accepted.split(separator: "\n").count
        if count != questions * Self.hospitals { complaints.append("coordinator: \(count) answers for \(questions) questions") }
        let asked = try programs.run(
            "dure-coordinator",
            ["audit", "show", "--action", "query.create", "--limit", "100000"] + consortium.coordinatorOptions)
        if asked.split(separator: "\n").count != questions { complaints.append("coordinator: another number of questions") }
        try programs.run("dure-coordinator", ["audit", "verify"] + consortium.coordinatorOptions)
        return complaints
    }

    private func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
        for _ in 0..<1_200 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw ClientError(.failed, code: "TIMEOUT", "Not within a minute: \(what).")
    }
}

/// Raised once, looked at from elsewhere.
private final class Flag: @unchecked Sendable {
    // @unchecked: `raised` is only ever touched while `lock` is held.
    private let lock = NSLock()
    private var raised = false
    var isRaised: Bool { lock.withLock { raised } }
    func raise() { lock.withLock { raised = true } }
}

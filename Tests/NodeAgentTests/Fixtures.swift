import CanonicalJSON
import Cohorts
import Daemon
@_spi(Hospital) import Disclosure
import Federation
import Foundation
import Logging
import Outbound

@testable import NodeAgent

/// A folder of its own for one test, private and gone afterwards.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "dure-node-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var state: StateDirectory {
        get throws { try StateDirectory(path + "/state") }
    }
}

/// A clock that stands still until a test moves it.
final class HandClock: Sendable {
    private let seconds: Locked<Int64>

    init(_ text: String = "2026-11-22T09:00:00Z") { seconds = Locked(Timestamp(text)?.seconds ?? 0) }

    var now: Timestamp { Timestamp(seconds.withLock { $0 }) }
    var clock: NodeClock { NodeClock { self.seconds.withLock { $0 } } }
    func move(_ by: Int64) { seconds.withLock { $0 += by } }
}

/// A consortium with one enrolled hospital: authority, coordinator's key, node's keys, and tickets on demand.
struct Consortium: Sendable {
    static let hospital = HospitalID(unchecked: "KR-H-0011")
    let authority: ConsortiumCA
    let coordinator = SigningKey()
    let keys = NodeKeys()
    let clock: HandClock

    init(_ clock: HandClock = HandClock()) throws {
        self.clock = clock
        authority = try ConsortiumCA(name: "Test consortium", now: clock.now)
    }

    /// Enrols the node in `state`, without a network.
    func enrol(_ state: StateDirectory, as hospital: HospitalID = hospital) throws {
        let grant = try grant(keys, hospital)
        try NodeIdentity.store(try SignedDocument(signing: grant, with: coordinator), grant, keys: keys, in: state)
    }

    func grant(_ keys: NodeKeys, _ hospital: HospitalID = hospital) throws -> EnrolmentGrant {
        let certificate = try authority.issueNodeCertificate(
            request: try keys.certificateRequest(commonName: hospital.rawValue), hospital: hospital, now: clock.now)
        return EnrolmentGrant(
            node: hospital, certificate: certificate, authority: try authority.certificatePEM,
            coordinatorKey: coordinator.verificationKey, signingKey: keys.signing.verificationKey,
            nodesURL: "https://coordinator.test:8444", expires: try CertificateFacts(pem: certificate).expires)
    }

    /// A question that asks for the condition `concept`.
    static func question(_ concept: Int = 1, attrition: Bool = true, breakdown: [String] = []) throws -> FeasibilityQuestion {
        let list = breakdown.map { "\"\($0)\"" }.joined(separator: ",")
        return try FeasibilityQuestion(
            parsing: Array(
                """
                {"schema":"dure.question/1","cohort":{"ConceptSets":[{"id":0,"name":"set","expression":{"items":[
                {"concept":{"CONCEPT_ID":\(concept)},"includeDescendants":true}]}}],
                "PrimaryCriteria":{"CriteriaList":[{"ConditionOccurrence":{"CodesetId":0}}],
                "ObservationWindow":{"PriorDays":0,"PostDays":0},"PrimaryCriteriaLimit":{"Type":"First"}},
                "QualifiedLimit":{"Type":"First"},"ExpressionLimit":{"Type":"First"},"InclusionRules":[]},
                "outputs":{"attrition":\(attrition),"breakdown":[\(list)]}}
                """.utf8))
    }

    func ticket(
        _ question: FeasibilityQuestion? = nil, audience: HospitalID = hospital, project: String = "P-0042",
        organisation: String = "ORG-0007", purpose: ProjectStatement.PurposeClass = .protocolFeasibility,
        mode: ReleaseMode = .named, issued: Int64 = -60, life: Int64 = 86_400, wish: QueryTicket.Wish = .init()
    ) throws -> QueryTicket {
        var random = SystemRandomNumberGenerator()
        return QueryTicket(
            id: .random(using: &random), query: .random(using: &random), audience: audience, issued: clock.now.adding(issued),
            expires: clock.now.adding(issued + life),
            project: ProjectStatement(
                id: ProjectID(unchecked: project), title: BilingualText(en: "Test"), purpose: "A test", purposeClass: purpose,
                organisation: organisation),
            requesterRole: "researcher", question: try question ?? Self.question(), mode: mode, wish: wish,
            roster: Digest256(of: []))
    }

    func signed(_ ticket: QueryTicket, by key: SigningKey? = nil) throws -> SignedDocument {
        try SignedDocument(signing: ticket, with: key ?? coordinator)
    }

    static let nodeYAML = """
        schema: dure.node/1
        node: { id: "KR-H-0011", name_en: "Test hospital" }
        coordinator: { url: "https://coordinator.test:8443" }
        source:
          - { id: "omop", kind: "sqlite", path: "omop.sqlite" }
        limits: { seconds_per_query: 300, drain_seconds: 2 }
        """

    static let policyYAML = """
        schema: dure.policy/1
        version: 3
        changed_by: "office"
        reason: "test"
        projects:
          - { id: "P-0042", organisations: ["ORG-0007"], purposes: ["protocol-feasibility"], until: "2026-12-31" }
        """

    static func configuration(_ folder: TemporaryFolder, yaml: String = nodeYAML) throws -> NodeConfiguration {
        try NodeConfiguration(text: yaml, name: "node.yaml", folder: folder.path, environment: [:])
    }

    static func policy(_ text: String = policyYAML) throws -> Policy { try Policy(text: text, name: "policy.yaml") }
}

/// A store of a thousand patients in which the concept of a question is the number of patients that have it.
struct CountingSource: AnswerSource {
    static let universe: Int64 = 1_000
    var provenance = Provenance(
        store: "test", dataRelease: "2026-10", dataThrough: nil, cdmVersion: "5.4", vocabulary: nil, semantics: "test",
        software: "test", synthetic: true)
    var dataIdentity = "test/2026-10/1"
    var dataRelease = "test/2026-10"
    var persons = (0..<universe).map { $0 * 7 + 3 }
    /// How many evaluations began.
    let evaluations = Locked(0)
    /// What to do instead of counting.
    var instead: (@Sendable (@Sendable () -> Bool) throws(EvaluationRefusal) -> Void)?

    func evaluate(
        _ question: FeasibilityQuestion, isCancelled: @escaping @Sendable () -> Bool
    ) throws(EvaluationRefusal) -> EvaluatedAnswer {
        evaluations.withLock { $0 += 1 }
        if let instead { try instead(isCancelled) }
        let count = question.cohort.conceptSets.first?.items.first?.concept.id ?? 0
        // Those with the smallest numbers, wherever they stand.
        let wanted = Set(persons.sorted().prefix(count))
        let set = PersonSet(universe: persons.count, members: persons.indices.filter { wanted.contains(persons[$0]) })
        return EvaluatedAnswer(total: set, attrition: question.attrition ? [.init(name: "entry", persons: set)] : [])
    }
}

/// The coordinator as the node sees it, in this process.
actor FakeCoordinator {
    enum Trouble: Sendable { case refuse(Int, code: String), lose, unreachable }

    private let consortium: Consortium
    private var offered: [TicketID: SignedDocument] = [:]
    private var cancelled: [TicketID] = []
    private var parked: [CheckedContinuation<Void, Never>] = []
    private var trouble: [String: [Trouble]] = [:]
    private(set) var acknowledged: [TicketID] = []
    /// Every body that came to /answers, in order.
    private(set) var posted: [[UInt8]] = []
    private(set) var answers: [TicketID: NodeAnswer] = [:]
    private(set) var health: [NodeHealth] = []
    private(set) var polls: [String] = []
    private(set) var progress: [NodeProgress] = []
    private(set) var renewals = 0
    private(set) var catalogues: [[UInt8]] = []

    init(_ consortium: Consortium) { self.consortium = consortium }

    nonisolated var transport: NodeTransport {
        NodeTransport { request async throws(OutboundError) in try await self.respond(request) }
    }

    func offer(_ documents: SignedDocument..., as id: TicketID? = nil) {
        for document in documents {
            let ticket = id ?? (try? JSONReader(document.payload).required("id").decode(TicketID.self))
            if let ticket { offered[ticket] = document }
        }
        wake()
    }

    func cancel(_ ticket: TicketID) {
        cancelled.append(ticket)
        wake()
    }

    /// The next requests to `endpoint` go wrong in this way.
    func makeTrouble(_ endpoint: String, _ troubles: Trouble...) { trouble[endpoint, default: []] += troubles }

    /// Returns once `count` answers are stored here, or throws after minutes.
    func answered(_ count: Int = 1) async throws {
        try await eventually { await self.answers.count >= count }
    }

    private func wake() {
        for continuation in parked { continuation.resume() }
        parked = []
    }

    private func respond(_ request: OutboundRequest) async throws(OutboundError) -> OutboundResponse {
        let path = request.url.split(separator: "?")[0].replacingOccurrences(
            of: "https://coordinator.test:8444/v1/node/", with: "")
        let endpoint = path.hasSuffix("/ack") ? "ack" : path
        if var waiting = trouble[endpoint], !waiting.isEmpty {
            let next = waiting.removeFirst()
            trouble[endpoint] = waiting
            switch next {
            case .refuse(let status, let code):
                return OutboundResponse(status: status, body: Array(#"{"code":"\#(code)"}"#.utf8))
            case .unreachable: throw OutboundError(.refused, "Nobody answers.", advice: "Wait.")
            case .lose:
                _ = try await handle(endpoint, path, request)
                throw OutboundError(.connectionLost, "Broken.", advice: "Wait.")
            }
        }
        return try await handle(endpoint, path, request)
    }

    private func handle(_ endpoint: String, _ path: String, _ request: OutboundRequest) async throws(OutboundError)
        -> OutboundResponse
    {
        let body = request.body ?? []
        do {
            switch endpoint {
            case "tickets": return try await poll(request.url)
            case "ack":
                let ticket = TicketID(unchecked: String(path.split(separator: "/")[1]))
                acknowledged.append(ticket)
                offered[ticket] = nil
                return OutboundResponse(status: 204)
            case "answers": return try take(body)
            case "health":
                health.append(try NodeHealth(parsing: body))
                return OutboundResponse(status: 204)
            case "progress":
                progress.append(try NodeProgress(parsing: body))
                return OutboundResponse(status: 204)
            case "catalogue":
                catalogues.append(body)
                return OutboundResponse(status: 204)
            case "renewal": return try renew(body)
            default: return OutboundResponse(status: 404)
            }
        } catch let error as OutboundError {
            throw error
        } catch {
            return OutboundResponse(status: 400, body: Array(#"{"code":"MALFORMED"}"#.utf8))
        }
    }

    private func poll(_ url: String) async throws -> OutboundResponse {
        polls.append(url)
        if offered.isEmpty, cancelled.isEmpty {
            await withTaskCancellationHandler {
                await withCheckedContinuation { parked.append($0) }
            } onCancel: {
                Task { await self.wake() }
            }
        }
        if Task.isCancelled { throw OutboundError(.cancelled, "Cancelled.", advice: "") }
        let delivery = TicketDelivery(
            tickets: offered.sorted { $0.key < $1.key }.map(\.value), cancelled: cancelled, leaseSeconds: 60,
            time: consortium.clock.now)
        cancelled = []
        // A lease: not offered again at once, unless a test puts it back.
        offered = [:]
        return OutboundResponse(status: 200, body: delivery.json.canonicalBytes())
    }

    private func take(_ body: [UInt8]) throws -> OutboundResponse {
        posted.append(body)
        let document = try SignedDocument(parsing: body)
        let answer = try document.verified(as: NodeAnswer.self, by: consortium.keys.signing.verificationKey)
        if let before = answers[answer.ticket], before != answer {
            return OutboundResponse(status: 409, body: Array(#"{"code":"ANSWER_DIFFERS"}"#.utf8))
        }
        answers[answer.ticket] = answer
        let receipt = AnswerReceipt(ticket: answer.ticket, answer: Digest256(of: body), received: consortium.clock.now)
        return OutboundResponse(status: 201, body: try SignedDocument(signing: receipt, with: consortium.coordinator).bytes)
    }

    private func renew(_ body: [UInt8]) throws -> OutboundResponse {
        let request = try SignedDocument(parsing: body).verified(
            as: RenewalRequest.self, by: consortium.keys.signing.verificationKey)
        renewals += 1
        let certificate = try consortium.authority.issueNodeCertificate(
            request: request.certificateRequest, hospital: request.node, now: consortium.clock.now)
        let grant = EnrolmentGrant(
            node: request.node, certificate: certificate, authority: try consortium.authority.certificatePEM,
            coordinatorKey: consortium.coordinator.verificationKey, signingKey: consortium.keys.signing.verificationKey,
            nodesURL: "https://coordinator.test:8444", expires: try CertificateFacts(pem: certificate).expires)
        return OutboundResponse(status: 200, body: try SignedDocument(signing: grant, with: consortium.coordinator).bytes)
    }
}

struct TooLate: Error {}

/// Waits until something holds; throws after minutes, so that a busy machine decides nothing.
func eventually(_ condition: @Sendable () async throws -> Bool) async throws {
    for _ in 0..<18_000 {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    throw TooLate()
}

/// A node with a fake coordinator, running until the test is over.
struct TestNode: Sendable {
    let folder: TemporaryFolder
    let consortium: Consortium
    let coordinator: FakeCoordinator
    var source = CountingSource()
    /// Whether it answers from the store that node.yaml names, and not from `source`.
    var answersFromStore = false
    var yaml = Consortium.nodeYAML
    var policy = Consortium.policyYAML
    let log = Locked<[String]>([])

    init(_ consortium: Consortium? = nil, in folder: TemporaryFolder? = nil) throws {
        self.folder = try folder ?? TemporaryFolder()
        self.consortium = try consortium ?? Consortium()
        coordinator = FakeCoordinator(self.consortium)
        try self.consortium.enrol(try self.folder.state)
    }

    func parts() throws -> NodeService.Parts {
        let log = log
        var parts = NodeService.Parts(
            configuration: try Consortium.configuration(folder, yaml: yaml), policy: try Consortium.policy(policy),
            state: try folder.state,
            clock: consortium.clock.clock,
            logger: Logger(label: "test") { label in JSONLogHandler(label: label) { line in log.withLock { $0.append(line) } } },
            transport: coordinator.transport, source: answersFromStore ? nil : source)
        parts.replySlot = .zero
        parts.backoff = Backoff(base: .milliseconds(10), limit: .milliseconds(50))
        return parts
    }

    /// Runs the daemon while `body` runs, then ends it (as SIGTERM does, by `gracefully`, or as a cancelled task).
    func running<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let service = try NodeService(try parts())
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                try await service.run()
                return nil
            }
            group.addTask { try await body() }
            defer { group.cancelAll() }
            while let value = try await group.next() {
                if let value { return value }
            }
            throw TooLate()
        }
    }

    /// Opens the node's spool beside it, as `status` does.
    func spool() throws -> Spool { try Spool(try folder.state, hospital: Consortium.hospital, readOnly: true) }

    /// Waits until the spool holds exactly these tickets.
    func settles(_ counts: [TicketState: Int]) async throws {
        // While the daemon makes the file, there is nothing to open yet.
        try await eventually { (try? await spool().counts()) == counts }
    }

    var logged: String { log.withLock { $0.joined(separator: "\n") } }
}

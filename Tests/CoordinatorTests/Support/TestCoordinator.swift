import CanonicalJSON
import Cohorts
import Disclosure
import Federation
import Foundation
import GRDB
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import Coordinator

/// A coordinator in a folder of its own, driven without sockets, with a clock that the test moves.
final class TestCoordinator: Sendable {
    static let password = "four unrelated words here"

    let directory: StateDirectory
    let time: FakeClock
    let office: CoordinatorOffice
    let service: CoordinatorService
    private let people: any HTTPResponder<PeopleContext>
    private let nodes: any HTTPResponder<NodeContext>
    private let isOwner: Bool

    static func make(
        time: FakeClock = FakeClock(), configure: (inout CoordinatorConfiguration) -> Void = { _ in }
    ) async throws -> TestCoordinator {
        let directory = StateDirectory(path: NSTemporaryDirectory() + "dure-coordinator-" + UUID().uuidString)
        var configuration = CoordinatorConfiguration(
            consortiumID: "C-PNUH", consortiumName: BilingualText(ko: "시험 컨소시엄", en: "Test consortium"),
            nodes: .init(host: "127.0.0.1", port: 0), people: .init(host: "127.0.0.1", port: 0))
        configure(&configuration)
        _ = try await InitialiseCoordinator(
            directory: directory, configuration: configuration, clock: time.clock, passwords: PasswordDesk(cost: .trivial)
        ).run(administrator: "admin", password: password, by: .operatorAccount("test"))
        return try TestCoordinator(directory, configuration, time, isOwner: true)
    }

    init(
        _ directory: StateDirectory, _ configuration: CoordinatorConfiguration, _ time: FakeClock, isOwner: Bool,
        maximumPages: Int? = nil
    ) throws {
        self.directory = directory
        self.time = time
        self.isOwner = isOwner
        office = try CoordinatorOffice(
            directory, configuration: configuration, clock: time.clock, passwords: PasswordDesk(cost: .trivial),
            maximumPages: maximumPages)
        service = try CoordinatorService(office, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        people = service.peopleRouter().buildResponder()
        let register = office.nodes
        nodes = service.nodesRouter(
            authenticator: NodeAuthenticator(register: register) { request, _ in
                // In place of a TLS handshake: the fingerprint of the certificate that the test's node holds.
                guard let pem = request.headers[.certificateForTests] else { return nil }
                return try CertificateFacts(pem: pem.replacing("|", with: "\n"))
            }
        ).buildResponder()
    }

    /// The same folder opened by another process, as after a kill -9: nothing was closed or flushed.
    func reopened(maximumPages: Int? = nil) throws -> TestCoordinator {
        try TestCoordinator(directory, office.configuration, time, isOwner: false, maximumPages: maximumPages)
    }

    deinit { if isOwner { try? FileManager.default.removeItem(atPath: directory.path) } }

    // MARK: Requests

    struct Answer: Sendable {
        let status: Int
        let json: JSONValue
        let headers: HTTPFields
        var code: String? { json["code"]?.stringValue }
        func message<T: JSONDecodable>(_: T.Type) throws -> T { try T(from: JSONReader(json)) }
    }

    func people(
        _ method: Verb, _ path: String, token: String? = nil, headers: HTTPFields = [:], body: JSONValue? = nil
    ) async throws -> Answer {
        var headers = headers
        if let token { headers[.authorization] = "Bearer \(token)" }
        return try await Self.send(people, method, path, headers, body.map { $0.canonicalBytes() })
    }

    func raw(_ method: Verb, _ path: String, token: String? = nil, bytes: [UInt8]) async throws -> Answer {
        var headers: HTTPFields = [:]
        if let token { headers[.authorization] = "Bearer \(token)" }
        return try await Self.send(people, method, path, headers, bytes)
    }

    func node(
        _ node: TestNode?, _ method: Verb, _ path: String, body: JSONValue? = nil
    ) async throws -> Answer {
        var headers: HTTPFields = [:]
        if let node { headers[.certificateForTests] = node.grant.certificate.replacing("\n", with: "|") }
        return try await Self.send(nodes, method, path, headers, body.map { $0.canonicalBytes() })
    }

    private static func send<Context: RequestContext>(
        _ responder: any HTTPResponder<Context>, _ method: Verb, _ path: String, _ headers: HTTPFields,
        _ body: [UInt8]?
    ) async throws -> Answer where Context.Source == ApplicationRequestContextSource {
        let request = Request(
            head: HTTPRequest(method: method.method, scheme: "https", authority: "localhost", path: path, headerFields: headers),
            body: RequestBody(buffer: ByteBuffer(bytes: body ?? [])))
        let context = Context(
            source: .init(channel: NIOAsyncTestingChannel(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        let response = try await responder.respond(to: request, context: context)
        let writer = CollectingWriter()
        try await response.body.write(writer)
        let bytes = writer.bytes.withLock { $0 }
        return Answer(
            status: response.status.code, json: bytes.isEmpty ? .null : try JSONValue(parsing: bytes), headers: response.headers)
    }

    /// Goes on once so many nodes' polls are parked.
    func untilNodesWait(_ count: Int) async {
        while await service.nodesWaiting.waiting < count { await Task.yield() }
    }

    // MARK: Furniture

    func addPerson(_ login: String, _ role: Role) async throws {
        _ = try await office.people.add(
            login: login, displayName: login, organisation: "ORG-0001", role: role, password: Self.password,
            by: .operatorAccount("test"))
    }

    func signIn(_ login: String, password: String = TestCoordinator.password) async throws -> String {
        let answer = try await people(.post, "/v1/session", body: SignInRequest(user: login, password: password).json)
        return try answer.message(SessionGrant.self).token
    }

    static let purpose = String(repeating: "Which hospitals could recruit for a study of this condition? ", count: 2)

    func addProject(
        _ id: ProjectID = ProjectID(unchecked: "P-0042"), hospitals: [HospitalID], members: [String] = [],
        modes: [ReleaseMode] = [.named, .coded], until: String = "2026-12-31"
    ) async throws {
        let day = try #require(CalendarDay(until))
        _ = try await office.projects.add(
            ProjectStatement(
                id: id, title: BilingualText(en: "Test project"), purpose: Self.purpose,
                purposeClass: .protocolFeasibility, organisation: "ORG-0001"),
            modes: modes, until: day, hospitals: hospitals, by: .operatorAccount("test"))
        for member in members {
            try await office.projects.setMember(id, login: member, isMember: true, by: .operatorAccount("test"))
        }
    }

    func enrol(_ hospital: HospitalID) async throws -> TestNode {
        let code = try await office.enrolment.makeCode(for: hospital, seconds: 3_600, by: .operatorAccount("test"))
        let keys = NodeKeys()
        let request = EnrolmentRequest(
            code: code.code, certificateRequest: try keys.certificateRequest(commonName: "anything"),
            signingKey: keys.signing.verificationKey, software: "test 1")
        let document = try SignedDocument(signing: request, with: keys.signing)
        let answer = try await people(.post, "/v1/enrolments", body: document.json)
        let grant = try EnrolmentGrant.verifiedOnFirstUse(try answer.message(SignedDocument.self))
        var generator = SystemRandomNumberGenerator()
        return TestNode(hospital: hospital, keys: keys, grant: grant, boot: .random(using: &generator))
    }

    static let question = """
        {"schema":"dure.question/1","title":{"en":"Everyone"},"cohort":{"ConceptSets":[],"PrimaryCriteria":{"CriteriaList":\
        [{"VisitOccurrence":{}}],"ObservationWindow":{"PriorDays":0,"PostDays":0},"PrimaryCriteriaLimit":{"Type":"First"}},\
        "QualifiedLimit":{"Type":"First"},"ExpressionLimit":{"Type":"First"},"InclusionRules":[],"CensoringCriteria":[],\
        "CollapseSettings":{"CollapseType":"ERA","EraPad":0},"CensorWindow":{}},"outputs":{"attrition":true,"breakdown":[]}}
        """

    static func submission(
        project: String = "P-0042", hospitals: [HospitalID] = [], mode: ReleaseMode = .named, answerWithin: Int? = nil,
        breakdown: [BreakdownDimension] = [], isDistinct: Bool = false
    ) throws -> JSONValue {
        var asked = try FeasibilityQuestion(parsing: question)
        asked.distinct = isDistinct
        if !breakdown.isEmpty { asked.breakdown = breakdown }
        return QuerySubmission(
            question: asked, project: ProjectID(unchecked: project), hospitals: hospitals,
            mode: mode, answerWithin: answerWithin
        ).json
    }

    /// Asks the standard question and gives the query's id.
    func ask(
        _ token: String, hospitals: [HospitalID] = [], mode: ReleaseMode = .named, answerWithin: Int? = nil,
        breakdown: [BreakdownDimension] = []
    ) async throws -> QueryID {
        let answer = try await people(
            .post, "/v1/queries", token: token,
            body: try Self.submission(hospitals: hospitals, mode: mode, answerWithin: answerWithin, breakdown: breakdown))
        try #require(answer.status == 201, "\(answer.json)")
        return try JSONReader(answer.json).required("query").decode(QueryID.self)
    }

    func result(_ query: QueryID, _ token: String, version: Int = -1, wait: Int = 0) async throws -> MergedResult {
        try await people(.get, "/v1/queries/\(query)/result?version=\(version)&wait=\(wait)", token: token)
            .message(MergedResult.self)
    }
}

/// What tests ask with.
enum Verb: Sendable {
    case get, post, delete
    var method: HTTPRequest.Method {
        switch self {
        case .get: .get
        case .post: .post
        case .delete: .delete
        }
    }
}

extension HTTPField.Name {
    static let certificateForTests = HTTPField.Name("X-Test-Certificate") ?? .cookie
}

final class CollectingWriter: ResponseBodyWriter, Sendable {
    let bytes = Locked<[UInt8]>([])
    func write(_ buffer: ByteBuffer) async throws { bytes.withLock { $0 += buffer.readableBytesView } }
    func finish(_: HTTPFields?) async throws {}
}

extension HospitalID {
    static let busan = HospitalID(unchecked: "KR-H-0011")
    static let yangsan = HospitalID(unchecked: "KR-H-0012")
    static let kyungpook = HospitalID(unchecked: "KR-H-0013")
}

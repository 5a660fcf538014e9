import CanonicalJSON
import Daemon
import Federation
import Foundation
import GRDB
import Logging
import Testing

@testable import Coordinator

/// Hostile and broken input at the door: each has a clear code and none gets further.
@Suite struct BadInputTests {
    func signedIn() async throws -> (TestCoordinator, String) {
        let coordinator = try await TestCoordinator.make()
        try await coordinator.addPerson("kim", .researcher)
        try await coordinator.addProject(hospitals: [.busan], members: ["kim"])
        return (coordinator, try await coordinator.signIn("kim"))
    }

    @Test(arguments: [
        "", "{", "[1,2", "{\"a\":1,\"a\":2}", "nul", "{\"a\":01}", "\u{FEFF}{}", String(repeating: "[", count: 100_000),
    ])
    func whatIsNotJSONIsRefusedWithItsPlace(_ text: String) async throws {
        let (coordinator, token) = try await signedIn()
        let answer = try await coordinator.raw(.post, "/v1/queries", token: token, bytes: Array(text.utf8))
        #expect(answer.status == 400)
        #expect(answer.code == "MALFORMED_JSON")
    }

    @Test func aMemberThatNobodyKnowsIsNamed() async throws {
        let (coordinator, token) = try await signedIn()
        var body = try #require(try TestCoordinator.submission().objectValue)
        body["treshold"] = 5
        let answer = try await coordinator.people(.post, "/v1/queries", token: token, body: .object(body))
        #expect(answer.status == 400)
        #expect(answer.json["pointer"] == "/treshold")
    }

    @Test func aDefinitionThatIsNoneIsRefusedWithThePlaceInIt() async throws {
        let (coordinator, token) = try await signedIn()
        var body = try #require(try TestCoordinator.submission().objectValue)
        body["question"] = ["schema": "dure.question/1", "cohort": ["PrimaryCriteria": 7]]
        let answer = try await coordinator.people(.post, "/v1/queries", token: token, body: .object(body))
        #expect([400, 422].contains(answer.status))
        #expect(answer.json["pointer"]?.stringValue?.hasPrefix("/question") == true, "\(answer.json)")
    }

    @Test func aBodyLargerThanTheLimitIsRefused() async throws {
        let coordinator = try await TestCoordinator.make { $0.limits.peopleBody = 64 << 10 }
        let answer = try await coordinator.raw(
            .post, "/v1/session", bytes: Array(repeating: UInt8(ascii: " "), count: 65 << 10))
        #expect(answer.status == 413)
        #expect(answer.code == "BODY_TOO_LARGE")
    }

    @Test func anAddressThatIsNoneAndAnIdentifierOfTheWrongShapeAreNotFound() async throws {
        let (coordinator, token) = try await signedIn()
        for path in ["/", "/v1", "/v1/nothing", "/v1/queries/..%2F..%2Fetc", "/v1/queries/Q-1", "/v2/queries"] {
            let answer = try await coordinator.people(.get, path, token: token)
            #expect(answer.status == 404, "\(path)")
            #expect(answer.code == "NOT_FOUND")
        }
    }

    @Test func aPeerIsServedOnlySoManyRequestsAtATime() async throws {
        let limiter = RequestLimiter(most: 2)
        #expect(await limiter.enter("a"))
        #expect(await limiter.enter("a"))
        #expect(await limiter.enter("a") == false)
        #expect(await limiter.enter("b"))
        await limiter.leave("a")
        #expect(await limiter.enter("a"))
    }

    @Test func aPeerThatAsksAllTheTimeRunsOutOfCreditAndGetsItBackWithTime() async throws {
        let limiter = RequestLimiter(most: 10, rate: .init(perSecond: 2, burst: 3))
        let start = ContinuousClock.now
        var admitted: [Bool] = []
        for _ in 0..<5 {
            admitted.append(await limiter.enter("a", at: start))
            if admitted.last == true { await limiter.leave("a") }
        }
        #expect(admitted == [true, true, true, false, false])
        #expect(await limiter.enter("b", at: start))
        // Half a second is worth one request, and no rest is worth more than the burst.
        #expect(await limiter.enter("a", at: start + .milliseconds(500)))
        #expect(await limiter.enter("a", at: start + .milliseconds(500)) == false)
        var later = 0
        for _ in 0..<9 where await limiter.enter("a", at: start + .seconds(3_600)) { later += 1 }
        #expect(later == 3)
    }

    @Test func aFloodOfWrongAnswersAndOfAuditHeadsFillsNoDisk() async throws {
        let coordinator = try await TestCoordinator.make()
        let busan = try await coordinator.enrol(.busan)
        let peer = NodePeer(
            hospital: .busan, fingerprint: try CertificateFacts(pem: busan.grant.certificate).fingerprint)
        let office = coordinator.office
        let accept = AcceptAnswer(
            database: office.database, clock: office.clock, keys: office.keys, readersWaiting: coordinator.service.readersWaiting,
            totalsWaiting: coordinator.service.totalsWaiting)
        for number in 0..<AcceptAnswer.refusalsPerDay + 20 {
            let receipt = AnswerReceipt(
                ticket: TicketID(unchecked: "T-0Z3K-92QD-7F3K-AAAA-1234"), answer: Digest256(of: Array("\(number)".utf8)),
                received: coordinator.time.now)
            // Another payload under an answer's name: refused, and different each time.
            var document = try #require(try SignedDocument(signing: receipt, with: busan.keys.signing).json.objectValue)
            document["type"] = "dure.answer/1"
            let forged = try SignedDocument(from: JSONReader(.object(document)))
            await #expect(throws: CoordinatorError.self) { try await accept.accept(forged, from: peer) }
        }
        let node = try await office.nodes.find(.busan)
        try await office.database.write { [time = coordinator.time] db in
            for number in 1...AuditHeads.headsPerDay + 20 {
                let point = AuditPoint(count: number, head: Digest256(of: Array("\(number)".utf8)))
                let head = AuditHead(node: .busan, point: point, at: time.now)
                try AuditHeads.keep(db, SignedDocument(signing: head, with: busan.keys.signing), of: node, at: time.now)
            }
        }
        let kept = try await office.database.read { db in
            [
                try Int.fetchOne(db, sql: "SELECT count(*) FROM refused_answer"),
                try Int.fetchOne(db, sql: "SELECT count(*) FROM node_audit_head"),
            ]
        }
        #expect(kept == [AcceptAnswer.refusalsPerDay, AuditHeads.headsPerDay])
        // Another day has room again.
        coordinator.time.advance(2 * 86_400)
        try await office.database.write { [time = coordinator.time] db in
            let point = AuditPoint(count: 50_000, head: Digest256(of: [9]))
            let head = AuditHead(node: .busan, point: point, at: time.now)
            try AuditHeads.keep(db, SignedDocument(signing: head, with: busan.keys.signing), of: node, at: time.now)
        }
        #expect(try await office.auditHeads.all(of: .busan).count == AuditHeads.headsPerDay + 1)
    }

    @Test func aNodeThatAsksTooMuchAtOnceIsToldToWait() async throws {
        let coordinator = try await TestCoordinator.make { $0.limits.requestsPerNode = 2 }
        let busan = try await coordinator.enrol(.busan)
        // The first poll is superseded by the second; so two different requests are needed to fill the limit.
        async let parked = busan.poll(coordinator, wait: 2, sequence: 1)
        await coordinator.untilNodesWait(1)
        let answers = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<30 {
                group.addTask {
                    try await busan.acknowledge(TicketID(unchecked: "T-0Z3K-92QD-7F3K-AAAA-1234"), coordinator).status
                }
            }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(Set(answers).isSubset(of: [404, 429]))
        #expect(answers.contains(404))
        #expect(try await parked.status == 204)
    }

    @Test func anUnforeseenErrorTellsAnIncidentNumberAndNothingElse() {
        struct Secret: Error, CustomStringConvertible { let description = "patient 4711 has it" }
        let lines = Locked<[String]>([])
        let logger = Logger(label: "t") { label in
            JSONLogHandler(label: label, level: .info) { line in lines.withLock { $0.append(line) } }
        }
        let (problem, _) = ProblemResponse.problem(for: Secret(), logger: logger)
        #expect(problem.status == 500)
        #expect(!problem.json.text().contains("4711"))
        let logged = lines.withLock { $0.joined() }
        #expect(!logged.contains("4711"))
        #expect(logged.contains(String(problem.detail.dropFirst("Incident ".count).prefix(10))))
    }

    @Test func everyCodeHasAStatusAndATitle() {
        for code in CoordinatorError.Code.allCases {
            let problem = ProblemResponse.problem(CoordinatorError(code, "what"))
            #expect((400...599).contains(problem.status), "\(code)")
            #expect(!problem.title.isEmpty)
        }
    }

    @Test func aLogLineHoldsOnlyWhatIsAllowed() throws {
        let lines = Locked<[String]>([])
        var logger = Logger(label: "t") { label in
            JSONLogHandler(label: label, level: .info) { line in lines.withLock { $0.append(line) } }
        }
        logger[metadataKey: "authorization"] = "Bearer dure_s_secret"
        logger.info("one\ntwo", metadata: ["hospital": "KR-H-0011", "password": "secret", "count": "3"])
        logger.debug("nothing")
        let line = try #require(lines.withLock { $0.first })
        #expect(lines.withLock { $0.count } == 1)
        let json = try JSONValue(parsing: line)
        #expect(json["message"] == "one\ntwo")
        #expect(json["hospital"] == "KR-H-0011")
        #expect(!line.contains("secret"))
        #expect(!line.contains("\n"))
    }
}

import CanonicalJSON
import Federation
import GRDB
import HTTPTypes
import Testing

@testable import Coordinator

/// Asking: what is refused and why, and that sending twice asks once.
@Suite struct QuestionTests {
    func scene() async throws -> (TestCoordinator, String) {
        let coordinator = try await TestCoordinator.make()
        try await coordinator.addPerson("kim", .researcher)
        try await coordinator.addProject(hospitals: [.busan, .yangsan], members: ["kim"])
        return (coordinator, try await coordinator.signIn("kim"))
    }

    func ask(_ coordinator: TestCoordinator, _ token: String, _ body: JSONValue, key: String? = nil) async throws
        -> TestCoordinator.Answer
    {
        try await coordinator.people(
            .post, "/v1/queries", token: token, headers: key.map { [.idempotencyKey: $0] } ?? [:], body: body)
    }

    @Test func theSameSubmissionUnderOneKeyAsksOnce() async throws {
        let (coordinator, token) = try await scene()
        let body = try TestCoordinator.submission()
        let first = try await ask(coordinator, token, body, key: "0123456789")
        let again = try await ask(coordinator, token, body, key: "0123456789")
        #expect(first.status == 201)
        #expect(again.status == 200)
        #expect(again.json["query"] == first.json["query"])
        let other = try await ask(
            coordinator, token, try TestCoordinator.submission(hospitals: [.busan]), key: "0123456789")
        #expect(other.status == 409)
        #expect(other.code == "IDEMPOTENCY_MISMATCH")
        let count = try await coordinator.office.database.read { db in
            try Int.fetchOne(db, sql: "SELECT count(*) FROM ticket")
        }
        #expect(count == 2)
    }

    @Test func anotherPersonsKeyIsAnothersKey() async throws {
        let (coordinator, token) = try await scene()
        try await coordinator.addPerson("lee", .researcher)
        try await coordinator.office.projects.setMember(
            ProjectID(unchecked: "P-0042"), login: "lee", isMember: true, by: .operatorAccount("test"))
        let body = try TestCoordinator.submission()
        let first = try await ask(coordinator, token, body, key: "0123456789")
        let second = try await ask(coordinator, try await coordinator.signIn("lee"), body, key: "0123456789")
        #expect(second.status == 201)
        #expect(second.json["query"] != first.json["query"])
    }

    @Test func aProjectOfOthersDoesNotExist() async throws {
        let (coordinator, _) = try await scene()
        try await coordinator.addPerson("lee", .researcher)
        let lee = try await coordinator.signIn("lee")
        let answer = try await ask(coordinator, lee, try TestCoordinator.submission())
        let absent = try await ask(coordinator, lee, try TestCoordinator.submission(project: "P-9999"))
        #expect(answer.status == 404)
        #expect(absent.status == 404)
        #expect(answer.json.text().replacing("P-0042", with: "P-9999") == absent.json.text())
        #expect(try await coordinator.people(.get, "/v1/projects", token: lee).json["projects"]?.arrayValue?.isEmpty == true)
    }

    @Test func aHospitalOutsideTheProjectIsNamedWithItsPlace() async throws {
        let (coordinator, token) = try await scene()
        let answer = try await ask(
            coordinator, token, try TestCoordinator.submission(hospitals: [.busan, .kyungpook]))
        #expect(answer.status == 400)
        #expect(answer.code == "HOSPITAL_NOT_IN_PROJECT")
        #expect(answer.json["pointer"] == "/hospitals/1")
    }

    @Test(arguments: [("secure-total", "RELEASE_MODE_UNSUPPORTED")])
    func aReleaseModeThatIsNotBuiltIsRefusedByName(_ mode: String, _ code: String) async throws {
        let (coordinator, token) = try await scene()
        let answer = try await ask(coordinator, token, try TestCoordinator.submission(mode: .secureTotal))
        #expect(answer.status == 422)
        #expect(answer.code == code)
        #expect(answer.json["detail"]?.stringValue?.contains(mode) == true)
    }

    @Test func differentPatientsAreCountedInASecureTotalOnly() async throws {
        let (coordinator, token) = try await scene()
        let answer = try await ask(coordinator, token, try TestCoordinator.submission(isDistinct: true))
        #expect(answer.status == 422)
        #expect(answer.code == "RELEASE_MODE_UNSUPPORTED")
        #expect(answer.json["pointer"] == "/question/outputs/distinct")
    }

    @Test func twoHospitalsHideNobodyUnderCodes() async throws {
        let (coordinator, token) = try await scene()
        let answer = try await ask(coordinator, token, try TestCoordinator.submission(mode: .coded))
        #expect(answer.status == 422)
        #expect(answer.code == "RELEASE_MODE_UNSUPPORTED")
    }

    @Test func aClosedOrEndedProjectAsksNothingMoreAndItsRunningQuestionsStop() async throws {
        let (coordinator, token) = try await scene()
        let query = try await coordinator.ask(token)
        let stopped = try await coordinator.office.projects.close(
            ProjectID(unchecked: "P-0042"), by: .operatorAccount("test"))
        #expect(stopped == [query])
        #expect(try await ask(coordinator, token, try TestCoordinator.submission()).code == "PROJECT_CLOSED")
        #expect(try await coordinator.result(query, token).status == .cancelled)

        try await coordinator.addProject(
            ProjectID(unchecked: "P-2"), hospitals: [.busan], members: ["kim"], until: "2026-11-22")
        #expect(try await ask(coordinator, token, try TestCoordinator.submission(project: "P-2")).status == 201)
        coordinator.time.advance(86_400)
        let again = try await coordinator.signIn("kim")
        #expect(try await ask(coordinator, again, try TestCoordinator.submission(project: "P-2")).code == "PROJECT_CLOSED")
    }

    @Test func aPurposeThatSaysNothingIsRefused() async throws {
        let coordinator = try await TestCoordinator.make()
        let day = try #require(CalendarDay("2026-12-31"))
        await #expect(throws: CoordinatorError.self) {
            _ = try await coordinator.office.projects.add(
                ProjectStatement(
                    id: ProjectID(unchecked: "P-1"), title: BilingualText(en: "x"), purpose: "research",
                    purposeClass: .education, organisation: "ORG-1"),
                modes: [.named], until: day, hospitals: [.busan], by: .operatorAccount("test"))
        }
    }

    @Test func theTicketCarriesTheWishAndTheProjectButNoNameOfAPerson() async throws {
        let coordinator = try await TestCoordinator.make { configuration in
            configuration.wishThreshold = 20
            configuration.wishRoundTo = 10
        }
        let busan = try await coordinator.enrol(.busan)
        try await coordinator.addPerson("kim-the-researcher", .researcher)
        try await coordinator.addProject(hospitals: [.busan], members: ["kim-the-researcher"])
        _ = try await coordinator.ask(try await coordinator.signIn("kim-the-researcher"), answerWithin: 500)
        let ticket = try #require(try await busan.tickets(coordinator).first)
        #expect(ticket.wish == QueryTicket.Wish(threshold: 20, roundTo: 10))
        #expect(ticket.project.id.rawValue == "P-0042")
        #expect(ticket.requesterRole == "researcher")
        #expect(ticket.expires == coordinator.time.now.adding(500))
        #expect(!ticket.json.text().contains("kim"))
    }

    @Test func everyHospitalIsListedWhetherEnrolledOrNot() async throws {
        let (coordinator, token) = try await scene()
        _ = try await coordinator.enrol(.busan)
        let roster = Roster(
            notice: "test",
            hospitals: [.init(id: .busan, name: BilingualText(en: "B")), .init(id: .yangsan, name: BilingualText(en: "Y"))],
            consortia: [
                .init(
                    id: "C", name: BilingualText(en: "C"), leads: [],
                    members: [
                        .init(hospital: .yangsan, period: .init(from: try #require(CalendarDay("2020-01-01"))))
                    ])
            ])
        _ = try await coordinator.office.rosters.load(roster, by: .operatorAccount("test"))
        let list = try await coordinator.people(.get, "/v1/nodes", token: token)
        var nodes: [NodeSummary] = []
        for item in list.json["nodes"]?.arrayValue ?? [] { nodes.append(try NodeSummary(from: JSONReader(item))) }
        #expect(nodes.map(\.node) == [.busan, .yangsan])
        #expect(nodes.map(\.standing) == [.neverSeen, .notEnrolled])
        #expect(nodes.map { $0.name?.en } == ["B", "Y"])
    }

    @Test func underCodesEveryHospitalOfTheProjectIsAsked() async throws {
        let coordinator = try await TestCoordinator.make()
        let hospitals: [HospitalID] = [.busan, .yangsan, .kyungpook, HospitalID(unchecked: "KR-H-0014")]
        try await coordinator.addPerson("kim", .researcher)
        try await coordinator.addProject(hospitals: hospitals, members: ["kim"])
        let token = try await coordinator.signIn("kim")
        let some = try await ask(
            coordinator, token, try TestCoordinator.submission(hospitals: Array(hospitals.prefix(3)), mode: .coded))
        #expect(some.status == 422)
        #expect(some.code == "CODED_ASKS_ALL")
        let all = try await ask(coordinator, token, try TestCoordinator.submission(hospitals: hospitals, mode: .coded))
        #expect(all.status == 201)
        #expect(try await ask(coordinator, token, try TestCoordinator.submission(mode: .coded)).status == 201)
    }
}

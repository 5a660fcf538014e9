import CanonicalJSON
import Federation
import Testing

@testable import Coordinator

/// The table of who may do what, written down a second time by hand. Columns: a stranger to the project, a member, a member who asked
/// the question; `+` yes, `-` no.
@Suite struct AuthorizationTests {
    static let table: [(Action, Role, String)] = [
        (.seeSelf, .researcher, "+++"), (.seeSelf, .consortiumLead, "+++"),
        (.seeSelf, .administrator, "+++"), (.seeSelf, .observer, "+++"),
        (.manageOwnTokens, .researcher, "+++"), (.manageOwnTokens, .consortiumLead, "+++"),
        (.manageOwnTokens, .administrator, "+++"), (.manageOwnTokens, .observer, "+++"),
        (.seeProject, .researcher, "-++"), (.seeProject, .consortiumLead, "+++"),
        (.seeProject, .administrator, "+++"), (.seeProject, .observer, "+++"),
        (.seeNodes, .researcher, "+++"), (.seeNodes, .consortiumLead, "+++"),
        (.seeNodes, .administrator, "+++"), (.seeNodes, .observer, "+++"),
        (.seeRoster, .researcher, "+++"), (.seeRoster, .consortiumLead, "+++"),
        (.seeRoster, .administrator, "+++"), (.seeRoster, .observer, "+++"),
        (.runQuery, .researcher, "-++"), (.runQuery, .consortiumLead, "-++"),
        (.runQuery, .administrator, "---"), (.runQuery, .observer, "---"),
        (.seeQuery, .researcher, "-++"), (.seeQuery, .consortiumLead, "+++"),
        (.seeQuery, .administrator, "+++"), (.seeQuery, .observer, "+++"),
        (.seeResult, .researcher, "-++"), (.seeResult, .consortiumLead, "-++"),
        (.seeResult, .administrator, "---"), (.seeResult, .observer, "---"),
        (.exportResult, .researcher, "-++"), (.exportResult, .consortiumLead, "-++"),
        (.exportResult, .administrator, "---"), (.exportResult, .observer, "---"),
        (.cancelQuery, .researcher, "--+"), (.cancelQuery, .consortiumLead, "-++"),
        (.cancelQuery, .administrator, "+++"), (.cancelQuery, .observer, "---"),
    ]

    @Test func theTableNamesEveryActionAndRole() {
        #expect(Self.table.count == Action.allCases.count * Role.allCases.count)
        #expect(Set(Self.table.map { "\($0.0)/\($0.1)" }).count == Self.table.count)
    }

    @Test(arguments: AuthorizationTests.table.indices)
    func eachCellIsAsWritten(_ index: Int) {
        let (action, role, expected) = Self.table[index]
        let standings = [Standing(), Standing(isMember: true), Standing(isMember: true, isOwner: true)]
        let found = standings.map { Authorization.permits(action, role: role, standing: $0) ? "+" : "-" }.joined()
        #expect(found == expected, "\(action) by \(role)")
    }

    @Test func someoneWhoAskedAndLeftTheProjectMayNoLongerStopOrSeeIt() {
        let left = Standing(isMember: false, isOwner: true)
        #expect(!Authorization.permits(.cancelQuery, role: .researcher, standing: left))
        #expect(!Authorization.permits(.seeResult, role: .researcher, standing: left))
    }

    @Test(arguments: Action.allCases)
    func aTokenWithoutTheScopeDoesNothing(_ action: Action) {
        let needed = Authorization.scope(for: action)
        let caller = Caller(
            person: PersonID(unchecked: "U-AAAAAA"), login: "kim", displayName: "Kim", role: .researcher,
            scopes: Set(Scope.allCases).subtracting([needed]), credential: "K-1", kind: .token)
        #expect(throws: CoordinatorError.self) {
            try Authorization.require(action, of: caller, standing: Standing(isMember: true, isOwner: true))
        }
    }

    // MARK: Through the routes

    @Test(arguments: [(Role.researcher, 404), (.consortiumLead, 403), (.administrator, 403), (.observer, 403)])
    func aResultIsForMembersWhateverTheOffice(_ role: Role, _ status: Int) async throws {
        let coordinator = try await TestCoordinator.make()
        try await coordinator.addPerson("kim", .researcher)
        try await coordinator.addPerson("other", role)
        try await coordinator.addProject(hospitals: [.busan], members: ["kim"])
        let query = try await coordinator.ask(try await coordinator.signIn("kim"))
        let other = try await coordinator.signIn("other")
        for path in ["result", "export"] {
            let answer = try await coordinator.people(.get, "/v1/queries/\(query)/\(path)", token: other)
            #expect(answer.status == status, "\(role) \(path)")
            #expect(answer.json["rows"] == nil)
        }
    }

    @Test func whoeverLeavesTheProjectSeesNothingFromThatMomentOn() async throws {
        let coordinator = try await TestCoordinator.make()
        try await coordinator.addPerson("kim", .researcher)
        try await coordinator.addProject(hospitals: [.busan], members: ["kim"])
        let token = try await coordinator.signIn("kim")
        let query = try await coordinator.ask(token)
        try await coordinator.office.projects.setMember(
            ProjectID(unchecked: "P-0042"), login: "kim", isMember: false, by: .operatorAccount("test"))
        #expect(try await coordinator.people(.get, "/v1/queries/\(query)/result", token: token).status == 404)
        #expect(try await coordinator.people(.get, "/v1/queries", token: token).json["queries"]?.arrayValue?.isEmpty == true)
    }

    @Test func everyRouteBehindTheSignInRefusesStrangers() async throws {
        let coordinator = try await TestCoordinator.make()
        let routes: [(Verb, String)] = [
            (.delete, "/v1/session"), (.get, "/v1/me"), (.get, "/v1/tokens"), (.post, "/v1/tokens"),
            (.delete, "/v1/tokens/K-1"), (.get, "/v1/projects"), (.get, "/v1/nodes"), (.get, "/v1/roster"),
            (.post, "/v1/queries"), (.get, "/v1/queries"), (.get, "/v1/queries/Q-7F3K-92QD"),
            (.get, "/v1/queries/Q-7F3K-92QD/result"), (.get, "/v1/queries/Q-7F3K-92QD/export"),
            (.post, "/v1/queries/Q-7F3K-92QD/cancel"),
        ]
        for (verb, path) in routes {
            for token in [nil, "dure_s_00", "not a token"] {
                let answer = try await coordinator.people(verb, path, token: token, body: [:])
                #expect(answer.status == 401, "\(verb) \(path)")
                #expect(answer.code == "SIGN_IN_NEEDED")
            }
        }
    }
}

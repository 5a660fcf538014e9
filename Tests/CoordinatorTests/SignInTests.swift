import CanonicalJSON
import Federation
import Foundation
import GRDB
import Testing

@testable import Coordinator

@Suite struct SignInTests {
    /// RFC 7914 section 12: scrypt of "password" with salt "NaCl", N 1024, r 8, p 16; its first 32 bytes.
    @Test func theHashIsScryptAsPublished() throws {
        let hash = try PasswordHash(
            of: "password", cost: .init(rounds: 1024, blockSize: 8, parallelism: 16), salt: Array("NaCl".utf8))
        #expect(Hex.encode(hash.hash) == "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162")
        let read = try #require(PasswordHash(hash.text))
        #expect(read.matches("password"))
        #expect(!read.matches("Password"))
    }

    @Test func hangulTypedDecomposedIsTheSamePassword() throws {
        let hash = try PasswordHash(of: "비밀번호는 길수록 좋다", cost: .trivial)
        #expect(hash.matches("비밀번호는 길수록 좋다".decomposedStringWithCanonicalMapping))
    }

    @Test(arguments: ["", "scrypt$1$8$1$00$00", "scrypt$1024$8$1$zz$00", "bcrypt$1024$8$1$00$00", "scrypt$1073741824$8$1$00$00"])
    func whatIsNoHashMatchesNothing(_ text: String) { #expect(PasswordHash(text) == nil) }

    @Test(arguments: ["short", "aaaaaaaaaaaaaaa", "kim kim kim kim"])
    func unsuitablePasswordsAreRefused(_ password: String) {
        #expect(throws: CoordinatorError.self) { try PasswordHash.check(password, login: "kim") }
    }

    @Test func waitsGrowAndEnd() {
        let throttle = SignInThrottle()
        var record: SignInThrottle.Record?
        var waits: [Int64] = []
        for _ in 0..<17 {
            record = throttle.afterFailure(record, now: Timestamp(1_000))
            waits.append(throttle.wait(record, now: Timestamp(1_000)))
        }
        #expect(waits == [0, 0, 0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900])
        #expect(throttle.wait(record, now: Timestamp(1_900)) == 0)
        #expect(throttle.afterFailure(record, now: Timestamp(1_000 + 86_400)).failures == 1)
    }

    @Test func guessingIsSlowedDownAndTheRightPasswordWaitsToo() async throws {
        let coordinator = try await TestCoordinator.make()
        try await coordinator.addPerson("kim", .researcher)
        let wrong = SignInRequest(user: "kim", password: "something else entirely").json
        for _ in 0..<6 {
            #expect(try await coordinator.people(.post, "/v1/session", body: wrong).code == "SIGN_IN_FAILED")
        }
        let right = SignInRequest(user: "kim", password: TestCoordinator.password).json
        let blocked = try await coordinator.people(.post, "/v1/session", body: right)
        #expect(blocked.status == 429)
        #expect(blocked.code == "SIGN_IN_THROTTLED")
        coordinator.time.advance(2)
        #expect(try await coordinator.people(.post, "/v1/session", body: right).status == 201)
    }

    @Test func anUnknownNameAndADisabledPersonLookLikeAWrongPassword() async throws {
        let coordinator = try await TestCoordinator.make()
        try await coordinator.addPerson("kim", .researcher)
        try await coordinator.office.people.disable(login: "kim", by: .operatorAccount("test"))
        var answers: Set<String> = []
        for user in ["nobody", "kim"] {
            let answer = try await coordinator.people(
                .post, "/v1/session", body: SignInRequest(user: user, password: TestCoordinator.password).json)
            answers.insert(answer.json.text())
            #expect(answer.status == 401)
        }
        #expect(answers.count == 1)
    }

    @Test func aSessionEndsByTimeBySigningOutAndWhenThePersonIsStopped() async throws {
        let coordinator = try await TestCoordinator.make()
        try await coordinator.addPerson("kim", .researcher)
        let first = try await coordinator.signIn("kim")
        #expect(try await coordinator.people(.get, "/v1/me", token: first).json["user"] == "kim")
        #expect(try await coordinator.people(.delete, "/v1/session", token: first).status == 204)
        #expect(try await coordinator.people(.get, "/v1/me", token: first).status == 401)

        let second = try await coordinator.signIn("kim")
        coordinator.time.advance(12 * 3_600)
        #expect(try await coordinator.people(.get, "/v1/me", token: second).status == 401)

        let third = try await coordinator.signIn("kim")
        try await coordinator.office.people.disable(login: "kim", by: .operatorAccount("test"))
        #expect(try await coordinator.people(.get, "/v1/me", token: third).status == 401)
    }

    @Test func aTokenIsShownOnceHashedAtRestAndHeldToItsScope() async throws {
        let coordinator = try await TestCoordinator.make()
        try await coordinator.addPerson("kim", .researcher)
        try await coordinator.addProject(hospitals: [.busan], members: ["kim"])
        let session = try await coordinator.signIn("kim")
        let made = try await coordinator.people(
            .post, "/v1/tokens", token: session, body: ["label": "nightly", "scopes": ["read"], "days": 30])
        let token = try #require(made.json["token"]?.stringValue)
        let id = try #require(made.json["id"]?.stringValue)
        #expect(token.hasPrefix("dure_t_"))

        #expect(try await coordinator.people(.get, "/v1/projects", token: token).status == 200)
        let asked = try await coordinator.people(
            .post, "/v1/queries", token: token, body: try TestCoordinator.submission())
        #expect(asked.code == "SCOPE_MISSING")
        #expect(try await coordinator.people(.get, "/v1/tokens", token: token).code == "SCOPE_MISSING")
        let list = try await coordinator.people(.get, "/v1/tokens", token: session)
        #expect(list.json["tokens"]?[0]?["id"]?.stringValue == id)
        #expect(!list.json.text().contains(token))
        let stored = try await coordinator.office.database.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM credential").map { "\($0)" }.joined()
        }
        #expect(!stored.contains(token))

        #expect(try await coordinator.people(.delete, "/v1/tokens/\(id)", token: session).status == 204)
        #expect(try await coordinator.people(.get, "/v1/projects", token: token).status == 401)
    }

    @Test func aTokenEndsAndNobodyRevokesAnothersToken() async throws {
        let coordinator = try await TestCoordinator.make()
        try await coordinator.addPerson("kim", .researcher)
        try await coordinator.addPerson("lee", .researcher)
        let made = try await coordinator.office.credentials.makeToken(
            login: "kim", label: "x", scopes: [.read], seconds: 100, by: .operatorAccount("test"))
        let lee = try await coordinator.signIn("lee")
        let answer = try await coordinator.people(.delete, "/v1/tokens/\(made.credential.id)", token: lee)
        #expect(answer.status == 404)
        #expect(try await coordinator.people(.get, "/v1/me", token: made.secret).status == 200)
        coordinator.time.advance(100)
        #expect(try await coordinator.people(.get, "/v1/me", token: made.secret).status == 401)
    }

    @Test func aTokenMakesNoTokensAndASessionNoWiderOnes() async throws {
        let coordinator = try await TestCoordinator.make()
        try await coordinator.addPerson("kim", .researcher)
        let token = try await coordinator.office.credentials.makeToken(
            login: "kim", label: "all", scopes: [.admin, .read, .run], seconds: 100, by: .operatorAccount("test"))
        let wish: JSONValue = ["label": "longer", "scopes": ["run"], "days": 366]
        let minted = try await coordinator.people(.post, "/v1/tokens", token: token.secret, body: wish)
        #expect(minted.status == 403)
        #expect(minted.code == "NOT_ALLOWED")

        let now = coordinator.time.now
        let session = try await coordinator.office.database.write { db in
            let kim = try PeopleRegister.person(db, login: "kim")
            return try CredentialRegister.make(db, .session, kim.id, "session", [.admin, .read], now, now.adding(100))
        }
        let wider = try await coordinator.people(.post, "/v1/tokens", token: session.secret, body: wish)
        #expect(wider.status == 403)
        #expect(wider.code == "SCOPE_MISSING")
        let narrow = try await coordinator.people(
            .post, "/v1/tokens", token: session.secret, body: ["label": "narrow", "scopes": ["read"], "days": 1])
        #expect(narrow.status == 201)
    }

    @Test func triesSentSideBySideAreCountedOneByOne() async throws {
        let coordinator = try await TestCoordinator.make()
        try await coordinator.addPerson("kim", .researcher)
        let wrong = SignInRequest(user: "kim", password: "something else entirely").json
        let codes = try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<20 {
                group.addTask { try await coordinator.people(.post, "/v1/session", body: wrong).code }
            }
            return try await group.reduce(into: [String?: Int]()) { $0[$1, default: 0] += 1 }
        }
        #expect(codes == ["SIGN_IN_FAILED": 6, "SIGN_IN_THROTTLED": 14])
    }

    @Test func signingInWellIsHeldAgainstNobody() async throws {
        let coordinator = try await TestCoordinator.make()
        try await coordinator.addPerson("kim", .researcher)
        for _ in 0..<3 { _ = try await coordinator.signIn("kim") }
        let failures = try await coordinator.office.database.read { db in
            try Int.fetchOne(db, sql: "SELECT coalesce(sum(failures), 0) FROM sign_in_failure")
        }
        #expect(failures == 0)
    }
}

import Disclosure
import Federation
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import NodeAgent
import Testing

@testable import NodeConsole

@Suite struct `The console` {
    private let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "dure-console-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let policy = "schema: \"dure.policy/1\"\nversion: 1\nchanged_by: \"<b>office</b>\"\nreason: \"r\"\n"
        let node = """
            schema: "dure.node/1"
            node: { id: "KR-H-0011" }
            coordinator: { url: "https://hub.example" }
            source: [{ id: "omop", kind: "sqlite", path: "omop.sqlite" }]
            """
        try node.write(toFile: folder + "/node.yaml", atomically: true, encoding: .utf8)
        try policy.write(toFile: folder + "/policy.yaml", atomically: true, encoding: .utf8)
    }

    private func routes(_ sessions: ConsoleSessions) -> Router<BasicRequestContext> {
        ConsoleRoutes(
            desk: ConsoleDesk(
                configurationFile: folder + "/node.yaml", policyFile: folder + "/policy.yaml", stateDirectory: folder + "/state",
                person: Operator(uid: 7)),
            sessions: sessions, standard: .en
        ).router()
    }

    private func ask(
        _ method: HTTPRequest.Method, _ path: String, origin: String? = "http://localhost",
        cookie: String? = nil, form: String? = nil, sessions: ConsoleSessions
    ) async throws -> (status: Int, body: String, headers: HTTPFields) {
        let application = Application(router: routes(sessions))
        return try await application.test(.router) { client in
            var headers: HTTPFields = [:]
            if let origin { headers[.origin] = origin }
            if let cookie { headers[.cookie] = cookie }
            return try await client.execute(
                uri: path, method: method, headers: headers, body: form.map { ByteBuffer(string: $0) }
            ) { response in (response.status.code, String(buffer: response.body), response.headers) }
        }
    }

    @Test(arguments: [
        ("localhost", true), ("localhost:8080", true), ("127.0.0.1:1", true), ("[::1]:5", true), ("LOCALHOST", true),
        ("evil.example", false), ("127.0.0.1.evil.example", false), ("localhost.evil.example:80", false), ("", false),
    ])
    func `Only this machine's own names are answered, so that a foreign page cannot point its name here`(
        host: String, isLocal: Bool
    ) {
        #expect(ConsoleGuard<BasicRequestContext>.isLocal(host) == isLocal)
    }

    @Test func `Nobody sees or changes anything without the token`() async throws {
        let sessions = ConsoleSessions(token: "right")
        for path in ["/", "/policy", "/log", "/status", "/requests/T-0Z3K-92QD-7F3K-AAAA-1234"] {
            let answer = try await ask(.get, path, sessions: sessions)
            #expect(answer.status == 401 && answer.body.contains("Sign in") && !answer.body.contains("office"))
        }
        for path in ["/stop", "/pause", "/requests/T-0Z3K-92QD-7F3K-AAAA-1234/approve"] {
            #expect(try await ask(.post, path, form: "reason=x", sessions: sessions).status == 401)
        }
        #expect(try await ask(.post, "/sign-in", form: "token=wrong", sessions: sessions).status == 401)
        let answer = try await ask(.post, "/sign-in", form: "token=right", sessions: sessions)
        #expect(answer.status == 303)
        let cookie = try #require(answer.headers[.setCookie])
        #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"))
    }

    @Test func `A form of another page, or without the session's key, changes nothing`() async throws {
        let sessions = ConsoleSessions(token: "right")
        let session = try #require(sessions.signIn("right"))
        let cookie = "session=\(session.id)"
        let foreign = try await ask(
            .post, "/pause", origin: "http://evil.example", cookie: cookie, form: "key=\(session.formKey)", sessions: sessions)
        #expect(foreign.status == 403)
        let silent = try await ask(
            .post, "/pause", origin: nil, cookie: cookie, form: "key=\(session.formKey)", sessions: sessions)
        #expect(silent.status == 403)
        #expect(try await ask(.post, "/pause", cookie: cookie, form: "key=guess", sessions: sessions).status == 403)
        #expect(try StateDirectory(folder + "/state").pauseMessage == nil)
        let own = try await ask(
            .post, "/pause", cookie: cookie, form: "key=\(session.formKey)&message=%EC%A0%90%EA%B2%80+1", sessions: sessions)
        #expect(own.status == 200)
        #expect(try StateDirectory(folder + "/state").pauseMessage == "점검 1")
    }

    @Test func `Pages have no scripts and no foreign assets, say so to the browser, and escape what is not theirs`() async throws
    {
        let sessions = ConsoleSessions(token: "right")
        let session = try #require(sessions.signIn("right"))
        for path in ["/", "/policy", "/log", "/status"] {
            let answer = try await ask(.get, path, cookie: "session=\(session.id)", sessions: sessions)
            #expect(answer.status == 200, "\(path)")
            #expect(!answer.body.contains("<script") && !answer.body.contains("//cdn") && !answer.body.contains("src="))
            #expect(answer.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
            #expect(answer.headers[.cacheControl] == "no-store")
            #expect(answer.body.contains("<h1>") && answer.body.contains("lang=\"en\"") && answer.body.contains("class=\"skip\""))
        }
        let policy = try await ask(.get, "/policy", cookie: "session=\(session.id)", sessions: sessions).body
        #expect(policy.contains("&lt;b&gt;office&lt;/b&gt;") && !policy.contains("<b>office"))
        let korean = try await ask(.get, "/", cookie: "session=\(session.id); language=ko", sessions: sessions).body
        #expect(korean.contains("lang=\"ko\"") && korean.contains("대기 중인 요청이 없습니다."))
    }

    @Test func `The stop button stops, and one person cannot lift it`() async throws {
        let sessions = ConsoleSessions(token: "right")
        let session = try #require(sessions.signIn("right"))
        let cookie = "session=\(session.id)"
        let stopped = try await ask(
            .post, "/stop", cookie: cookie, form: "key=\(session.formKey)&reason=drill", sessions: sessions)
        #expect(stopped.status == 200 && stopped.body.contains("role=\"alert\""))
        let state = try StateDirectory(folder + "/state")
        #expect(StopSwitch(state).order?.reason == "drill" && StopSwitch(state).order?.person == 7)
        _ = try await ask(.post, "/lift", cookie: cookie, form: "key=\(session.formKey)", sessions: sessions)
        let again = try await ask(.post, "/lift", cookie: cookie, form: "key=\(session.formKey)", sessions: sessions)
        #expect(again.status == 422 && StopSwitch(state).isStopped)
    }

    @Test func `A browser that says nothing for half an hour is signed out, and tokens cannot be guessed on and on`() {
        let clock = TestClock()
        let sessions = ConsoleSessions(token: "right", now: { clock.seconds })
        let session = sessions.signIn("right")
        clock.seconds += ConsoleSessions.idle - 1
        #expect(sessions.find(session?.id) != nil)
        clock.seconds += ConsoleSessions.idle
        #expect(sessions.find(session?.id) == nil)
        for _ in 0..<ConsoleSessions.mostFailures { #expect(sessions.signIn("wrong") == nil) }
        #expect(sessions.signIn("right") == nil)
    }

    @Test func `A table of two dimensions stands as a grid, the longer one down, with every hidden cell in words`() throws {
        let hidden = DisclosedCount.hidden(low: 0, high: 14, why: .small)
        let breakdown = DisclosedBreakdown(
            dimensions: ["sex", "ageBand"],
            cells: [
                .init(key: ["female", "0-9"], count: hidden), .init(key: ["female", "10-19"], count: .exact(0)),
                .init(key: ["female", "20-29"], count: .rounded(1_240, base: 5, low: 1_222, high: 1_258)),
                .init(key: ["female", "*"], count: hidden),
            ])
        let answer = DisclosedAnswer(total: hidden, breakdown: breakdown)
        let korean = LeavingPage(pages: RequestPages(say: .ko)).numbers(.answered(answer)).text
        #expect(korean.components(separatedBy: "비공개 0–14").count == 4, "the total and two cells")
        #expect(korean.contains(">≈1,240<") && korean.contains("연령대") && korean.contains("여성") && korean.contains("전체"))
        let rows = try #require(korean.components(separatedBy: "<tbody>").last).components(separatedBy: "<th scope=\"row\">")
        #expect(rows.count == 5, "four age bands go down the page")
    }

    @Test func `True values are shown to who asks, marked as staying, and are in none of the bytes`() throws {
        let seen = try ConsoleScene.seen()
        #expect(!String(decoding: seen.bytes, as: UTF8.self).contains("97531"))
        let session = ConsoleSessions.Session(id: "i", formKey: "k", seen: 0)
        for (say, mark) in [(ConsolePage.Language.en, "Does not leave"), (.ko, "반출되지 않음")] {
            let page = LeavingPage(pages: RequestPages(say: say))
            let closed = page.html(seen, session).text
            #expect(!closed.contains("97531") && closed.contains("name=\"exact\""))
            let open = page.html(seen, session, isOpen: true).text
            #expect(open.contains("<th scope=\"col\" class=\"number\">\(mark)</th>"))
            #expect(open.components(separatedBy: "97531").count == 2, "once, in the table")
            // The bytes, and what an approval is of, are the same.
            #expect(open.components(separatedBy: "<pre").last == closed.components(separatedBy: "<pre").last)
            #expect(open.contains("name=\"answer\" value=\"\(seen.digest.text)\""))
        }
    }

    @Test func `Indented sentences become lists inside lists`() {
        let lines = [(level: 0, text: "a"), (1, "b"), (2, "<c>"), (1, "d"), (0, "e")]
        let html = SentenceList.html(lines).text.filter { !$0.isWhitespace }
        #expect(
            html == "<ulclass=\"said\"><li>a<ul><li>b<ul><li>&lt;c&gt;</li></ul></li><li>d</li></ul></li><li>e</li></ul>")
    }

    @Test func `Moments are told by the clock on the hospital's wall`() throws {
        let moment = try #require(Timestamp("2026-12-05T16:47:14Z"))
        let korea = ConsoleWords(.ko).time(moment).text
        #expect(korea == "<time datetime=\"2026-12-05T16:47:14Z\">2026-12-06 01:47 KST</time>")
        #expect(ConsoleWords(.en, offsetMinutes: -210).time(moment).text.contains("2026-12-05 13:17 UTC−03:30"))
    }

    @Test(arguments: [
        ("auto", "즉시 반출"), ("manual-2", "2명 승인 필요"), ("hold-24h", "24시간 안에 거절이 없으면 자동 반출"),
        ("hold-24h-2", "24시간 안에 거절이 없으면 자동 반출, 그 전에는 2명 승인 필요"),
    ])
    func `What the policy asked for is said in words`(word: String, said: String) {
        #expect(ConsoleWords(.ko).decision(word) == said)
    }

    @Test func `The page says where one is, and names the hospital`() {
        let page = ConsolePage(
            language: .en, hospital: "A & B Hospital", hospitalID: "KR-H-0011", person: "uid 7", isStopped: false)
        let session = ConsoleSessions.Session(id: "i", formKey: "k", seen: 0)
        let html = page.html("Log", session, at: .log, "")
        #expect(html.contains("A &amp; B Hospital") && html.contains("KR-H-0011"))
        #expect(html.components(separatedBy: "aria-current").count == 2)
        #expect(html.contains("<a href=\"/log\" accesskey=\"3\" aria-current=\"page\">"))
    }

    @Test func `Every hidden number is marked in the bytes, and nothing in them becomes markup`() {
        let marked = HTML.marking(#""kind":"hidden""#, in: #"{"a":{"kind":"hidden"},"b":"<i>","c":{"kind":"hidden"}}"#).text
        #expect(marked.components(separatedBy: "<mark>").count == 3)
        #expect(marked.contains("&lt;i&gt;") && !marked.contains("<i>"))
        let word = "<x>"
        let page: HTML = "<p>\(word)</p>"
        #expect(page.text == "<p>&lt;x&gt;</p>")
    }
}

private final class TestClock: @unchecked Sendable {
    // @unchecked: one test touches it, one call after the other.
    var seconds: Int64 = 1_000
}

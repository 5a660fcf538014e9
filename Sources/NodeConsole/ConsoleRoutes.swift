import Federation
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NodeAgent

/// The console's addresses. Each one that changes something takes the form key of the session; each page but signing in takes a
/// session.
struct ConsoleRoutes: Sendable {
    let desk: ConsoleDesk
    let sessions: ConsoleSessions
    let standard: ConsolePage.Language

    func router() -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        router.add(middleware: ConsoleGuard())
        router.get("/style.css") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/css; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(string: ConsoleStyle.text)))
        }
        router.get("/language/:code") { request, context in
            Self.redirect(
                to: "/", cookie: "language=\(context.parameters.get("code") == "en" ? "en" : "ko"); Path=/; SameSite=Strict")
        }
        router.post("/sign-in") { request, _ in try await signIn(request) }
        router.get("/") { request, _ in
            try await page(request, ("Requests", "요청"), at: .requests) { say, _ in
                let all = request.uri.queryParameters["all"] == "1"
                return pages(say).list(try await desk.requests.list(all: all), all: all)
            }
        }
        router.get("/requests/:id") { request, context in
            try await page(request, ("Request", "요청"), at: .requests) { say, session in
                pages(say).detail(try await desk.requests.show(try Self.ticket(context)), session)
            }
        }
        router.get("/policy") { request, _ in
            try await page(request, ("Policy", "정책"), at: .policy) { say, _ in HousePages(say: say).policy(try desk.policy) }
        }
        router.get("/log") { request, _ in try await log(request) }
        router.get("/status") { request, _ in
            try await page(request, ("Status", "상태"), at: .status) { say, session in try await status(say, session) }
        }
        decisions(router)
        return router
    }

    private func decisions(_ router: Router<BasicRequestContext>) {
        router.post("/requests/:id/dry-run") { request, context in
            let id = try Self.ticket(context)
            return try await act(request, ("What would leave", "반출 미리보기"), at: .requests) { say, session, form in
                LeavingPage(pages: pages(say)).html(
                    try await desk.requests.dryRun(id), session, isOpen: form["exact"] == "1")
            }
        }
        router.post("/requests/:id/approve") { request, context in
            let id = try Self.ticket(context)
            return try await act(request, ("Request", "요청"), at: .requests) { say, session, form in
                let seen = try await desk.requests.dryRun(id)
                // What stands on the person's screen, and nothing else, is what they said yes to.
                guard seen.digest.text == form["answer"] else {
                    let changed: HTML =
                        "<p role=\"alert\">\(say("The answer has changed. Look at it again.", "응답이 바뀌었습니다. 다시 확인하십시오."))</p>"
                    return HTML.all([changed, LeavingPage(pages: pages(say)).html(seen, session)])
                }
                _ = try await desk.requests.approve(seen, by: desk.person)
                return pages(say).detail(try await desk.requests.show(id), session)
            }
        }
        router.post("/requests/:id/decline") { request, context in
            let id = try Self.ticket(context)
            return try await act(request, ("Request", "요청"), at: .requests) { say, session, form in
                let code = DeclineCode(rawValue: form["reason"]) ?? .declinedByPerson
                try await desk.requests.decline(id, by: desk.person, code: code)
                return pages(say).detail(try await desk.requests.show(id), session)
            }
        }
        router.post("/pause") { request, _ in
            try await act(request, ("Status", "상태"), at: .status) { say, session, form in
                try desk.state.pause(form["message"])
                return try await status(say, session)
            }
        }
        router.post("/resume") { request, _ in
            try await act(request, ("Status", "상태"), at: .status) { say, session, _ in
                _ = try desk.state.resume()
                return try await status(say, session)
            }
        }
        router.post("/stop") { request, _ in
            try await act(request, ("Status", "상태"), at: .status) { say, session, form in
                _ = try await EmergencyStop(try desk.state).run(by: desk.person, reason: form["reason"])
                return try await status(say, session)
            }
        }
        router.post("/lift") { request, _ in
            try await act(request, ("Status", "상태"), at: .status) { say, session, _ in
                _ = try await EmergencyStop(try desk.state).lift(by: desk.person)
                return try await status(say, session)
            }
        }
    }

    private func status(_ say: ConsolePage.Language, _ session: ConsoleSessions.Session) async throws -> HTML {
        let state = try desk.state
        return HousePages(say: say).status(
            try await StatusReport(state: state), isPaused: state.pauseMessage != nil, isStopped: StopSwitch(state).isStopped,
            session)
    }

    private func log(_ request: Request) async throws -> Response {
        try await page(request, ("Log", "감사 로그"), at: .log) { say, _ in
            let report = try await AuditReport(state: try desk.state)
            var search = AuditReport.Search()
            let action = request.uri.queryParameters["action"].map(String.init) ?? ""
            if !action.isEmpty { search.action = action }
            let entries = Array(report.entries(search).suffix(200).reversed())
            return HousePages(say: say, words: words(say)).log(entries, isIntact: (try? report.verify()) != nil, action: action)
        }
    }

    // MARK: -

    private typealias Title = (en: String, ko: String)

    private func words(_ say: ConsolePage.Language) -> ConsoleWords {
        ConsoleWords(say, offsetMinutes: (try? desk.policy.limits.hours.offsetMinutes) ?? AnswerHours.always.offsetMinutes)
    }

    private func pages(_ say: ConsolePage.Language) -> RequestPages { RequestPages(say: say, words: words(say)) }

    private func signIn(_ request: Request) async throws -> Response {
        let say = language(request)
        guard let session = sessions.signIn(try await ConsoleForm(request)["token"]) else {
            return Self.answer(
                desk.page(say).html(
                    say("Sign in", "로그인"), nil, notice: say("That is not the token.", "토큰이 올바르지 않습니다."),
                    HousePages(say: say).signIn()), .unauthorized)
        }
        return Self.redirect(to: "/", cookie: "session=\(session.id); Path=/; HttpOnly; SameSite=Strict")
    }

    /// A page for whoever is signed in.
    private func page(
        _ request: Request, _ title: Title, at place: ConsolePage.Place,
        _ body: (ConsolePage.Language, ConsoleSessions.Session) async throws -> HTML
    ) async throws -> Response {
        let say = language(request)
        guard let session = sessions.find(Self.cookie("session", request)) else {
            return Self.answer(
                desk.page(say).html(say("Sign in", "로그인"), nil, HousePages(say: say).signIn()), .unauthorized)
        }
        let title = say(title.en, title.ko)
        do {
            // The body first: it may have changed what the frame says.
            let inner = try await body(say, session)
            return Self.answer(desk.page(say).html(title, session, at: place, inner))
        } catch let error as NodeError {
            return Self.answer(
                desk.page(say).html(title, session, at: place, notice: "\(error.message) \(error.advice)", ""),
                .unprocessableContent)
        }
    }

    /// A change, for whoever is signed in and sent a form of this console.
    private func act(
        _ request: Request, _ title: Title, at place: ConsolePage.Place,
        _ body: (ConsolePage.Language, ConsoleSessions.Session, ConsoleForm) async throws -> HTML
    ) async throws -> Response {
        let form = try await ConsoleForm(request)
        return try await page(request, title, at: place) { say, session in
            guard form["key"] == session.formKey else { throw HTTPError(.forbidden) }
            return try await body(say, session, form)
        }
    }

    private func language(_ request: Request) -> ConsolePage.Language {
        Self.cookie("language", request).flatMap(ConsolePage.Language.init(rawValue:)) ?? standard
    }

    private static func ticket(_ context: BasicRequestContext) throws -> TicketID {
        guard let id = context.parameters.get("id").flatMap(TicketID.init(rawValue:)) else { throw HTTPError(.notFound) }
        return id
    }

    private static func cookie(_ name: String, _ request: Request) -> String? {
        for header in request.headers[values: .cookie] {
            for pair in header.split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1)
                if parts.count == 2, parts[0].drop(while: { $0 == " " }) == name { return String(parts[1]) }
            }
        }
        return nil
    }

    private static func answer(_ page: String, _ status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "text/html; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: page)))
    }

    private static func redirect(to path: String, cookie: String) -> Response {
        Response(status: .seeOther, headers: [.location: path, .setCookie: cookie])
    }
}

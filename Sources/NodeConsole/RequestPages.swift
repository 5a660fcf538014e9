import CanonicalJSON
import Cohorts
import Disclosure
import Federation
import NodeAgent

/// The pages of the desk, from plain values: tested without a server.
struct RequestPages: Sendable {
    let say: ConsolePage.Language
    let words: ConsoleWords

    init(say: ConsolePage.Language, words: ConsoleWords? = nil) {
        self.say = say
        self.words = words ?? ConsoleWords(say)
    }

    private var sentences: SentenceLanguage { say == .ko ? .korean : .english }

    /// What waits, or everything.
    func list(_ items: [RequestDesk.Item], all: Bool) -> HTML {
        let other: HTML =
            all
            ? "<p><a href=\"/\">\(say("Only what waits", "대기 중인 요청만"))</a></p>"
            : "<p><a href=\"/?all=1\">\(say("Also what was decided", "처리된 요청 포함"))</a></p>"
        guard !items.isEmpty else { return "<p>\(say("Nothing is waiting.", "대기 중인 요청이 없습니다."))</p>\(other)" }
        return """
            <div class="wide"><table><caption>\(say("The most urgent first", "급한 순서"))</caption><thead><tr>
            <th scope="col">\(say("Request", "요청"))</th><th scope="col">\(say("State", "상태"))</th>
            <th scope="col">\(say("Project", "과제"))</th><th scope="col">\(say("Purpose", "활용 목적"))</th>
            <th scope="col">\(say("Decision", "결정 방식"))</th><th scope="col">\(say("Time", "시각"))</th>
            </tr></thead><tbody>\(HTML.all(items.map(row)))</tbody></table></div>\(other)
            """
    }

    private func row(_ item: RequestDesk.Item) -> HTML {
        let (request, project) = (item.request, item.ticket.project)
        let approvals =
            request.approvals.isEmpty ? "" : say(", \(request.approvals.count) so far", ", 현재 \(request.approvals.count)명")
        let limit = request.due ?? request.expires
        return """
            <tr><th scope="row"><a href="/requests/\(item.ticket.id.rawValue)">\(title(item.ticket))</a><br>
            <small class="id">\(item.ticket.id.rawValue)</small></th>
            <td><span class="badge">\(words.state(request.state))</span></td>
            <td>\(project.title.text(say.rawValue))<br><small class="id">\(project.id.rawValue) · \(project.organisation)</small></td>
            <td>\(words.purpose(project.purposeClass))</td><td>\(words.decision(request.decision) + approvals)</td>
            <td>\(request.due == nil ? say("decide before", "결정 기한") : say("leaves", "자동 반출"))<br>\(words.time(limit))</td></tr>
            """
    }

    private func title(_ ticket: QueryTicket) -> String {
        ticket.question.title.text(sentences) ?? say("a question without a title", "제목 없는 조회")
    }

    /// What one request asks, and the buttons.
    func detail(_ item: RequestDesk.Item, _ session: ConsoleSessions.Session) -> HTML {
        let (request, ticket) = (item.request, item.ticket)
        let limit: HTML =
            request.due.map { due -> HTML in "<dt>\(say("Leaves by itself", "자동 반출"))</dt><dd>\(words.time(due))</dd>" } ?? ""
        let isOpen = item.standing == "held"
        let buttons: HTML = isOpen ? actions(ticket.id, session) : ""
        return """
            <p class="key"><strong>\(title(ticket))</strong></p>
            <dl><dt>\(say("State", "상태"))</dt><dd><span class="badge">\(words.state(request.state))</span>
            <small class="id">\(item.standing)</small></dd>
            <dt>\(say("Project", "과제"))</dt><dd>\(ticket.project.title.text(say.rawValue))
            <small class="id">\(ticket.project.id.rawValue)</small></dd>
            <dt>\(say("Organisation", "기관"))</dt><dd class="id">\(ticket.project.organisation)</dd>
            <dt>\(say("Purpose", "활용 목적"))</dt><dd>\(words.purpose(ticket.project.purposeClass)): \(ticket.project.purpose)</dd>
            <dt>\(say("Shown", "공개 방식"))</dt><dd>\(words.mode(ticket.mode))</dd>
            <dt>\(say("Outputs", "출력"))</dt><dd>\(outputs(ticket.question))</dd>
            <dt>\(say("Decision", "결정 방식"))</dt><dd>\(words.decision(request.decision))
            <small class="id">\(request.why.joined(separator: ", "))</small></dd>
            <dt>\(say("Since", "접수"))</dt><dd>\(words.time(request.held))</dd>\(limit)
            <dt>\(say("Decide before", "결정 기한"))</dt><dd>\(words.time(request.expires))</dd>
            <dt>\(say("Approvals", "승인"))</dt><dd>\(approvals(request))</dd>
            <dt>\(say("Request", "요청"))</dt><dd class="id">\(ticket.id.rawValue)</dd></dl>
            \(buttons)
            <h2>\(say("What is asked", "조회 내용"))</h2>\(SentenceList.html(ticket.question.sentences(sentences)))
            """
    }

    private func approvals(_ request: DeskRequest) -> HTML {
        guard !request.approvals.isEmpty else { return "\(say("nobody yet", "아직 없음"))" }
        let items = request.approvals.map { approval -> HTML in
            "<li>\(approval.person.words) · \(words.time(approval.at)) · <code>\(approval.payload.short)</code></li>"
        }
        return "<ul>\(HTML.all(items))</ul>"
    }

    private func outputs(_ question: FeasibilityQuestion) -> String {
        var parts = [say("total", "합계")]
        if question.attrition { parts.append(say("attrition", "대상자 선정 흐름")) }
        if !question.breakdown.isEmpty {
            let dimensions = question.breakdown.map { words.dimension($0.rawValue) }.joined(separator: " × ")
            parts.append(say("breakdown by ", "세부 분포: ") + dimensions)
        }
        return parts.joined(separator: ", ")
    }

    private func actions(_ id: TicketID, _ session: ConsoleSessions.Session) -> HTML {
        let reasons = RequestDesk.reasons.map { code -> HTML in
            "<option value=\"\(code.rawValue)\">\(code.words.text(say.rawValue)) (\(code.rawValue))</option>"
        }
        return """
            <h2>\(say("Decide", "결정"))</h2>
            <form method="post" action="/requests/\(id.rawValue)/dry-run">\(key(session))
            <button accesskey="d">\(say("Show exactly what would leave", "반출 미리보기"))</button></form>
            <form method="post" action="/requests/\(id.rawValue)/decline">\(key(session))
            <label for="reason">\(say("Decline, because", "거절 사유"))</label>
            <select id="reason" name="reason">\(HTML.all(reasons))</select>
            <button class="plain">\(say("Decline", "거절"))</button></form>
            """
    }

    func key(_ session: ConsoleSessions.Session) -> HTML {
        "<input type=\"hidden\" name=\"key\" value=\"\(session.formKey)\">"
    }
}

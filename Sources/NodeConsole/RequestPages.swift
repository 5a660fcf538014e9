import CanonicalJSON
import Cohorts
import Disclosure
import Federation
import NodeAgent

/// The pages of the desk, from plain values: tested without a server.
struct RequestPages: Sendable {
    let say: ConsolePage.Language

    private var sentences: SentenceLanguage { say == .ko ? .korean : .english }

    /// What waits, or everything.
    func list(_ items: [RequestDesk.Item], all: Bool) -> HTML {
        let other: HTML =
            all
            ? "<p><a href=\"/\">\(say("Only what waits", "대기 중인 요청만"))</a></p>"
            : "<p><a href=\"/?all=1\">\(say("Also what was decided", "처리된 요청 포함"))</a></p>"
        guard !items.isEmpty else { return "<p>\(say("Nothing is waiting.", "대기 중인 요청이 없습니다."))</p>\(other)" }
        let rows = items.map { item -> HTML in
            let limit = item.request.due ?? item.request.expires
            return """
                <tr><th scope="row"><a href="/requests/\(item.ticket.id.rawValue)">\(item.ticket.id.rawValue)</a></th>
                <td>\(word(item.request.state))</td><td>\(item.request.approvals.count)</td><td>\(item.request.decision)</td>
                <td>\(item.ticket.project.id.rawValue)</td><td>\(item.ticket.project.organisation)</td>
                <td>\(item.ticket.project.purposeClass.rawValue)</td>
                <td>\(item.request.due == nil ? say("until", "기한") : say("leaves", "자동 반출")) \(limit.description)</td></tr>
                """
        }
        return """
            <table><caption>\(say("The most urgent first", "급한 순서"))</caption><thead><tr>
            <th scope="col">\(say("Ticket", "요청"))</th><th scope="col">\(say("State", "상태"))</th>
            <th scope="col">\(say("Approved by", "승인 수"))</th><th scope="col">\(say("Decision", "결정 방식"))</th>
            <th scope="col">\(say("Project", "과제"))</th><th scope="col">\(say("Organisation", "기관"))</th>
            <th scope="col">\(say("Purpose", "활용 목적"))</th><th scope="col">\(say("Time", "시각"))</th>
            </tr></thead><tbody>\(HTML.all(rows))</tbody></table>\(other)
            """
    }

    /// What one request asks, and the buttons.
    func detail(_ item: RequestDesk.Item, _ session: ConsoleSessions.Session) -> HTML {
        let (request, ticket) = (item.request, item.ticket)
        let lines = ticket.question.cohort.sentences(sentences).map { line -> HTML in
            "<li>\(String(repeating: "\u{2003}", count: line.level))\(line.text)</li>"
        }
        let approvals = request.approvals.map { approval -> HTML in
            "<li>\(approval.person.words) · \(approval.at.description) · \(approval.payload.short)</li>"
        }
        let isOpen = item.standing == "held"
        let buttons: HTML = isOpen ? actions(ticket.id, session) : ""
        return """
            <dl><dt>\(say("State", "상태"))</dt><dd>\(word(request.state)) (\(item.standing))</dd>
            <dt>\(say("Project", "과제"))</dt><dd>\(ticket.project.id.rawValue) \(ticket.project.title.text(say.rawValue))</dd>
            <dt>\(say("Organisation", "기관"))</dt><dd>\(ticket.project.organisation)</dd>
            <dt>\(say("Purpose", "활용 목적"))</dt><dd>\(ticket.project.purposeClass.rawValue): \(ticket.project.purpose)</dd>
            <dt>\(say("Shown", "공개 방식"))</dt><dd>\(ticket.mode.rawValue)</dd>
            <dt>\(say("Decision", "결정 방식"))</dt><dd>\(request.decision) (\(request.why.joined(separator: ", ")))</dd>
            <dt>\(say("Since", "접수"))</dt><dd>\(request.held.description)</dd>
            <dt>\(say("Until", "기한"))</dt><dd>\(request.expires.description)</dd></dl>
            <h2>\(say("Approvals", "승인"))</h2><ul>\(HTML.all(approvals))</ul>
            <h2>\(say("What is asked", "조회 내용"))</h2><ul>\(HTML.all(lines))</ul>
            \(buttons)
            """
    }

    private func actions(_ id: TicketID, _ session: ConsoleSessions.Session) -> HTML {
        let reasons = RequestDesk.reasons.map { code -> HTML in
            "<option value=\"\(code.rawValue)\">\(code.rawValue): \(code.words.text(say.rawValue))</option>"
        }
        return """
            <h2>\(say("Decide", "결정"))</h2>
            <form method="post" action="/requests/\(id.rawValue)/dry-run">\(key(session))
            <button accesskey="d">\(say("Show exactly what would leave", "반출 미리보기"))</button></form>
            <form method="post" action="/requests/\(id.rawValue)/decline">\(key(session))
            <label for="reason">\(say("Decline, because", "거절 사유"))</label>
            <select id="reason" name="reason">\(HTML.all(reasons))</select>
            <button>\(say("Decline", "거절"))</button></form>
            """
    }

    /// Exactly what would leave: each number, each hidden one marked, and the bytes.
    func answer(_ seen: RequestDesk.Seen, _ session: ConsoleSessions.Session) -> HTML {
        let bytes = String(decoding: seen.bytes, as: UTF8.self)
        let rows = seen.preview.lines.map { line -> HTML in
            "<tr><th scope=\"row\">\(line.place)</th><td>\(shown(line.disclosed))</td></tr>"
        }
        let rules = seen.preview.rules.map { rule -> HTML in "<li>\(rule)</li>" }
        return """
            <p><strong>\(say(
                "Only these \(seen.bytes.count) bytes would leave this hospital. No patient-level rows are included.",
                "아래 \(seen.bytes.count)바이트만 병원 밖으로 나갑니다. 환자 단위 자료는 포함되지 않습니다."))</strong></p>
            <p>\(say("Fingerprint", "지문")): <code>\(Fingerprint.grouped(seen.digest))</code></p>
            <p>\(outcome(seen.preview.outcome))</p>
            <table><caption>\(say("Each number as it would leave", "나가는 수치"))</caption><tbody>\(HTML.all(rows))</tbody></table>
            <h2>\(say("The bytes, each hidden number marked", "나가는 바이트(비공개 수치 표시)"))</h2>
            <pre tabindex="0">\(HTML.marking("\"kind\":\"hidden\"", in: bytes))</pre>
            <h2>\(say("Why it is allowed", "허용 근거"))</h2><ol>\(HTML.all(rules))</ol>
            <form method="post" action="/requests/\(seen.item.ticket.id.rawValue)/approve">\(key(session))
            <input type="hidden" name="answer" value="\(seen.digest.text)">
            <button accesskey="a">\(say("Approve exactly these bytes", "이 내용 그대로 승인"))
            (\(seen.item.request.approvals.count + 1)/\(max(1, seen.needed.approvers)))</button></form>
            <p><a href="/requests/\(seen.item.ticket.id.rawValue)">\(say("Back", "돌아가기"))</a></p>
            """
    }

    private func outcome(_ outcome: AnswerOutcome) -> String {
        switch outcome {
        case .answered, .masked: say("It would be answered.", "응답됩니다.")
        case .declined(let code, _): say("It would be declined: ", "거절됩니다: ") + code.rawValue
        case .unavailable(let why, _): say("Cannot be known here: ", "조회 불가: ") + why.rawValue
        case .failed(let why): say("It would fail: ", "실패: ") + why.rawValue
        }
    }

    private func shown(_ count: DisclosedCount) -> HTML {
        switch count {
        case .exact(let value): "\(value)"
        case .rounded(let value, _, _, _): "≈\(value)"
        case .hidden(let low, let high, _): "<span class=\"hidden\">\(say("HIDDEN", "비공개")) \(low)–\(high)</span>"
        default: "–"
        }
    }

    func key(_ session: ConsoleSessions.Session) -> HTML {
        "<input type=\"hidden\" name=\"key\" value=\"\(session.formKey)\">"
    }

    func word(_ state: DeskRequest.State) -> String {
        switch state {
        case .held: say("waiting", "대기")
        case .approved: say("approved", "승인")
        case .declined: say("declined", "거절")
        case .overdue: say("let out after its hours", "시간 경과로 반출")
        case .expired: say("expired", "만료")
        case .stopped: say("stopped", "중단")
        }
    }
}

import CanonicalJSON
import Disclosure
import Federation
import NodeAgent

/// Exactly what would leave for a request: each number, each hidden one marked, and the bytes; and what stays, where a person asks.
struct LeavingPage: Sendable {
    let pages: RequestPages
    private var say: ConsolePage.Language { pages.say }
    private var words: ConsoleWords { pages.words }

    /// - Parameter isOpen: whether the person asked for the true values.
    func html(_ seen: RequestDesk.Seen, _ session: ConsoleSessions.Session, isOpen: Bool = false) -> HTML {
        let bytes = String(decoding: seen.bytes, as: UTF8.self)
        let rules = seen.preview.rules.map { rule -> HTML in "<li>\(rule)</li>" }
        return """
            <p class="key"><strong>\(say(
                "Only these \(seen.bytes.count) bytes would leave this hospital. No patient-level rows are included.",
                "아래 \(seen.bytes.count)바이트만 병원 밖으로 나갑니다. 환자 단위 자료는 포함되지 않습니다."))</strong><br>
            \(say("Fingerprint", "지문값")): <code>\(Fingerprint.grouped(seen.digest))</code></p>
            <p>\(outcome(seen.preview.outcome))</p>
            \(approval(seen, session))
            \(numbers(seen.preview.outcome))
            \(stays(seen, session, isOpen))
            <h2>\(say("Why it is allowed", "허용 근거"))</h2><ol>\(HTML.all(rules))</ol>
            <h2>\(say("The bytes, each hidden number marked", "나가는 바이트(비공개 수치 표시)"))</h2>
            <pre tabindex="0">\(HTML.marking("\"kind\":\"hidden\"", in: bytes))</pre>
            """
    }

    private func approval(_ seen: RequestDesk.Seen, _ session: ConsoleSessions.Session) -> HTML {
        let id = seen.item.ticket.id.rawValue
        return """
            <form method="post" action="/requests/\(id)/approve">\(pages.key(session))
            <input type="hidden" name="answer" value="\(seen.digest.text)">
            <button accesskey="a">\(say("Approve exactly these bytes", "이 내용 그대로 승인"))
            (\(seen.item.request.approvals.count + 1)/\(max(1, seen.needed.approvers)))</button>
            <a href="/requests/\(id)">\(say("Back", "돌아가기"))</a></form>
            """
    }

    /// The true values, or the button that asks for them.
    private func stays(_ seen: RequestDesk.Seen, _ session: ConsoleSessions.Session, _ isOpen: Bool) -> HTML {
        if seen.preview.lines.isEmpty { return "" }
        if isOpen { return TrueValues(say: say, words: words).html(seen.preview.lines) }
        return """
            <form method="post" action="/requests/\(seen.item.ticket.id.rawValue)/dry-run">\(pages.key(session))
            <input type="hidden" name="exact" value="1">
            <button class="plain">\(say("Show the true values (they do not leave)", "실제 값 보기(반출되지 않음)"))</button></form>
            """
    }

    private func outcome(_ outcome: AnswerOutcome) -> String {
        switch outcome {
        case .answered, .masked: say("It would be answered.", "응답됩니다.")
        case .declined(let code, _):
            say("It would be declined: ", "거절됩니다: ") + "\(code.words.text(say.rawValue)) (\(code.rawValue))"
        case .unavailable(let why, _): say("Cannot be known here: ", "조회 불가: ") + why.rawValue
        case .failed(let why): say("It would fail: ", "실패: ") + why.rawValue
        }
    }

    // MARK: The numbers

    func numbers(_ outcome: AnswerOutcome) -> HTML {
        guard case .answered(let answer) = outcome else { return "" }
        var rows: [HTML] = [row(say("Cohort", "코호트"), answer.total)]
        rows += answer.attrition.enumerated().map { number, step in row("\(number). \(step.name)", step.count) }
        return """
            <h2>\(say("Each number as it would leave", "나가는 수치"))</h2>
            <table><caption>\(say("Total and attrition, patients", "합계와 대상자 선정 흐름(명)"))</caption>
            <tbody>\(HTML.all(rows))</tbody></table>
            \(answer.breakdown.map(table) ?? "")
            """
    }

    private func row(_ name: String, _ count: DisclosedCount) -> HTML {
        "<tr><th scope=\"row\">\(name)</th><td class=\"number\">\(words.count(count))</td></tr>"
    }

    /// Two dimensions side by side; one or three as a list of cells.
    private func table(_ breakdown: DisclosedBreakdown) -> HTML {
        let caption =
            say("Breakdown, patients: ", "세부 분포(명): ") + breakdown.dimensions.map(words.dimension).joined(separator: " × ")
        let body: HTML = breakdown.dimensions.count == 2 ? grid(breakdown) : cells(breakdown)
        return """
            <h2>\(say("Breakdown", "세부 분포"))</h2>
            <div class="wide"><table><caption>\(caption)</caption>\(body)</table></div>
            """
    }

    private func cells(_ breakdown: DisclosedBreakdown) -> HTML {
        let rows = breakdown.cells.map { row($0.key.map(words.category).joined(separator: " · "), $0.count) }
        return "<tbody>\(HTML.all(rows))</tbody>"
    }

    private func grid(_ breakdown: DisclosedBreakdown) -> HTML {
        let counts = Dictionary(breakdown.cells.map { ($0.key, $0.count) }, uniquingKeysWith: { first, _ in first })
        // The longer dimension runs down the page.
        let (first, second) = (categories(breakdown, 0), categories(breakdown, 1))
        let isTurned = second.count > first.count
        let (down, across) = isTurned ? (second, first) : (first, second)
        let heads = across.map { name -> HTML in "<th scope=\"col\" class=\"number\">\(words.category(name))</th>" }
        let rows = down.map { name -> HTML in
            let row = across.map { other -> HTML in
                let count = counts[isTurned ? [other, name] : [name, other]]
                return "<td class=\"number\">\(count.map(words.count) ?? "–")</td>"
            }
            return "<tr><th scope=\"row\">\(words.category(name))</th>\(HTML.all(row))</tr>"
        }
        return """
            <thead><tr><th scope="col">\(words.dimension(breakdown.dimensions[isTurned ? 1 : 0]))</th>
            \(HTML.all(heads))</tr></thead>
            <tbody>\(HTML.all(rows))</tbody>
            """
    }

    private func categories(_ breakdown: DisclosedBreakdown, _ dimension: Int) -> [String] {
        var seen = Set<String>()
        return breakdown.cells.map { $0.key[dimension] }.filter { seen.insert($0).inserted }
    }
}

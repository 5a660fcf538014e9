import CanonicalJSON
import Federation
import NodeAgent

/// The pages about the node itself: signing in, policy, log, status.
struct HousePages: Sendable {
    let say: ConsolePage.Language
    let words: ConsoleWords

    init(say: ConsolePage.Language, words: ConsoleWords? = nil) {
        self.say = say
        self.words = words ?? ConsoleWords(say)
    }

    func signIn() -> HTML {
        """
        <form method="post" action="/sign-in">
        <label for="token">\(say("The token that the terminal shows", "터미널에 표시된 로그인 토큰"))</label>
        <input id="token" name="token" type="password" autocomplete="off" required autofocus>
        <button>\(say("Sign in", "로그인"))</button></form>
        """
    }

    func policy(_ policy: Policy) -> HTML {
        let notes = policy.notes.map { note -> HTML in "<li>\(note)</li>" }
        return """
            <p>\(say("Version", "버전")) \(policy.version) · \(policy.changedBy) · \(policy.reason)</p>
            <p><code>\(policy.hash.text)</code></p><ul>\(HTML.all(notes))</ul>
            <pre tabindex="0">\(policy.json.text(indent: 2))</pre>
            <p>\(say(
                "Change it with `dure-node policy apply`; a looser policy takes two persons.",
                "변경: `dure-node policy apply`. 완화하는 변경에는 두 사람이 필요합니다."))</p>
            """
    }

    func log(_ entries: [AuditEntry], isIntact: Bool, action: String) -> HTML {
        let rows = entries.map { entry -> HTML in
            """
            <tr><td class="number">\(entry.sequence)</td><td>\(words.time(entry.at))</td><td class="id">\(entry.actor)</td>
            <td class="id">\(entry.action)</td><td class="id">\(entry.object)</td><td>\(entry.outcome)</td>
            <td class="id">\(entry.content?.short ?? "")</td></tr>
            """
        }
        let state =
            isIntact
            ? say("The chain and everything that was signed about it hold.", "로그의 연결과 서명이 모두 올바릅니다.")
            : say("THE LOG DOES NOT HOLD: run dure-node log verify.", "로그에 이상이 있습니다. 실행: dure-node log verify")
        return """
            <p role="status">\(state)</p>
            <form method="get" action="/log"><label for="action">\(say("Action begins with", "동작"))</label>
            <input id="action" name="action" value="\(action)"><button>\(say("Search", "검색"))</button></form>
            <div class="wide"><table><caption>\(say("The last 200 lines that fit, the newest first", "최근 200개 행(최신순)"))</caption><thead><tr>
            <th scope="col" class="number">#</th><th scope="col">\(say("Time", "시각"))</th><th scope="col">\(say("Who", "행위자"))</th>
            <th scope="col">\(say("Action", "동작"))</th><th scope="col">\(say("Object", "대상"))</th>
            <th scope="col">\(say("Outcome", "결과"))</th><th scope="col">\(say("Content", "내용 지문"))</th>
            </tr></thead><tbody>\(HTML.all(rows))</tbody></table></div>
            """
    }

    func status(_ report: StatusReport, isPaused: Bool, isStopped: Bool, _ session: ConsoleSessions.Session) -> HTML {
        let isKorean = say == .ko
        let facts = report.facts(korean: isKorean).map { fact -> HTML in "<dt>\(fact.name)</dt><dd>\(fact.value)</dd>" }
        let notes = report.notes(korean: isKorean).map { note -> HTML in "<li>\(note)</li>" }
        return """
            <p><span class="badge">\(report.stateWord(korean: isKorean))</span></p>
            <dl>\(HTML.all(facts))</dl><ul>\(HTML.all(notes))</ul>
            <h2>\(say("Pause", "일시 중지"))</h2>\(pause(isPaused, session))
            <h2>\(say("Stop everything", "긴급 차단"))</h2>\(stop(isStopped, session))
            """
    }

    private func pause(_ isPaused: Bool, _ session: ConsoleSessions.Session) -> HTML {
        let key = RequestPages(say: say).key(session)
        return isPaused
            ? """
            <form method="post" action="/resume">\(key)<button>\(say("End the pause", "일시 중지 해제"))</button></form>
            """
            : """
            <form method="post" action="/pause">\(key)<label for="message">\(say("Pause, because", "일시 중지 사유"))</label>
            <input id="message" name="message"><button class="plain">\(say("Pause", "일시 중지"))</button></form>
            """
    }

    private func stop(_ isStopped: Bool, _ session: ConsoleSessions.Session) -> HTML {
        let key = RequestPages(say: say).key(session)
        return isStopped
            ? """
            <p>\(say("Lifting takes two different persons.", "해제하려면 서로 다른 두 사람이 필요합니다."))</p>
            <form method="post" action="/lift">\(key)<button>\(say("Say yes to lifting", "해제에 동의"))</button></form>
            """
            : """
            <form method="post" action="/stop">\(key)<label for="reason">\(say("Stop everything, because", "모든 처리를 중단하는 사유"))</label>
            <input id="reason" name="reason" required>
            <button class="stop">\(say("Stop everything", "긴급 차단"))</button></form>
            """
    }
}

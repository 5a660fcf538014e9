import Federation

/// The frame around every page: language, navigation, and one place for what happened.
struct ConsolePage: Sendable {
    /// The two languages of the console.
    enum Language: String, Sendable, CaseIterable {
        case ko, en
        func callAsFunction(_ english: String, _ korean: String) -> String { self == .ko ? korean : english }
    }

    let language: Language
    let hospital: String
    let person: String
    /// Whether everything is stopped by hand.
    let isStopped: Bool

    func html(_ title: String, _ session: ConsoleSessions.Session?, notice: String? = nil, _ body: HTML) -> String {
        let say = language
        let navigation: HTML =
            session == nil
            ? ""
            : """
            <nav aria-label="\(say("Pages", "페이지"))"><ul>
            <li><a href="/" accesskey="1">\(say("Requests", "요청"))</a></li>
            <li><a href="/policy" accesskey="2">\(say("Policy", "정책"))</a></li>
            <li><a href="/log" accesskey="3">\(say("Log", "감사 로그"))</a></li>
            <li><a href="/status" accesskey="4">\(say("Status and stop", "상태·중단"))</a></li>
            <li><a href="/language/\(say == .ko ? "en" : "ko")" lang="\(say == .ko ? "en" : "ko")">\(say == .ko ? "English" : "한국어")</a></li>
            </ul></nav>
            """
        let alarm: HTML =
            isStopped
            ? "<p role=\"alert\" class=\"alarm\">\(say("Everything is stopped by hand.", "모든 처리가 중단되었습니다."))</p>" : ""
        let told: HTML = notice.map { "<p role=\"status\" class=\"notice\">\($0)</p>" } ?? ""
        let page: HTML = """
            <!doctype html>
            <html lang="\(say.rawValue)"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title) · \(hospital)</title><link rel="stylesheet" href="/style.css"></head>
            <body><a class="skip" href="#main">\(say("To the content", "본문으로"))</a>
            <header><strong>\(hospital)</strong> <span>\(person)</span></header>
            \(navigation)
            <main id="main"><h1>\(title)</h1>\(alarm)\(told)
            \(body)
            </main></body></html>
            """
        return page.text
    }

    /// The one style sheet.
    static let style = """
        :root{color-scheme:light dark;font:16px/1.5 system-ui,"Noto Sans KR",sans-serif}
        body{margin:0 auto;max-width:72rem;padding:0 1rem 3rem}
        header{display:flex;justify-content:space-between;padding:.6rem 0;border-bottom:1px solid}
        nav ul{display:flex;flex-wrap:wrap;gap:1.2rem;list-style:none;padding:0}
        table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #8888}
        pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid #8888;padding:.8rem}
        mark{background:#ffd54d;color:#000;font-weight:600}.hidden{font-weight:700;text-decoration:underline dotted}
        .alarm{background:#a40000;color:#fff;padding:.6rem}.notice{border:2px solid;padding:.6rem}
        form{margin:.8rem 0}button,select,input,textarea{font:inherit;padding:.4rem .7rem}
        :focus-visible{outline:3px solid #1769e0;outline-offset:2px}
        .skip{position:absolute;left:-999px}.skip:focus{position:static}
        fieldset{border:1px solid #8888;margin:1rem 0}
        """
}

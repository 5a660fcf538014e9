import Federation

/// The frame around every page: language, navigation, and one place for what happened.
struct ConsolePage: Sendable {
    /// The two languages of the console.
    enum Language: String, Sendable, CaseIterable {
        case ko, en
        func callAsFunction(_ english: String, _ korean: String) -> String { self == .ko ? korean : english }
    }

    let language: Language
    /// The hospital's name and its id.
    let hospital: String
    let hospitalID: String
    let person: String
    /// Whether everything is stopped by hand.
    let isStopped: Bool

    /// What the navigation leads to, each with its key.
    enum Place: String, Sendable, CaseIterable {
        case requests = "/"
        case policy = "/policy"
        case log = "/log"
        case status = "/status"

        func name(_ say: Language) -> String {
            switch self {
            case .requests: say("Requests", "요청")
            case .policy: say("Policy", "정책")
            case .log: say("Log", "감사 로그")
            case .status: say("Status and stop", "상태·중단")
            }
        }
    }

    private func navigation(_ place: Place?) -> HTML {
        let say = language
        let links = Place.allCases.enumerated().map { number, other -> HTML in
            let current: HTML = other == place ? " aria-current=\"page\"" : ""
            return "<li><a href=\"\(other.rawValue)\" accesskey=\"\(number + 1)\"\(current)>\(other.name(say))</a></li>"
        }
        let other = say == .ko ? Language.en : .ko
        return """
            <nav aria-label="\(say("Pages", "페이지"))"><ul>
            \(HTML.all(links))
            <li><a href="/language/\(other.rawValue)" lang="\(other.rawValue)">\(other("English", "한국어"))</a></li>
            </ul></nav>
            """
    }

    func html(
        _ title: String, _ session: ConsoleSessions.Session?, at place: Place? = nil, notice: String? = nil, _ body: HTML
    ) -> String {
        let say = language
        let navigation: HTML = session == nil ? "" : navigation(place)
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
            <header><span><strong>\(hospital)</strong> <small class="id">\(hospitalID)</small></span> <small>\(person)</small></header>
            \(navigation)
            <main id="main"><h1>\(title)</h1>\(alarm)\(told)
            \(body)
            </main></body></html>
            """
        return page.text
    }
}

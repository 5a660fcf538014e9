import Cohorts
import Disclosure
import Federation
import NodeAgent

/// What codes of the wire and of the policy are called on the pages, and moments by the clock on the hospital's wall.
struct ConsoleWords: Sendable {
    let say: ConsolePage.Language
    /// Minutes that the hospital's clock is before UTC.
    let offsetMinutes: Int

    init(_ say: ConsolePage.Language, offsetMinutes: Int = 540) {
        self.say = say
        self.offsetMinutes = offsetMinutes
    }

    /// A moment as people of the house read it; the page's source has it in UTC, too.
    func time(_ moment: Timestamp) -> HTML {
        let local = moment.adding(Int64(offsetMinutes) * 60).description
        return "<time datetime=\"\(moment.description)\">\(local.prefix(10) + " " + local.dropFirst(11).prefix(5)) \(zone)</time>"
    }

    private var zone: String {
        if offsetMinutes == 540 { return "KST" }
        let minutes = abs(offsetMinutes)
        let clock = [minutes / 60, minutes % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
        return "UTC" + (offsetMinutes < 0 ? "−" : "+") + clock
    }

    func purpose(_ purpose: ProjectStatement.PurposeClass) -> String {
        switch purpose {
        case .protocolFeasibility: say("protocol feasibility", "연구계획 타당성 조회")
        case .trialSiteSelection: say("choice of trial sites", "임상시험 기관 선정")
        case .methodDevelopment: say("development of methods", "방법론 개발")
        case .publicHealth: say("public health", "공중보건")
        case .education: say("education", "교육")
        }
    }

    func mode(_ mode: ReleaseMode) -> String {
        switch mode {
        case .named: say("with this hospital's name", "병원 이름 표시")
        case .coded: say("under a code", "코드로 표시")
        case .secureTotal: say("inside a secure total only", "보안 합산에만 포함")
        }
    }

    /// `manual-2`, `hold-24h`: what the policy asked for when the request was held.
    func decision(_ word: String) -> String {
        let parts = word.split(separator: "-").map(String.init)
        let number = parts.count > 1 ? parts[1].filter(\.isNumber) : ""
        let second = parts.count > 2 ? parts[2] : nil
        switch parts.first {
        case "manual": return approvals(number)
        case "hold":
            let hours = say("leaves after \(number) hours unless a person declines", "\(number)시간 안에 거절이 없으면 자동 반출")
            return second.map { hours + say("; sooner with ", ", 그 전에는 ") + approvals($0) } ?? hours
        default: return say("leaves at once", "즉시 반출")
        }
    }

    private func approvals(_ number: String) -> String {
        number == "1" ? say("one person's approval", "1명 승인 필요") : say("approval by \(number) persons", "\(number)명 승인 필요")
    }

    func state(_ state: DeskRequest.State) -> String {
        switch state {
        case .held: say("waiting", "대기")
        case .approved: say("approved", "승인")
        case .declined: say("declined", "거절")
        case .overdue: say("let out after its hours", "시간 경과로 반출")
        case .expired: say("expired", "만료")
        case .stopped: say("stopped", "중단")
        }
    }

    /// A count as it would leave; a hidden one is marked.
    func count(_ count: DisclosedCount) -> HTML {
        switch count {
        case .exact(let value): "\(number(value))"
        case .rounded(let value, let base, let low, let high):
            "<span title=\"\(say("rounded to \(base): \(low) to \(high)", "\(base) 단위 반올림: \(low)–\(high)"))\">≈\(number(value))</span>"
        case .hidden(let low, let high, _):
            "<span class=\"hidden\">\(say("HIDDEN", "비공개")) \(number(low))–\(number(high))</span>"
        default: "–"
        }
    }

    /// Digits in groups of three.
    private func number(_ value: Int) -> String {
        let digits = Array(String(value))
        return String(
            digits.enumerated().flatMap { place, digit in
                place > 0 && (digits.count - place).isMultiple(of: 3) ? [",", digit] : [digit]
            })
    }

    func dimension(_ name: String) -> String {
        switch BreakdownDimension(rawValue: name) {
        case .sex: say("sex", "성별")
        case .ageBand: say("age", "연령대")
        case .indexYear: say("year of the index date", "기준일 연도")
        case .visitType: say("visit", "방문 유형")
        default: name
        }
    }

    func category(_ name: String) -> String {
        switch name {
        case DisclosedBreakdown.all: say("all", "전체")
        case "female": say("female", "여성")
        case "male": say("male", "남성")
        case "unknown": say("unknown", "미상")
        default: name
        }
    }
}

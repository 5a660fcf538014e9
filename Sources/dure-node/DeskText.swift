import Cohorts
@_spi(Hospital) import Disclosure
import Federation
import Foundation
import NodeAgent

/// Requests and what would leave for them, in lines for a terminal.
struct DeskText {
    let say: Language

    init(_ language: Language) { say = language }

    private var sentenceLanguage: SentenceLanguage { say == .ko ? .korean : .english }

    /// One line of the list.
    func line(_ item: RequestDesk.Item) -> String {
        let project = item.ticket.project
        let limit = item.request.due ?? item.request.expires
        return [
            item.ticket.id.rawValue, word(item.request), "\(item.request.approvals.count)", item.request.decision,
            project.id.rawValue, project.organisation, project.purposeClass.rawValue, item.ticket.mode.rawValue,
            (item.request.due == nil ? say("until ", "기한 ") : say("leaves ", "자동 반출 ")) + "\(limit)",
        ].joined(separator: "  ")
    }

    /// Everything about one request.
    func page(_ item: RequestDesk.Item) -> [String] {
        let (request, ticket) = (item.request, item.ticket)
        var lines = [
            "\(ticket.id)  \(word(request))  (\(item.standing))",
            say("query", "조회") + "         \(ticket.query)  \(ticket.questionHash.short)",
            say("project", "과제") + "       \(ticket.project.id)  \(ticket.project.title.text(say.rawValue))",
            say("organisation", "기관") + "  \(ticket.project.organisation)",
            say("purpose", "활용 목적") + "       \(ticket.project.purposeClass.rawValue): \(ticket.project.purpose)",
            say("shown", "공개 방식") + "         \(ticket.mode.rawValue)",
            say("outputs", "출력") + "       " + outputs(ticket.question),
            say("decision", "결정 방식") + "      \(request.decision) (\(request.why.joined(separator: ", ")))",
            say("since", "접수") + "         \(request.held)",
            say("until", "기한") + "         \(request.expires)",
        ]
        if let due = request.due { lines.append(say("leaves", "자동 반출") + "        \(due)") }
        for approval in request.approvals {
            lines.append(say("approved", "승인") + "      \(approval.person.words)  \(approval.at)  \(approval.payload.short)")
        }
        if let code = request.decline { lines.append(say("declined", "거절") + "      \(code.rawValue)") }
        lines.append("")
        for line in ticket.question.sentences(sentenceLanguage) {
            lines.append(String(repeating: "  ", count: line.level) + line.text)
        }
        return lines
    }

    private func outputs(_ question: FeasibilityQuestion) -> String {
        var words = ["total"]
        if question.attrition { words.append("attrition") }
        if !question.breakdown.isEmpty {
            words.append("breakdown by " + question.breakdown.map(\.rawValue).joined(separator: ", "))
        }
        return words.joined(separator: ", ")
    }

    private func word(_ request: DeskRequest) -> String {
        switch request.state {
        case .held: say("waiting", "대기")
        case .approved: say("approved", "승인")
        case .declined: say("declined", "거절")
        case .overdue: say("let out after its hours", "시간 경과로 반출")
        case .expired: say("expired", "만료")
        case .stopped: say("stopped", "중단")
        }
    }

    /// What would leave, number by number, with every hidden one marked; its bytes go to standard output.
    func answer(_ seen: RequestDesk.Seen) -> [String] {
        var lines = [
            say(
                "Only these \(seen.bytes.count) bytes would leave this hospital. No patient-level rows are included.",
                "아래 \(seen.bytes.count)바이트만 병원 밖으로 나갑니다. 환자 단위 자료는 포함되지 않습니다."),
            say("answer ", "응답 지문 ") + Fingerprint.grouped(seen.digest),
        ]
        lines += seen.preview.rules.map { "  ok  \($0)" }
        switch seen.preview.outcome {
        case .declined(let code, _):
            lines.append(say("It would be declined: ", "거절될 요청입니다: ") + "\(code.rawValue) (\(code.words.text(say.rawValue)))")
        case .unavailable(let why, let detail):
            lines.append(say("Cannot be known here: ", "조회 불가: ") + why.rawValue + (detail.map { " (\($0))" } ?? ""))
        case .failed(let why): lines.append(say("Failed: ", "실패: ") + why.rawValue)
        case .answered, .masked: lines += seen.preview.lines.map { "  \(shown($0.disclosed))  \($0.place)" }
        }
        return lines
    }

    private func shown(_ count: DisclosedCount) -> String {
        switch count {
        case .exact(let value): "\(value)"
        case .rounded(let value, _, _, _): "≈\(value)"
        case .hidden(let low, let high, _): say("HIDDEN \(low)–\(high)", "비공개 \(low)–\(high)")
        default: "–"
        }
    }

    /// The true values, for a person at a terminal and nowhere else.
    func trueValues(_ lines: [Preview.Line]) {
        guard Terminal.isWatched else {
            return Terminal.say(say("True values are shown on a terminal only.", "실제 값은 터미널에만 표시합니다."))
        }
        Terminal.say(say("TRUE VALUES: they stay in this hospital. Do not copy them.", "실제 값: 병원 밖으로 반출 금지."))
        for line in lines {
            let value = line.exact.map { "\($0.value)" } ?? "-"
            Terminal.say("  \(value.padding(toLength: 12, withPad: " ", startingAt: 0)) \(line.place)")
        }
    }
}

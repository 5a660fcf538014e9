import Disclosure
import Federation

/// How disclosed counts are written for people. A hidden value is never written as a number.
public struct CountText: Sendable {
    private let language: Language

    /// Texts in `language`.
    public init(_ language: Language) { self.language = language }

    /// `≈1,240`, `0–10`, `no data`.
    public func value(_ count: DisclosedCount) -> String {
        switch count {
        case .exact(let value): number(value)
        case .rounded(let value, _, _, _): "≈" + number(value)
        case .hidden(let low, let high, _): "\(number(low))–\(number(high))"
        case .unavailable(.notApplicable, _): language.choose("n/a", "해당 없음")
        case .unavailable: language.choose("no data", "데이터 없음")
        case .masked, .refused, .waiting, .failed: "–"
        }
    }

    /// The word of the count's state: `rounded`, `hidden`, `declined`.
    public func status(_ count: DisclosedCount) -> String {
        switch count {
        case .exact: language.choose("exact", "정확값")
        case .rounded: language.choose("rounded", "반올림값")
        case .hidden: language.choose("hidden", "비공개")
        case .masked: language.choose("in the total", "합산에 포함")
        case .unavailable(.notApplicable, _): language.choose("n/a", "해당 없음")
        case .unavailable: language.choose("no data", "데이터 없음")
        case .refused: language.choose("declined", "거절됨")
        case .waiting: language.choose("waiting", "대기 중")
        case .failed: language.choose("no answer", "응답 없음")
        }
    }

    /// Why there is no number, or an empty text.
    public func note(_ count: DisclosedCount) -> String {
        switch count {
        case .exact, .rounded, .masked: ""
        case .hidden(_, _, let why): note(why)
        case .unavailable(let why, let detail): note(why, detail)
        case .refused(let code): note(declined: code)
        case .waiting(let why, _): note(why)
        case .failed(let why): note(why)
        }
    }

    /// The code, which a person can ask the hospital about, and what it says.
    private func note(declined code: String) -> String {
        guard let words = DeclineCode(rawValue: code)?.words else { return code }
        return "\(code): \(words.text(language.choose("en", "ko")))"
    }

    private func note(_ why: HiddenReason) -> String {
        switch why {
        case .small: language.choose("small count", "소수 셀")
        default: language.choose("hidden: \(why.rawValue)", "비공개: \(why.rawValue)")
        }
    }

    private func note(_ why: UnavailableReason, _ detail: String?) -> String {
        let what = detail.map { " (\($0))" } ?? ""
        switch why {
        case .domain: return language.choose("domain not mapped here", "용어가 매핑되지 않은 도메인") + what
        case .years: return language.choose("years not held here", "해당 연도 데이터 없음") + what
        case .vocabulary: return language.choose("not in this vocabulary", "용어체계에 없는 개념") + what
        case .unit: return language.choose("unit not convertible", "변환할 수 없는 단위") + what
        case .collection: return language.choose("collection not held here", "해당 데이터 묶음 없음") + what
        case .notApplicable: return language.choose("not applicable here", "이 병원에는 해당 없음") + what
        }
    }

    private func note(_ why: WaitingReason) -> String {
        switch why {
        case .queue: language.choose("in the queue", "대기열")
        case .approval: language.choose("waiting for approval", "승인 대기")
        case .courier: language.choose("in courier", "파일 반입·반출 진행 중")
        case .node: language.choose("the hospital has it", "병원에서 처리 중")
        }
    }

    private func note(_ why: FailureReason) -> String {
        switch why {
        case .timeout: language.choose("timed out", "시간 초과")
        case .offline: language.choose("not connected", "연결되지 않음")
        case .error: language.choose("error at the hospital", "병원 측 오류")
        case .integrity: language.choose("signature check failed", "전자서명 검증 실패")
        }
    }

    /// `2,101–2,118`, or one number where both ends are the same.
    public func interval(_ interval: CountInterval) -> String {
        interval.low == interval.high ? number(interval.low) : "\(number(interval.low))–\(number(interval.high))"
    }

    /// `1,240`: digits in groups of three.
    public func number(_ value: Int) -> String {
        var digits = Array(String(value.magnitude))
        var index = digits.count - 3
        while index > 0 {
            digits.insert(",", at: index)
            index -= 3
        }
        return (value < 0 ? "-" : "") + String(digits)
    }
}

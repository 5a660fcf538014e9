import Disclosure
import Federation
import TerminalText

/// A consortium total as lines for a terminal: the estimate with its error, and why there is none where there is none.
struct TotalView {
    private let total: SecureTotal
    private let language: Language
    private let counts: CountText

    init(_ total: SecureTotal, language: Language) {
        self.total = total
        self.language = language
        counts = CountText(language)
    }

    /// The total and what it rests on.
    func summary(_ width: Int) -> [String] {
        let label = DisplayWidth.padded(language.choose("Secure total", "보안 합산"), to: 24)
        guard let answer = total.answer else { return [label + state] + DisplayWidth.wrapped(hint, to: width) }
        return [label + value(answer.total) + language.choose(" records", "건")]
            + [DisplayWidth.padded("", to: 24) + error(answer.total)] + distinct(width)
            + DisplayWidth.wrapped(hint, to: width)
    }

    /// The patients of all hospitals together, where they were asked for.
    private func distinct(_ width: Int) -> [String] {
        let label = DisplayWidth.padded(language.choose("Different patients", "서로 다른 환자"), to: 24)
        let indent = DisplayWidth.padded("", to: 24)
        switch total.distinct {
        case nil: return []
        case .counted(let count):
            let words = language.choose(
                "Each patient counts once; at hospitals below the threshold, once for each hospital.",
                "환자 한 명을 한 번만 셉니다. 기준 미만인 병원의 환자는 병원별로 셉니다.")
            return [label + value(count) + language.choose(" patients", "명"), indent + error(count)]
                + DisplayWidth.wrapped(words, to: width)
        case .refused(let why):
            return [label + language.choose("not counted", "집계되지 않음")] + DisplayWidth.wrapped(words(why), to: width)
        }
    }

    private func words(_ why: DistinctRefusal) -> String {
        switch why {
        case .notAllowed:
            language.choose(
                "The policy of at least one hospital does not allow counting different patients (\(why.rawValue)).",
                "한 곳 이상의 병원 정책이 중복 제거 집계를 허용하지 않습니다(\(why.rawValue)).")
        case .noLinkageKey:
            language.choose(
                "At least one hospital has no linkage key (\(why.rawValue)).", "한 곳 이상의 병원에 연계 키가 없습니다(\(why.rawValue)).")
        case .otherKeys:
            language.choose(
                "The hospitals do not have the same linkage key (\(why.rawValue)).",
                "병원들의 연계 키가 서로 다릅니다(\(why.rawValue)).")
        case .mismatch:
            language.choose(
                "The hospitals' sketches do not fit together (\(why.rawValue)).", "병원들의 스케치가 서로 맞지 않습니다(\(why.rawValue)).")
        }
    }

    /// `≈33`, or `below 11`-like words where the estimate is too small to show.
    func value(_ count: TotalCount) -> String {
        count.value.map { "≈" + counts.number($0) } ?? language.choose("too small to show", "공개 기준 미만")
    }

    /// `standard error at most 13.5; 95 % range 6–60`.
    func error(_ count: TotalCount) -> String {
        let range = counts.interval(CountInterval(low: count.low, high: count.high))
        return language.choose(
            "standard error at most \(count.standardError); 95 % range \(range)",
            "표준오차 최대 \(count.standardError), 95% 범위 \(range)")
    }

    private var state: String {
        switch total.state {
        case .gathering: language.choose("waiting for hospitals", "병원 응답 대기")
        case .opening:
            if let guardian = total.guardian {
                language.choose("waiting for the guardian \(guardian)", "개봉 기관 \(guardian) 대기")
            } else {
                language.choose("waiting for the hospitals to open it", "병원들의 공동 개봉 대기")
            }
        case .opened: ""
        case .closed: language.choose("not opened", "개봉되지 않음")
        }
    }

    private var hint: String {
        switch total.state {
        case .gathering, .opening:
            language.choose(
                "\(total.hospitals) hospitals are in it, at least \(total.minimum) are needed.",
                "\(total.hospitals)개 기관 참여, 최소 \(total.minimum)개 기관 필요")
        case .opened:
            language.choose(
                "The sum over \(total.hospitals) hospitals, opened by \(opener). Nobody knows a single hospital's number.",
                "\(total.hospitals)개 기관의 합이며 \(opener) 개봉했습니다. 병원별 값은 누구도 알 수 없습니다.")
        case .closed: reason
        }
    }

    private var opener: String {
        total.guardian.map { language.choose($0.rawValue, "\($0)에서") }
            ?? language.choose("these hospitals together", "참여 병원들이 공동으로")
    }

    private var reason: String {
        switch total.code {
        case .tooFew:
            language.choose(
                "\(total.hospitals) hospitals took part and \(total.minimum) are needed.",
                "\(total.hospitals)개 기관이 참여하여 최소 \(total.minimum)개 기관에 미달합니다.")
        case .otherHospitals:
            language.choose(
                "The same cohort was opened before over other hospitals; a second total would show single hospitals.",
                "같은 대상자에 대해 다른 병원 구성으로 이미 합산되었습니다. 다시 합산하면 개별 병원의 값이 드러납니다.")
        case .roster:
            language.choose(
                "Who would open it does not accept the totals roster.", "개봉하는 쪽에서 합산 참여 명단을 인정하지 않았습니다.")
        case .mismatch, nil:
            language.choose("The hospitals' answers do not fit together.", "병원들의 응답이 서로 맞지 않습니다.")
        }
    }

    /// Attrition and breakdown, where they were asked for.
    func tables(_ width: Int) -> [String] {
        guard let answer = total.answer else { return [] }
        var lines: [String] = []
        if !answer.attrition.isEmpty {
            var table = TextTable([
                .init(language.choose("ATTRITION", "대상자 선정 흐름")), .init(language.choose("RECORDS", "건수"), .right),
                .init(language.choose("STD ERROR", "표준오차"), .right),
            ])
            for step in answer.attrition { table.add([step.name, value(step.count), "≤\(step.count.standardError)"]) }
            lines += [""] + table.lines(width: width)
        }
        if !answer.cells.isEmpty {
            let words = DimensionWords(language)
            var table = TextTable(
                answer.dimensions.map { .init(words.dimension($0)) } + [
                    .init(language.choose("RECORDS", "건수"), .right), .init(language.choose("STD ERROR", "표준오차"), .right),
                ])
            for cell in answer.cells where cell.count.value != nil {
                let key = zip(answer.dimensions, cell.key).map { words.category($1, of: $0) }
                table.add(key + [value(cell.count), "≤\(cell.count.standardError)"])
            }
            lines += [""]
            lines +=
                table.isEmpty
                ? [language.choose("BREAKDOWN: every cell is too small to show.", "세부 분포: 모든 셀이 공개 기준 미만입니다.")]
                : table.lines(width: width)
        }
        return lines
    }
}

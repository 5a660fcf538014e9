import Cohorts
import Disclosure
import Federation
import TerminalText

/// A merged result as lines for a terminal of 80 columns: the sum with its honesty line, a row for every asked
/// hospital, attrition and breakdown.
public struct ResultView: Sendable {
    private let result: MergedResult
    private let language: Language
    private let counts: CountText

    /// A view of `result`.
    public init(_ result: MergedResult, language: Language) {
        self.result = result
        self.language = language
        counts = CountText(language)
    }

    /// Everything, in the order in which it is read.
    public func lines(width: Int = 80) -> [String] {
        var lines = title(width) + summary(width) + [""] + hospitals(width)
        if let total = result.total { lines += TotalView(total, language: language).tables(width) }
        if !result.merged.attrition.isEmpty { lines += [""] + attrition(width) }
        if !result.merged.cells.isEmpty { lines += [""] + breakdown(width) }
        return lines
    }

    private func title(_ width: Int) -> [String] {
        let title = result.title?.text(language.rawValue) ?? ""
        let head = "\(result.query)  \(result.questionHash.text.prefix(19))…  \(result.project)"
        var lines = title.isEmpty ? [] : DisplayWidth.wrapped(TextTable.harmless(title), to: width)
        lines.append(head)
        if result.isSynthetic { lines.append(language.choose("SYNTHETIC DATA: made up, no real patients", "합성데이터: 실제 환자가 아닙니다")) }
        return lines + [""]
    }

    private func summary(_ width: Int) -> [String] {
        let total = result.merged.total
        if let secure = result.total {
            return TotalView(secure, language: language).summary(width)
                + DisplayWidth.wrapped(HonestyLine(total, language: language).text, to: width)
        }
        let rising = total.facts.mayRise ? language.choose(" and rising", " (늘어날 수 있음)") : ""
        let records = total.records.map { counts.interval($0) + rising } ?? language.choose("no answer yet", "아직 응답 없음")
        var lines = [
            label("Records at hospitals", "병원별 합계(중복 가능)") + records
        ]
        if let people = total.distinctPersons {
            let note = language.choose("  (not linked)", "  (연계하지 않음)")
            lines.append(label("Distinct patients", "실제 환자 수") + counts.interval(people) + note)
        }
        lines += DisplayWidth.wrapped(HonestyLine(total, language: language).text, to: width)
        if let hint = allHiddenHint { lines += DisplayWidth.wrapped(hint, to: width) }
        return lines
    }

    private func label(_ english: String, _ korean: String) -> String {
        DisplayWidth.padded(language.choose(english, korean), to: 24)
    }

    private var allHiddenHint: String? {
        let facts = result.merged.total.facts
        guard facts.answered > 0, facts.hidden == facts.answered else { return nil }
        return language.choose(
            "All hospitals that answered are below the publishable size; their values are not shown. You can ask for a secure "
                + "total: --mode secure-total.",
            "응답한 모든 병원의 값이 공개 기준값 미만이어서 표시하지 않습니다. 보안 합산을 요청할 수 있습니다(--mode secure-total).")
    }

    private func hospitals(_ width: Int) -> [String] {
        var table = TextTable([
            .init(language.choose("HOSPITAL", "병원")), .init(language.choose("VALUE", "값"), .right),
            .init(language.choose("STATUS", "상태")), .init(language.choose("DATA TO", "기준일")),
            .init(language.choose("NOTE", "비고")),
        ])
        for row in result.rows {
            let total = row.answer.total
            table.add([
                row.name?.text(language.rawValue) ?? row.node, counts.value(total), counts.status(total),
                row.provenance?.dataThrough ?? "–", counts.note(total),
            ])
        }
        return table.lines(width: width)
    }

    private func attrition(_ width: Int) -> [String] {
        var table = TextTable([
            .init(language.choose("ATTRITION", "대상자 선정 흐름")), .init(language.choose("RECORDS", "건수"), .right),
            .init(language.choose("HIDDEN", "비공개"), .right),
        ])
        for step in result.merged.attrition { table.add([step.name, interval(step.count), hidden(step.count)]) }
        return table.lines(width: width)
    }

    private func breakdown(_ width: Int) -> [String] {
        let dimensions = result.merged.dimensions.map { DimensionWords(language).dimension($0) }
        var table = TextTable(
            dimensions.map { .init($0) } + [
                .init(language.choose("RECORDS", "건수"), .right), .init(language.choose("HIDDEN", "비공개"), .right),
            ])
        for cell in result.merged.cells where cell.count.facts.answered > 0 && !isEmpty(cell) {
            let words = zip(result.merged.dimensions, cell.key).map { DimensionWords(language).category($1, of: $0) }
            table.add(words + [interval(cell.count), hidden(cell.count)])
        }
        guard !table.isEmpty else {
            return [language.choose("BREAKDOWN: every cell is hidden.", "세부 분포: 모든 셀이 비공개입니다.")]
        }
        return table.lines(width: width)
    }

    /// A cell in which every hospital is hidden says nothing in a table of 80 columns; JSON and CSV keep it.
    private func isEmpty(_ cell: MergedAnswer.Cell) -> Bool { cell.count.facts.hidden == cell.count.facts.answered }

    private func interval(_ count: MergedCount) -> String { count.records.map(counts.interval) ?? "–" }

    private func hidden(_ count: MergedCount) -> String {
        count.facts.hidden == 0 ? "" : "\(count.facts.hidden)/\(count.facts.answered)"
    }
}

/// "4 of 6 hospitals answered, 2 hidden (0–28), 1 cannot answer, 1 waiting.": who a merged number speaks for.
public struct HonestyLine: Sendable {
    /// The line.
    public let text: String

    /// The line of `count`.
    public init(_ count: MergedCount, language: Language) {
        let facts = count.facts
        let counts = CountText(language)
        var parts = [
            language.choose(
                "\(facts.answered) of \(facts.asked) hospitals answered", "\(facts.asked)개 기관 중 \(facts.answered)개 기관 응답")
        ]
        func add(_ number: Int, _ english: String, _ korean: String) {
            if number > 0 { parts.append(language.choose("\(number) \(english)", "\(korean) \(number)개 기관")) }
        }
        if facts.hidden > 0 {
            let range = counts.interval(facts.hiddenInterval)
            parts.append(language.choose("\(facts.hidden) hidden (\(range))", "비공개 \(facts.hidden)개 기관(\(range)명)"))
        }
        add(facts.unavailable, "cannot answer", "응답 불가")
        add(facts.declined, "declined", "거절")
        add(facts.waiting, "waiting", "대기")
        add(facts.failed, "without an answer", "응답 없음")
        text = parts.joined(separator: " · ")
    }
}

/// Names of breakdown dimensions and categories for people.
struct DimensionWords {
    private let language: Language

    init(_ language: Language) { self.language = language }

    func dimension(_ name: String) -> String {
        switch name {
        case "sex": language.choose("SEX", "성별")
        case "ageBand": language.choose("AGE", "연령대")
        case "indexYear": language.choose("INDEX YEAR", "기준 연도")
        case "indexMonth": language.choose("INDEX MONTH", "기준 연월")
        case "conceptSet": language.choose("RECORD OF SET", "개념 집합 기록")
        case "visitType": language.choose("VISIT", "방문 유형")
        default: name
        }
    }

    func category(_ category: String, of dimension: String) -> String {
        switch (dimension, category) {
        case (_, DisclosedBreakdown.all): language.choose("all", "전체")
        case ("conceptSet", "with"): language.choose("with", "있음")
        case ("conceptSet", "without"): language.choose("without", "없음")
        default: category
        }
    }
}

@_spi(Hospital) import Disclosure
import NodeAgent

/// What is behind each number that would leave, for a person who asked to see it. On this page only: none of it is in the bytes,
/// and no approval is of it.
struct TrueValues: Sendable {
    let say: ConsolePage.Language
    let words: ConsoleWords

    func html(_ lines: [Preview.Line]) -> HTML {
        """
        <section class="stays" aria-label="\(say("True values", "실제 값"))">
        <h2>\(say("True values: these do not leave", "실제 값: 반출되지 않음"))</h2>
        <p><strong>\(say(
            "They are shown here only and are in none of the bytes below. Do not copy them.",
            "이 화면에만 표시되며 아래 바이트에는 없습니다. 복사하거나 밖으로 옮기지 마십시오."))</strong></p>
        <table><caption>\(say("Patients: what leaves, and what stays here", "환자 수(명): 나가는 값과 나가지 않는 값"))</caption>
        <thead><tr><th scope="col">\(say("Number", "항목"))</th>
        <th scope="col" class="number">\(say("Leaves", "나가는 값"))</th>
        <th scope="col" class="number">\(say("Does not leave", "반출되지 않음"))</th></tr></thead>
        <tbody>\(HTML.all(lines.map(row)))</tbody></table></section>
        """
    }

    private func row(_ line: Preview.Line) -> HTML {
        """
        <tr><th scope="row">\(place(line.place))</th><td class="number">\(words.count(line.disclosed))</td>
        <td class="number">\(line.exact.map { "\($0.value)" } ?? "–")</td></tr>
        """
    }

    /// `total`, `attrition/2 name`, `breakdown/female/20-29` by their names on the page.
    private func place(_ place: String) -> String {
        let parts = place.split(separator: "/", maxSplits: 1).map(String.init)
        let name =
            switch parts.first {
            case "total": say("Cohort", "코호트")
            case "attrition": say("Attrition", "대상자 선정 흐름")
            case "breakdown": say("Breakdown", "세부 분포")
            default: parts.first ?? ""
            }
        return ([name] + parts.dropFirst()).joined(separator: " · ")
    }
}

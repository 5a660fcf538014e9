import Federation
import Foundation
import NodeAgent

/// A refresh in words.
struct RefreshText {
    private let say: Language

    init(_ language: Language) { say = language }

    /// What `finish` did.
    func finished(_ outcome: DataRefresh.Outcome) -> [String] {
        let release = outcome.release
        var lines = release.leftOut.map {
            say("left out: \($0.rows) rows of \($0.table): \($0.reason)", "제외: \($0.table) \($0.rows)행: \($0.reason)")
        }
        if let why = outcome.wholeBecause {
            lines.append(say("The store was read whole: \(why).", "전체를 다시 읽었습니다: \(why)."))
        }
        guard outcome.isTaken else {
            lines += outcome.drops.map { "  " + line($0) }
            lines.append(
                say(
                    "Answers are held: this went down by more than refresh.max_drop_percent. Look, then: "
                        + "dure-node refresh confirm, or dure-node refresh abort",
                    "응답 보류: 위 항목이 refresh.max_drop_percent보다 많이 줄었습니다. 확인 후 dure-node refresh confirm 또는 abort"))
            return lines
        }
        lines.append(
            say(
                "Index \(release.number) is taken up: \(release.persons) persons.",
                "인덱스 \(release.number) 사용: \(release.persons)명."))
        return lines
    }

    /// What `status` says.
    func lines(_ status: RefreshStatus) -> [String] {
        var lines = [say("state      ", "상태       ") + status.word]
        if let since = status.refresh?.since { lines.append(say("since      ", "시작       ") + since.description) }
        if status.word == "interrupted" {
            lines.append(
                say(
                    "The command that made the new index was interrupted: say finish again, or abort.",
                    "새 인덱스 작업이 중단되었습니다: finish를 다시 실행하거나 abort 하십시오."))
        }
        if let current = status.current { lines.append(say("answered from ", "사용 중 ") + describe(current)) }
        if let candidate = status.candidate { lines.append(say("waiting       ", "대기 중 ") + describe(candidate)) }
        if let former = status.former { lines.append(say("to go back to ", "이전 ") + describe(former)) }
        if let change = status.change {
            lines += change.lines.filter { $0.before != $0.after }.map { "  " + line($0) }
            if let vocabulary = change.vocabulary {
                lines.append("  " + say("vocabulary", "용어") + "  \(vocabulary.before) -> \(vocabulary.after)")
            }
        }
        return lines
    }

    private func describe(_ release: IndexRelease) -> String {
        let name = release.name.map { " \($0)" } ?? ""
        return "\(release.number)\(name), \(release.built), \(release.persons) " + say("persons", "명")
    }

    private func line(_ line: IndexChange.Line) -> String {
        let percent = line.before > 0 ? Double(line.after - line.before) / Double(line.before) * 100 : 0
        return "\(line.what)  \(line.before) -> \(line.after)  (\(String(format: "%+.1f", percent)) %)"
    }
}

import CanonicalJSON
import Client
import Cohorts
import Disclosure
import Federation
import Synchronization

/// How far a query is: a bar that redraws itself on a terminal, one line for each change elsewhere. On stderr.
final class ProgressLine: Sendable {
    private let options: CommonOptions
    /// What was said last: elsewhere than on a terminal a line stands for a change.
    private let last = Mutex("")

    init(_ options: CommonOptions) { self.options = options }

    func show(_ result: MergedResult) {
        guard !options.quiet else { return }
        let facts = result.merged.total.facts
        let settled = facts.asked - facts.waiting
        if options.console.isInteractive {
            let filled = facts.asked == 0 ? 0 : 20 * settled / facts.asked
            let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 20 - filled)
            options.console.progress("[\(bar)] " + text(facts.answered, facts.asked, facts.waiting))
        } else {
            let text = text(facts.answered, facts.asked, facts.waiting)
            if last.withLock({ last in
                defer { last = text }; return last != text
            }) {
                options.console.say(text)
            }
        }
    }

    private func text(_ answered: Int, _ asked: Int, _ waiting: Int) -> String {
        let rest = waiting == 0 ? "" : options.language.choose(" · \(waiting) waiting", " · 대기 \(waiting)")
        return options.language.choose("\(answered)/\(asked) hospitals answered", "\(asked)개 기관 중 \(answered)개 응답") + rest
    }

    func end() {
        if !options.quiet, options.console.isInteractive { options.console.endProgress() }
    }
}

/// Prints a merged result in the asked form.
struct ResultPrinter {
    private let options: CommonOptions

    init(_ options: CommonOptions) { self.options = options }

    func print(_ result: MergedResult) {
        switch options.output {
        case .table: options.console.data(ResultView(result, language: options.language).lines(width: options.console.width))
        case .json: options.console.data(result.json.text(indent: 2))
        case .csv: options.console.raw(ResultCSV(result).text)
        }
    }
}

import ArgumentParser
import Federation
import NodeAgent

struct LogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "The audit log: what came, what was decided, what left.",
        subcommands: [Search.self, Export.self, Verify.self, MonthlyReviewCommand.self, ArchiveCommand.self])

    struct Search: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "search", abstract: "Print the lines that fit, in order.",
            discussion: "Example: dure-node log search --action request. --since 2026-10-01T00:00:00Z")

        @OptionGroup var options: NodeOptions
        @Option(name: .long, help: ArgumentHelp("From this moment on, UTC.", valueName: "time")) var since: String?
        @Option(name: .long, help: ArgumentHelp("Before this moment, UTC.", valueName: "time")) var until: String?
        @Option(name: .long, help: ArgumentHelp("The action, or how it begins.", valueName: "text")) var action: String?
        @Option(name: .long, help: ArgumentHelp("The actor: node:KR-H-0017, person:uid-1000.", valueName: "text")) var actor:
            String?
        @Option(name: .long, help: ArgumentHelp("The object: a ticket, a file.", valueName: "text")) var object: String?
        @Option(name: .long, help: ArgumentHelp("How it ended.", valueName: "text")) var outcome: String?

        func run() async throws {
            var search = AuditReport.Search()
            (search.since, search.until) = (try moment(since), try moment(until))
            (search.action, search.actor, search.object, search.outcome) = (action, actor, object, outcome)
            let report = try await AuditReport(state: try StateDirectory(options.stateDirectory))
            for entry in report.entries(search) { Terminal.print(entry.line) }
        }

        private func moment(_ text: String?) throws -> Timestamp? {
            guard let text else { return nil }
            guard let moment = Timestamp(text) else { throw ValidationError("\(text) is not a time like 2026-10-01T00:00:00Z.") }
            return moment
        }
    }

    struct MonthlyReviewCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "monthly-review",
            abstract: "Print the review of one month's records (월간 접속기록 점검), and write down that you have looked at it.",
            discussion: """
                What happened by action, outcome and person, what persons did outside working hours, what to look at one by one, and \
                whether the log holds. With --sign, a line in the log says who looked at exactly this report.
                """)

        @OptionGroup var options: NodeOptions
        @Option(name: .long, help: ArgumentHelp("The month.", valueName: "2026-10")) var month: String
        @Flag(name: .long, help: "Write into the log that you have looked at it.") var sign = false

        func run() async throws {
            let person = Operator.current()
            if sign { try Operator.becomeOwner(of: options.stateDirectory) }
            let state = try StateDirectory(options.stateDirectory)
            let review = try MonthlyReview(try await AuditReport(state: state), month: month)
            for line in review.lines { Terminal.print(line) }
            guard sign else { return }
            let digest = try await review.sign(by: person, in: state)
            Terminal.say(options.language("Signed off: ", "점검 기록: ") + digest.text)
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: "Print every line that is not in an archive, in order.",
            discussion: "One JSON object a line; each carries the digest of the one before. Holds no count and no patient.")

        @OptionGroup var options: NodeOptions

        func run() async throws {
            for line in try await AuditReport(state: try StateDirectory(options.stateDirectory)).lines { Terminal.print(line) }
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Check that no line was changed, removed or reordered.",
            discussion: "Exit code 11 if one was; the message names the first.")

        @OptionGroup var options: NodeOptions

        func run() async throws {
            let report = try await AuditReport(state: try StateDirectory(options.stateDirectory))
            let chain = try report.verify()
            Terminal.say(
                options.language("\(chain.count) lines, every one follows the one before.", "\(chain.count)개 행의 연결이 모두 올바릅니다."))
            Terminal.print(chain.head.text)
        }
    }

    struct ArchiveCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "archive",
            abstract: "Put lines that are older than log.keep_years of the policy into a file, and remove them here.",
            discussion: """
                The log is cut at the last old place that this node has signed and the coordinator has kept. The file is written, \
                read back and checked before anything is removed; the log says who did it and has the file's digest. Tickets \
                that were settled before that time go, too; what was released stays remembered. Works beside a running node.

                Without --to, it only says what would go. `dure audit verify --archive FILE LOG` puts both together again.

                Example: dure-node log archive --to /srv/archive/dure-log-2021.jsonl
                """)

        @OptionGroup var options: NodeOptions
        @Option(name: .long, help: ArgumentHelp("The new file.", valueName: "file")) var to: String?

        func run() async throws {
            let person = Operator.current()
            let years = try Policy(file: options.policyFile).keepYears
            if to != nil { try Operator.becomeOwner(of: options.stateDirectory) }
            let archive = AuditArchive(state: try StateDirectory(options.stateDirectory))
            guard let plan = try await archive.plan(keepYears: years) else {
                return Terminal.say(
                    options.language("Nothing is older than \(years) years.", "\(years)년이 지난 기록이 없습니다."))
            }
            Terminal.say(
                options.language(
                    "Lines \(plan.first) to \(plan.start.count - 1) are older than \(years) years (\(plan.cutoff.day)).",
                    "\(plan.first)–\(plan.start.count - 1)번 행은 \(years)년(\(plan.cutoff.day))이 지났습니다."))
            guard let to else { return }
            let digest = try await archive.put(plan, into: to, by: person)
            Terminal.say(options.language("Written and removed here: ", "파일로 옮겼습니다: ") + to)
            Terminal.print(digest.text)
        }
    }
}

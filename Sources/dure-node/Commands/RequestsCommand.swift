import ArgumentParser
import CanonicalJSON
import Cohorts
@_spi(Hospital) import Disclosure
import Federation
import Foundation
import NodeAgent

/// The desk: what waits for a person, what would leave, and the person's word.
struct RequestsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "requests",
        abstract: "The desk: questions that wait for a person.",
        discussion: """
            What waits here, and for how many persons, is said by `policy.yaml` (mode: hold or manual). Nothing of it leaves \
            before; the coordinator shows it as waiting for approval. Works beside the running daemon, which takes up what was \
            decided within seconds.
            """,
        subcommands: [List.self, Show.self, DryRun.self, Approve.self, Decline.self])

    /// What every command of the desk needs.
    struct Place: ParsableArguments {
        @OptionGroup var options: NodeOptions

        func desk() throws -> RequestDesk {
            try Operator.becomeOwner(of: options.stateDirectory)
            return RequestDesk(
                configuration: try NodeConfiguration(file: options.configurationFile),
                policy: try Policy(file: options.policyFile),
                state: try StateDirectory(options.stateDirectory))
        }

        static func ticket(_ text: String) throws -> TicketID {
            guard let id = TicketID(rawValue: text) else {
                throw ValidationError("\(text) is not a ticket like \(TicketID.example).")
            }
            return id
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "What waits, the most urgent first.",
            discussion: "Exit codes: 0 also where nothing waits.")

        @OptionGroup var place: Place
        @Flag(name: .long, help: "Also what was decided.") var all = false
        @Option(name: .long, help: "table or json.") var output: OutputFormat = .table

        func run() async throws {
            let items = try await place.desk().list(all: all)
            switch output {
            case .json: Terminal.print(JSONValue.array(items.map(\.json)).text(indent: 2))
            case .table:
                let say = place.options.language
                if items.isEmpty { Terminal.say(say("Nothing is waiting.", "대기 중인 요청이 없습니다.")) }
                for item in items { Terminal.print(DeskText(say).line(item)) }
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "What one request asks, under what, and who has approved it.")

        @OptionGroup var place: Place
        @Argument(help: "The ticket.") var id: String
        @Option(name: .long, help: "table or json.") var output: OutputFormat = .table

        func run() async throws {
            let item = try await place.desk().show(try Place.ticket(id))
            switch output {
            case .json: Terminal.print(item.json.text(indent: 2))
            case .table: for line in DeskText(place.options.language).page(item) { Terminal.print(line) }
            }
        }
    }

    struct DryRun: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "dry-run",
            abstract: "Show exactly the bytes that would leave for a request. Sends nothing.",
            discussion: """
                The bytes on standard output are the signed answer: approved, these leave and no others. With --exact, and only on \
                a terminal, the true values are shown beside the disclosed ones. They stay here: do not copy them.
                """)

        @OptionGroup var place: Place
        @Argument(help: "The ticket.") var id: String
        @Flag(name: .long, help: "Show the true values too, on a terminal only.") var exact = false

        func run() async throws {
            let seen = try await place.desk().dryRun(try Place.ticket(id))
            let text = DeskText(place.options.language)
            for line in text.answer(seen) { Terminal.say(line) }
            if exact { text.trueValues(seen.preview.lines) }
            Terminal.print(String(decoding: seen.bytes, as: UTF8.self))
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "approve",
            abstract: "Say yes to exactly what would leave.",
            discussion: """
                Evaluates the request, shows what would leave, and asks. The yes is bound to those bytes: should the answer be \
                another one when it is made, nothing leaves and the request waits again. Where the policy asks for two persons, \
                the second is another user who signed in to this machine.

                Exit codes: 0 approved by enough persons; 8 another person has to approve too.
                """)

        @OptionGroup var place: Place
        @Argument(help: "The ticket.") var id: String
        @Option(name: .long, help: ArgumentHelp("Only if the answer has this digest, as a dry run said it.", valueName: "digest"))
        var answer: String?
        @Flag(name: .long, help: "Do not ask.") var yes = false

        func run() async throws {
            let person = Operator.current()
            let desk = try place.desk()
            let say = place.options.language
            let seen = try await desk.dryRun(try Place.ticket(id))
            for line in DeskText(say).answer(seen) { Terminal.say(line) }
            if let answer, !seen.digest.text.hasPrefix(answer), !seen.digest.text.hasPrefix("sha256:\(answer)") {
                throw NodeError(
                    .desk, "The answer is \(seen.digest.short) now, not \(answer).",
                    advice: "Look at it again with `requests dry-run`.")
            }
            if !yes, answer == nil {
                guard isatty(STDIN_FILENO) == 1 else {
                    throw ValidationError("Without a terminal, give --yes, or --answer with the digest of what you saw.")
                }
                Terminal.say(say("Approve as \(person.words)? Type yes:", "\(person.words) 이름으로 승인하시겠습니까? yes 를 입력하십시오:"))
                guard readLine() == "yes" else { throw ExitCode(2) }
            }
            let after = try await desk.approve(seen, by: person)
            guard after.state == .approved else {
                Terminal.say(
                    say(
                        "Approved \(after.approvals.count)/\(seen.needed.approvers). Another person has to approve too.",
                        "승인 \(after.approvals.count)/\(seen.needed.approvers). 다른 한 사람의 승인이 더 필요합니다."))
                throw ExitCode(8)
            }
            Terminal.say(say("Approved. The daemon sends it.", "승인했습니다. 데몬이 전송합니다."))
        }
    }

    struct Decline: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "decline",
            abstract: "Say no, with a code that the researcher sees.",
            discussion: "Codes:\n"
                + RequestDesk.reasons.map { "  \($0.rawValue): \($0.words.text("en"))" }.joined(separator: "\n"))

        @OptionGroup var place: Place
        @Argument(help: "The ticket.") var id: String
        @Option(name: .long, help: ArgumentHelp("Why.", valueName: "code")) var reason: String

        func run() async throws {
            guard let code = DeclineCode(rawValue: reason) else {
                throw ValidationError("--reason is one of: \(RequestDesk.reasons.map(\.rawValue).joined(separator: ", "))")
            }
            let person = Operator.current()
            try await place.desk().decline(try Place.ticket(id), by: person, code: code)
            Terminal.say(place.options.language("Declined: \(code.rawValue).", "거절했습니다: \(code.rawValue)."))
        }
    }
}

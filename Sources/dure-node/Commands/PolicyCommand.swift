import ArgumentParser
import CanonicalJSON
import Federation
import NodeAgent

struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Look at the hospital's policy, try a changed one, and put it in force.",
        subcommands: [Show.self, Lint.self, Test.self, Replay.self, Apply.self])

    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "test",
            abstract: "Say what a policy file would say to a question that came.",
            discussion:
                "Prints the rules in the order in which they are asked, up to the first no, and then auto, hold, manual or a code."
        )

        @OptionGroup var options: NodeOptions
        @Argument(help: "The policy file.") var file: String
        @Option(name: .long, help: ArgumentHelp("A ticket that came to this node.", valueName: "ticket")) var request: String

        func run() async throws {
            guard let id = TicketID(rawValue: request) else {
                throw ValidationError("\(request) is not a ticket like \(TicketID.example).")
            }
            let replay = try PolicyReplay(
                configuration: try NodeConfiguration(file: options.configurationFile),
                state: try StateDirectory(options.stateDirectory))
            let (rules, word) = try await replay.test(try Policy(file: file), on: id)
            for rule in rules { Terminal.say("  \(rule)") }
            Terminal.print(word)
        }
    }

    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "replay",
            abstract: "Say what a changed policy would have said to the questions that came lately.",
            discussion: """
                A line for each question: what the policy in force says, what the changed one says, and, of the numbers that left, \
                how many are hidden and how many at least would have been. Nothing is evaluated again.

                Example: dure-node policy replay policy-new.yaml --last 100
                """)

        @OptionGroup var options: NodeOptions
        @Argument(help: "The changed policy file.") var file: String
        @Option(name: .long, help: "How many questions.") var last: Int = 100
        @Option(name: .long, help: "table or json.") var output: OutputFormat = .table

        func run() async throws {
            let replay = try PolicyReplay(
                configuration: try NodeConfiguration(file: options.configurationFile),
                state: try StateDirectory(options.stateDirectory))
            let (new, old) = (try Policy(file: file), try Policy(file: options.policyFile))
            let lines = try await replay.run(new, instead: old, last: max(1, last))
            if output == .json { return Terminal.print(JSONValue.array(lines.map(\.json)).text(indent: 2)) }
            for line in lines {
                let hidden = line.hiddenBefore.map { "  hidden \($0)" + (line.hiddenAfter.map { " -> \($0)" } ?? "") } ?? ""
                Terminal.print(
                    "\(line.differs ? "*" : " ") \(line.ticket)  \(line.received)  \(line.project)  \(line.before)"
                        + (line.before == line.after ? "" : " -> \(line.after)") + hidden)
            }
            let differing = lines.filter(\.differs).count
            Terminal.say(
                options.language("\(differing) of \(lines.count) would differ.", "\(lines.count)건 중 \(differing)건이 달라집니다."))
            for key in PolicyComparison(new, with: old).looser { Terminal.say(options.language("looser: ", "완화됨: ") + key) }
        }
    }

    struct Apply: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "apply",
            abstract: "Put a changed policy in force, with a line in the audit log.",
            discussion: """
                The file must be well formed and have a higher `version`. Where it lets out more than the policy in force, a second \
                person applies the same file too: each signs in to this machine as themselves. The policy before is kept in the \
                state directory. The daemon takes the new one up at its next start.

                Exit codes: 0 in force; 8 a second person has to apply it too.
                """)

        @OptionGroup var options: NodeOptions
        @Argument(help: "The changed policy file.") var file: String

        func run() async throws {
            let person = Operator.current()
            let say = options.language
            let change = PolicyChange(state: try StateDirectory(options.stateDirectory), file: options.policyFile)
            switch try await change.apply(file, by: person) {
            case .applied(let policy, let looser):
                for key in looser { Terminal.say(say("looser: ", "완화됨: ") + key) }
                Terminal.say(
                    say(
                        "Version \(policy.version) is in force from the daemon's next start: systemctl restart dure-node",
                        "버전 \(policy.version)이(가) 데몬을 다시 시작하면 적용됩니다: systemctl restart dure-node"))
                Terminal.print(policy.hash.text)
            case .needsSecondPerson(let looser):
                for key in looser { Terminal.say(say("looser: ", "완화됨: ") + key) }
                Terminal.say(
                    say(
                        "It lets out more than the policy in force. A second person has to apply the same file too.",
                        "현재 정책보다 완화된 정책입니다. 다른 한 사람이 같은 파일을 적용해야 합니다."))
                throw ExitCode(8)
            }
        }
    }

    struct Lint: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "lint",
            abstract: "Check a policy file: every problem, with line and key.",
            discussion: "Unknown keys are problems, so that a typing error cannot loosen anything. Exit code 78 if there are any."
        )

        @OptionGroup var options: NodeOptions

        @Argument(help: "The file (default: the node's own).")
        var file: String?

        func run() throws {
            let path = file ?? options.policyFile
            let policy = try Policy(file: path)
            Terminal.say(options.language("\(path) is well formed.", "\(path) 에 오류가 없습니다."))
            for note in policy.notes { Terminal.say("  \(note)") }
            Terminal.print(policy.hash.text)
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Print the policy in force as it is understood, defaults included.",
            discussion: "Every answer carries the digest of exactly this text (RFC 8785 form), printed on standard error.")

        @OptionGroup var options: NodeOptions

        func run() throws {
            let policy = try Policy(file: options.policyFile)
            Terminal.say(policy.hash.text)
            Terminal.print(policy.json.text(indent: 2))
        }
    }
}

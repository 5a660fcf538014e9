import ArgumentParser
import CanonicalJSON
import Federation
import NodeAgent

struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Look at the hospital's policy.", subcommands: [Show.self, Lint.self])

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

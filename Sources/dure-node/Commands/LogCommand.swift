import ArgumentParser
import Federation
import NodeAgent

struct LogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "The audit log: what came, what was decided, what left.",
        subcommands: [Export.self, Verify.self])

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: "Print every line, in order.",
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
}

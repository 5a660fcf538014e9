import ArgumentParser
import Disclosure
import Foundation
import NodeAgent

/// Attacks a hospital's policy with everything that is known, and says how far it got.
@main
struct DureAttack: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dure-attack",
        abstract: "Attack the release gate under a policy: one line for each attack, with what it reached and its bar.",
        discussion: """
            Each attack asks questions of nodes with made-up hospitals, through the same spool, policy, branch support, release \
            gate and ledger as in the daemon, and sees what would be sent. The runs are seeded: the same policy gives the same \
            lines, but for the times in attack 22.

            Exit codes: 0 every attack stays within its bar; 1 some do not; 64 wrong usage; 78 the policy cannot be read.
            """,
        subcommands: [RunCommand.self, PeersCommand.self, UtilityCommand.self, SpeedCommand.self],
        defaultSubcommand: RunCommand.self)
}

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "The 26 attacks (what happens without a command).")

    @Option(help: ArgumentHelp("The policy to attack; without one, the defaults.", valueName: "policy.yaml"))
    var policy: String?

    @Option(help: ArgumentHelp("Write the report as a page, too.", valueName: "report.html"))
    var html: String?

    @Option(parsing: .upToNextOption, help: "Only these attacks.")
    var only: [Int] = []

    @Option(help: "The seed of all made-up hospitals.")
    var seed: UInt64 = 20_261_122

    @Option(help: "How many targets and repeats, as a share of the full run.")
    var scale: Double = 1

    func run() async throws {
        let policy = try PolicyOption.read(self.policy)
        let bench = try AttackBench(policy: policy, seed: seed, scale: scale)
        var report = Report(policy: policy, name: self.policy.map { URL(filePath: $0).lastPathComponent })
        for attack in Attack.inOrder where only.isEmpty || only.contains(attack.number) {
            let line = await Report.Line(attack, bench)
            report.lines.append(line)
            // Each line as soon as it is there, also into a file.
            FileHandle.standardOutput.write(Data((line.text + "\n").utf8))
        }
        if let html { try Data(report.html.utf8).write(to: URL(filePath: html)) }
        if !report.isWithinBars { throw ExitCode(1) }
    }
}

/// The policy of a command line.
enum PolicyOption {
    static func read(_ path: String?) throws -> Policy {
        do throws(NodeError) {
            guard let path else { return try Policy(text: ConfigurationTemplates.policy, name: "default policy") }
            return try Policy(file: path)
        } catch {
            FileHandle.standardError.write(Data("\(error.message) \(error.advice)\n".utf8))
            throw ExitCode(78)
        }
    }
}

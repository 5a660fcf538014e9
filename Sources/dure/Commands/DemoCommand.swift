import ArgumentParser
import CanonicalJSON
import Client
import Cohorts
@preconcurrency import Dispatch
import Federation
import Foundation

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Run a sample consortium of six hospitals on this machine, ask it seven questions and one secure total.",
        discussion: """
            One coordinator, six nodes and a guardian run as processes of their own on loopback, each node with a synthetic store: the data is \
            made up. Everything lies in one folder; at the end, or on Ctrl-C, every process is stopped. The second run is quick, \
            because stores and keys are kept.
            """)

    @Option(help: "Persons in each of the six stores.")
    var persons = 20_000
    @Option(help: "The folder that everything lies in.")
    var folder = ".demo"
    @Option(help: "The folder with the questions W1.json to W7.json. Default: nodes/workloads, or as installed.")
    var workloads: String?
    @Flag(help: "Have the hospitals open the secure total together, without a guardian (give it a --folder of its own).")
    var peers = false
    @Flag(help: "Leave the consortium running at the end and say how to ask it questions.")
    var keep = false
    @OptionGroup var options: CommonOptions

    func run() async throws {
        let questions = try workloadFiles()
        let programs = DemoPrograms(folder: URL(fileURLWithPath: folder).standardizedFileURL.path)
        let interrupt = StopOnInterrupt(programs)
        defer { interrupt.cancel() }
        let consortium = DemoConsortium(
            folder: folder, persons: persons, hasGuardian: !peers, programs: programs
        ) { [options] in options.say($0) }
        do {
            try consortium.prepare()
            try await consortium.start()
            try await ask(questions, consortium)
        } catch {
            programs.stopAll()
            throw error
        }
        if keep {
            tell(consortium, programs)
            programs.letGo()
        } else {
            programs.stopAll()
        }
    }

    private func ask(_ questions: [String], _ consortium: DemoConsortium) async throws {
        let (profile, password) = try consortium.profile()
        let anonymous = try Connection(profile: profile, token: nil, environment: [:])
        let grant = try await anonymous.api.signIn(user: profile.user, password: password)
        anonymous.close()
        try ProfileFolder(path: consortium.folder + "/client").save(profile, token: grant.token)
        let connection = try Connection(profile: profile, token: grant.token, environment: [:])
        defer { connection.close() }
        for file in questions { try await ask(file, .named, connection) }
        // Rare events: W1 is hidden at every hospital, and the consortium's total is told all the same.
        if consortium.hasTotals, let first = questions.first { try await ask(first, .secureTotal, connection) }
    }

    private func ask(_ file: String, _ mode: ReleaseMode, _ connection: Connection) async throws {
        var question = try QuestionFile(file).question()
        question.distinct = mode == .secureTotal
        let file = URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
        let name = mode == .secureTotal ? file + " " + options.language.choose("as a secure total", "보안 합산") : file
        let submission = QuerySubmission(question: question, project: DemoConsortium.project, mode: mode)
        let summary = try await connection.api.submit(submission, idempotencyKey: UUID().uuidString)
        let progress = ProgressLine(options)
        let result = try await QueryFollower(connection.api, query: summary.query).follow(
            until: .now.advanced(by: .seconds(120))
        ) { progress.show($0) }
        progress.end()
        if options.output == .table { options.console.data(heading(name)) }
        ResultPrinter(options).print(result)
    }

    private func heading(_ name: String) -> [String] {
        ["", "── \(name) " + String(repeating: "─", count: max(3, 75 - name.count))]
    }

    private func workloadFiles() throws -> [String] {
        let installed = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: "../share/dure/workloads").standardizedFileURL.path
        let candidates = workloads.map { [$0] } ?? ["nodes/workloads", installed]
        for candidate in candidates {
            let files = (1...7).map { "\(candidate)/W\($0).json" }
            if files.allSatisfy({ FileManager.default.fileExists(atPath: $0) }) { return files }
        }
        throw ClientError(
            .usage, code: "WORKLOADS", "The questions W1.json to W7.json are not in \(candidates.joined(separator: " or ")).",
            advice: "Run it where the repository lies, or give --workloads.")
    }

    private func tell(_ consortium: DemoConsortium, _ programs: DemoPrograms) {
        let program = CommandLine.arguments[0]
        options.say(
            """

            The consortium goes on running. Ask it:
              export DURE_CONFIG_DIR=\(consortium.folder)/client
              \(program) query run nodes/workloads/W6.json --project \(DemoConsortium.project)
              \(program) node list
            Stop it:
              kill \(programs.processIDs.map(String.init).joined(separator: " "))
            """)
    }
}

/// Stops what the demo started when the user presses Ctrl-C or the demo is told to end.
final class StopOnInterrupt: Sendable {
    private let sources: [any DispatchSourceSignal]

    init(_ programs: DemoPrograms) {
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                Console.standard.say("\nStopping")
                programs.stopAll()
                Foundation.exit(ExitReason.cancelled.rawValue)
            }
            source.resume()
            return source
        }
    }

    func cancel() { sources.forEach { $0.cancel() } }
}

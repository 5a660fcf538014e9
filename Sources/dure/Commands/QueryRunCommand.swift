import ArgumentParser
import CanonicalJSON
import Client
import Cohorts
import Disclosure
@preconcurrency import Dispatch
import Federation
import Foundation
import TerminalText

/// How a command waits for a query and how it ends.
struct WaitOptions: ParsableArguments {
    @Option(help: "How long to wait, such as 90s, 10m or 2h. Default: until every hospital has answered or can no more.")
    var wait: WaitTime?
    @Option(help: "Be content as soon as this many hospitals have answered.")
    var quorum: Int?
    @Flag(help: "End with 0 although a hospital gave no counts.")
    var allowPartial = false
    @Flag(help: "End with 10 where every answer is hidden.")
    var failIfHidden = false

    /// Follows `query`, shows the progress, prints the result and ends with its exit status.
    func follow(_ query: QueryID, _ connection: Connection, _ options: CommonOptions) async throws {
        let progress = ProgressLine(options)
        let deadline = wait.map { ContinuousClock.now.advanced(by: .seconds($0.seconds)) }
        let result = try await QueryFollower(connection.api, query: query).follow(until: deadline, quorum: quorum) {
            progress.show($0)
        }
        progress.end()
        ResultPrinter(options).print(result)
        if result.status == .running {
            options.say(
                options.language.choose(
                    "Still running. Look again: dure query status \(query) --watch",
                    "아직 진행 중입니다. 다시 보기: dure query status \(query) --watch"))
        }
        let status = result.exitStatus(allowPartial: allowPartial, failIfHidden: failIfHidden)
        if status != .complete { throw ArgumentParser.ExitCode(status.rawValue) }
    }
}

/// A length of time as people type it: `45`, `90s`, `10m`, `2h`.
struct WaitTime: ExpressibleByArgument {
    let seconds: Int

    init?(argument: String) {
        let unit = argument.last.flatMap { ["s": 1, "m": 60, "h": 3_600][$0] }
        guard let number = Int(unit == nil ? argument[...] : argument.dropLast()), (0...86_400).contains(number) else {
            return nil
        }
        seconds = number * (unit ?? 1)
    }
}

struct QueryRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Ask a question and follow its answer.",
        discussion: """
            FILE is a cohort definition as ATLAS saves it, or a dure.question/1 file; - reads standard input. The query's id is \
            printed first. Ctrl-C stops following, not the query: go on with dure query status ID --watch.

            Examples:
              dure query run w6.json --project P-0042
              dure query run atlas.json --project P-0042 --by sex,ageBand \\
                --attrition --wait 10m --output json
            """)

    @Argument(help: "The question; - reads standard input.", completion: .file(extensions: ["json"]))
    var file: String
    @Option(help: "Under which project.")
    var project: ProjectID
    @Option(
        name: .customLong("hospital"), help: "Ask this hospital only; may be given several times. Default: all of the project's.")
    var hospitals: [HospitalID] = []
    @Option(
        help: """
            How the answers may be seen: named, coded or secure-total (only the sum over the hospitals, with its error; each \
            number of a breakdown has an error of its own).
            """)
    var mode: ReleaseMode = .named
    @Option(
        name: .customLong("by"),
        help: """
            Break the count down by up to three of sex, ageBand, indexYear or indexMonth, visitType, conceptSet, with commas. \
            A hospital's policy may take fewer: two by default.
            """)
    var breakdown: String?
    @Option(
        name: .customLong("by-set"),
        help: ArgumentHelp(
            """
            For --by conceptSet: one of the definition's concept sets and the records that are looked at, such as \
            3:DrugExposure. Patients are counted with and without such a record, at any time.
            """, valueName: "id:kind"))
    var breakdownSet: String?
    @Flag(help: "Ask for the count after each inclusion rule too.")
    var attrition = false
    @Flag(
        help: """
            With --mode secure-total: count the patients of all hospitals together as well, each once, with an error. There is a \
            number only where a guardian opens totals and every hospital allows it.
            """)
    var distinct = false
    @Option(
        name: .customLong("answer-within"),
        help: "How long hospitals may take, such as 10m or 2h. A secure total is opened when all have answered or this is over.")
    var answerWithin: WaitTime?
    @Flag(help: "Print the id and come back at once.")
    var detach = false
    @OptionGroup var waiting: WaitOptions
    @OptionGroup var options: CommonOptions

    func run() async throws {
        let question = try QuestionFile(file).question(
            breakdown: breakdown, set: breakdownSet, attrition: attrition, distinct: distinct)
        let connection = try Connection.signedIn()
        defer { connection.close() }
        let submission = QuerySubmission(
            question: question, project: project, hospitals: hospitals, mode: mode, answerWithin: answerWithin?.seconds)
        let summary = try await connection.api.submit(submission, idempotencyKey: UUID().uuidString)
        options.say(
            "\(summary.query)  \(summary.questionHash.text.prefix(19))…  "
                + options.language.choose("\(summary.asked) hospitals asked", "\(summary.asked)개 기관에 조회"))
        guard !detach else { return options.console.data(summary.query.rawValue) }
        let interrupt = InterruptNotice(
            options.language.choose(
                "No longer following; the query goes on. dure query status \(summary.query) --watch",
                "조회는 계속 진행됩니다. dure query status \(summary.query) --watch"))
        defer { interrupt.cancel() }
        try await waiting.follow(summary.query, connection, options)
    }
}

struct QueryStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Where a query stands; with --watch, follow it until it ends.",
        discussion: "Example: dure query status Q-7F3K-92QD --watch")

    @Argument(help: "The query, Q-XXXX-XXXX.")
    var query: QueryID
    @Flag(help: "Follow the query.")
    var watch = false
    @Flag(help: "End with the exit code that dure query run would end with.")
    var exitStatus = false
    @OptionGroup var waiting: WaitOptions
    @OptionGroup var options: CommonOptions

    func run() async throws {
        let connection = try Connection.signedIn()
        defer { connection.close() }
        if watch { return try await waiting.follow(query, connection, options) }
        let summary = try await connection.api.query(query)
        QueryListing.print([summary], options)
        guard exitStatus else { return }
        let result = try await connection.api.result(of: query)
        let status = result.exitStatus(allowPartial: waiting.allowPartial, failIfHidden: waiting.failIfHidden)
        if status != .complete { throw ArgumentParser.ExitCode(status.rawValue) }
    }
}

struct QueryListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Your queries and your projects', the newest first.",
        discussion: "Example: dure query list --output csv")
    @Option(help: "Of this project only.")
    var project: ProjectID?
    @OptionGroup var options: CommonOptions

    func run() async throws {
        let connection = try Connection.signedIn()
        defer { connection.close() }
        let queries = try await connection.api.queries()
        QueryListing.print(queries.filter { project == nil || $0.project == project }, options)
    }
}

struct QueryCancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Cancel a query. Hospitals stop working on it; what they answered before is kept.",
        discussion: "Example: dure query cancel Q-7F3K-92QD")
    @Argument(help: "The query, Q-XXXX-XXXX.")
    var query: QueryID
    @OptionGroup var options: CommonOptions

    func run() async throws {
        let connection = try Connection.signedIn()
        defer { connection.close() }
        QueryListing.print([try await connection.api.cancel(query)], options)
    }
}

enum QueryListing {
    static func print(_ queries: [QuerySummary], _ options: CommonOptions) {
        let language = options.language
        let rows = queries.map { query in
            [
                query.query.rawValue, query.created.description, query.status.rawValue, "\(query.answered)/\(query.asked)",
                query.project.rawValue, query.title?.text(language.rawValue) ?? "",
            ]
        }
        Listing(
            columns: [
                .init(language.choose("QUERY", "조회")), .init(language.choose("ASKED", "조회 시각")),
                .init(language.choose("STATUS", "상태")), .init(language.choose("ANSWERED", "응답"), .right),
                .init(language.choose("PROJECT", "과제")), .init(language.choose("TITLE", "제목")),
            ],
            headings: ["query", "asked", "status", "answered", "project", "title"], rows: rows,
            json: ["schema": "dure.queries/1", "queries": .array(queries.map(\.json))]
        ).print(options)
    }
}

/// Says how to go on when the user presses Ctrl-C while following.
final class InterruptNotice: Sendable {
    private let source: any DispatchSourceSignal

    init(_ notice: String) {
        signal(SIGINT, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        source.setEventHandler {
            Console.standard.endProgress()
            Console.standard.say(notice)
            Foundation.exit(ExitReason.stillRunning.rawValue)
        }
        source.resume()
    }

    func cancel() {
        source.cancel()
        signal(SIGINT, SIG_DFL)
    }
}

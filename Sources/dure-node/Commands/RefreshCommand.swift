import ArgumentParser
import CanonicalJSON
import EventIndex
import Foundation
import NodeAgent

/// `dure-node refresh`: a new load of the data.
struct RefreshCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refresh",
        abstract: "Take up a new load of the data, as the hospital's ETL drives it.",
        discussion: """
            The node answers from the old index all the time; the store is read by `finish` alone, once. The new index is made \
            beside the old one, checked against what the store gave, compared with the old one, and taken up in one step, by a \
            running daemon, too. Where persons or rows went down by more than refresh.max_drop_percent of node.yaml, no \
            question is answered until a person says `confirm` or `abort`.

            Around the hospital's own load:
              dure-node refresh begin
              run-hospital-etl
              dure-node refresh finish --release 2026-11 || dure-node refresh abort
            """,
        subcommands: [Begin.self, Finish.self, Status.self, Confirm.self, Abort.self, Rollback.self])

    /// Whose refresh it is, and who asks. Files of root's in the state directory would lock the daemon out.
    static func refresh(_ options: NodeOptions) throws -> (DataRefresh, Operator) {
        let person = Operator.current()
        let configuration = try NodeConfiguration(file: options.configurationFile)
        let state = options.stateDirectory
        if FileManager.default.fileExists(atPath: state) { try Operator.becomeOwner(of: state) }
        return (DataRefresh(configuration: configuration, state: try StateDirectory(state)), person)
    }

    struct Begin: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that the hospital's load begins. The node goes on answering from its index.")

        @OptionGroup var options: NodeOptions

        func run() async throws {
            let (refresh, person) = try RefreshCommand.refresh(options)
            try await refresh.begin(by: person)
            Terminal.say(options.language("A refresh is under way.", "데이터 갱신을 시작했습니다."))
        }
    }

    struct Finish: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read the store, make and check the new index, and take it up.",
            discussion: """
                Whatever goes wrong, the old index stays. With --changed, only the rows of the persons named there are read: one \
                person_id a line, and a line `vocabulary` if the vocabulary changed. Whoever is new or gone is found without being \
                named; whoever changed and is not named stays as before until the next whole reading.

                Exit codes: 0 taken up; 8 held, a person has to say `confirm` or `abort`; 69 the store cannot be used; 75 no \
                room, or another command works on the indices; 11 index and store do not agree.
                """)

        @OptionGroup var options: NodeOptions

        @Option(
            name: .long,
            help: ArgumentHelp("What the load is called, in every answer (default: what the store says).", valueName: "id"))
        var release: String?

        @Option(name: .long, help: ArgumentHelp("The persons whose rows changed.", valueName: "file"), completion: .file())
        var changed: String?

        @Flag(name: .shortAndLong, help: "Say nothing unless something goes wrong.")
        var quiet = false

        func run() async throws {
            try await Self.run(options, release: release, changed: changed, quiet: quiet)
        }

        static func run(_ options: NodeOptions, release: String?, changed: String?, quiet: Bool) async throws {
            let (refresh, person) = try RefreshCommand.refresh(options)
            let delta: IndexDelta?
            do throws(EventIndexError) {
                delta = try changed.map { path throws(EventIndexError) in try IndexDelta.read(path) }
            } catch {
                throw NodeError(.file, "\(error.message).", advice: "\(error.advice).")
            }
            Interrupt.listen()
            let line = BuildProgressLine(isSilent: quiet)
            defer { line.clear() }
            let outcome = try await refresh.finish(
                release: release, changed: delta, by: person, progress: { line.show($0) }, isCancelled: { Interrupt.wasAsked })
            line.clear()
            let text = RefreshText(options.language)
            if !quiet || !outcome.isTaken { text.finished(outcome).forEach(Terminal.say) }
            if !outcome.isTaken { throw ExitCode(8) }
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say how the refresh is, and what changed.",
            discussion: "The numbers are exact counts of this hospital's records: they must not leave the hospital.")

        @OptionGroup var options: NodeOptions

        @Option(name: .long, help: "table or json.")
        var output: OutputFormat = .table

        func run() async throws {
            let (refresh, _) = try RefreshCommand.refresh(options)
            let status = refresh.status
            Terminal.say(
                options.language("Exact counts of this hospital: they must not leave it.", "병원 내부의 정확한 수치: 반출 금지."))
            switch output {
            case .json: Terminal.print(status.json.text(indent: 2))
            case .table: RefreshText(options.language).lines(status).forEach(Terminal.print)
            }
        }
    }

    struct Confirm: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take up the new index although persons or rows went down: somebody has looked.")

        @OptionGroup var options: NodeOptions

        func run() async throws {
            let (refresh, person) = try RefreshCommand.refresh(options)
            let release = try await refresh.confirm(by: person)
            Terminal.say(options.language("Index \(release.number) is taken up.", "인덱스 \(release.number)을(를) 사용합니다."))
        }
    }

    struct Abort: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give the refresh up: the node goes on from the index that it has.")

        @OptionGroup var options: NodeOptions

        func run() async throws {
            let (refresh, person) = try RefreshCommand.refresh(options)
            try await refresh.abort(by: person)
            Terminal.say(options.language("The refresh is given up.", "데이터 갱신을 취소했습니다."))
        }
    }

    struct Rollback: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Go back to the index before the present one.",
            discussion: "It is kept until the next `finish` begins to work.")

        @OptionGroup var options: NodeOptions

        func run() async throws {
            let (refresh, person) = try RefreshCommand.refresh(options)
            let release = try await refresh.rollBack(by: person)
            Terminal.say(options.language("Back on index \(release.number).", "인덱스 \(release.number)(으)로 되돌렸습니다."))
        }
    }
}

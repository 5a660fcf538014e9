import ArgumentParser
import CanonicalJSON
import EventIndex
import Foundation
import NodeAgent
import OMOPStore

/// `dure-node index`: the event index that questions are answered from.
struct IndexCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index",
        abstract: "Build, verify or show the event index.",
        discussion: """
            Questions are answered from the index alone; the store is read only to build it. The index holds no person id \
            (those lie beside it in a file of their own, *.persons, that only its owner may read), but it is patient data \
            all the same: keep it where the store is kept.
            """,
        subcommands: [Build.self, Verify.self, Show.self])

    /// Which store and which index: as named, or those of node.yaml.
    struct Place: ParsableArguments {
        @Option(
            name: .long, help: ArgumentHelp("A SQLite store (default: the store of node.yaml).", valueName: "file"),
            completion: .file())
        var store: String?

        @Option(
            name: .long,
            help: ArgumentHelp(
                "The index (default: STORE.dure-index with --store, else in the state directory).", valueName: "file"),
            completion: .file())
        var index: String?

        @OptionGroup var node: NodeOptions

        func storeAddress() throws -> StoreAddress {
            if let store { return .sqlite(path: store) }
            return try NodeConfiguration(file: node.configurationFile).source.address
        }

        func indexPath() throws -> String {
            if let index { return index }
            if let store { return store + ".dure-index" }
            let configuration = try NodeConfiguration(file: node.configurationFile)
            return try StateDirectory(node.stateDirectory).index(of: configuration.source.id)
        }
    }

    /// `dure-node index build`
    struct Build: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read the store and build its index.",
            discussion: """
                The new index is made beside the old one and takes its place when it is complete and checked: a daemon goes on \
                answering from the old one, then takes up the new one by itself. A build that is stopped leaves the old one \
                alone. Needs room for both. For the store of node.yaml it is the same as `dure-node refresh finish`.

                Examples:
                  dure-node index build
                  dure-node index build --store clinic.sqlite --index clinic.dure-index
                """)

        @OptionGroup var place: Place

        @Flag(name: .shortAndLong, help: "Say nothing unless something goes wrong.")
        var quiet = false

        func run() async throws {
            guard place.store != nil || place.index != nil else {
                return try await RefreshCommand.Finish.run(place.node, release: nil, changed: nil, quiet: quiet)
            }
            let path = try place.indexPath()
            Interrupt.listen()
            let line = BuildProgressLine(isSilent: quiet)
            let begun = ContinuousClock().now
            let report: BuildReport
            do {
                report = try IndexBuilder(store: try place.storeAddress().open()).build(
                    to: path, progress: { line.show($0) }, isCancelled: { Interrupt.wasAsked })
            } catch {
                line.clear()
                Terminal.say("dure-node: \(error)")
                throw ExitCode(69)
            }
            line.clear()
            for skipped in report.skipped {
                Terminal.say("left out: \(skipped.rows) rows of \(skipped.table): \(skipped.reason)")
            }
            if quiet { return }
            let seconds = begun.duration(to: ContinuousClock().now).components.seconds
            Terminal.say(
                """
                Built \(path) in \(seconds) s: generation \(report.generation), \(report.persons) persons, \
                \(report.events) events, \(report.bytes / 1_000_000) MB.
                """)
        }
    }

    /// `dure-node index verify`
    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read the whole index and compare every checksum.",
            discussion: "Exit codes: 0 the index is whole; 11 it is damaged; 69 it cannot be read.")

        @OptionGroup var place: Place

        func run() throws {
            let path = try place.indexPath()
            do throws(EventIndexError) {
                let index = try EventIndex.open(path)
                Terminal.say("\(path) is whole: generation \(index.header.generation), \(index.header.fileSize) bytes.")
            } catch {
                Terminal.say("dure-node: \(error)")
                throw ExitCode(error.code == .damaged ? 11 : 69)
            }
        }
    }

    /// `dure-node index show`
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what an index was made of and how much it holds.",
            discussion: "The numbers are exact counts of this hospital's records: they must not leave the hospital.")

        @OptionGroup var place: Place

        @Option(name: .long, help: "table or json.")
        var output: OutputFormat = .table

        func run() throws {
            let path = try place.indexPath()
            let index: EventIndex
            do throws(EventIndexError) {
                index = try EventIndex.open(path, checksums: false)
            } catch {
                Terminal.say("dure-node: \(error)")
                throw ExitCode(error.code == .damaged ? 11 : 69)
            }
            Terminal.say("Exact counts of this hospital: they must not leave it.")
            let description = IndexDescription(index)
            Terminal.print(output == .json ? description.json.text(indent: 2) : description.table)
        }
    }
}

/// An index in words and in JSON.
private struct IndexDescription {
    let index: EventIndex

    init(_ index: EventIndex) { self.index = index }

    private var facts: [(String, String)] {
        let header = index.header
        let unknown = "not given"
        func known(_ text: String) -> String { text.isEmpty ? unknown : text }
        return [
            ("source", known(header.sourceName)),
            ("data release", known([header.dataRelease, header.dataReleaseDate].filter { !$0.isEmpty }.joined(separator: ", "))),
            ("vocabulary", known(header.vocabularyRelease)), ("CDM version", known(header.cdmVersion)),
            ("generation", "\(header.generation)"), ("layout version", "\(header.formatVersion)"),
            ("persons", "\(header.personCount) in \(header.blockCount) blocks"), ("concepts", "\(index.conceptCount)"),
            ("bytes", "\(header.fileSize)"),
        ]
    }

    var table: String {
        var lines = facts.map { "\(Self.left($0.0, 16))\($0.1)" }
        lines.append("")
        lines.append(
            Self.left("TABLE", 22) + Self.right("RECORDS", 14) + Self.right("PERSONS", 12) + Self.right("UNMAPPED", 14)
                + Self.right("BYTES", 14))
        for table in EventTable.allCases {
            let totals = index.statistics(table)
            guard totals.isPresent else {
                lines.append(Self.left(table.rawValue, 22) + Self.right("absent", 14))
                continue
            }
            lines.append(
                Self.left(table.rawValue, 22) + Self.right("\(totals.records)", 14) + Self.right("\(totals.persons)", 12)
                    + Self.right("\(totals.unmappedRecords)", 14) + Self.right("\(totals.bytes)", 14))
        }
        return lines.joined(separator: "\n")
    }

    var json: JSONValue {
        let header = index.header
        var tables = JSONObject()
        for table in EventTable.allCases {
            let totals = index.statistics(table)
            tables[table.rawValue] = [
                "present": .bool(totals.isPresent), "records": .number(JSONNumber(totals.records)),
                "persons": .number(JSONNumber(totals.persons)), "unmapped": .number(JSONNumber(totals.unmappedRecords)),
                "bytes": .number(JSONNumber(totals.bytes)),
            ]
        }
        return [
            "schema": "dure.index/1", "source": .string(header.sourceName), "dataRelease": .string(header.dataRelease),
            "dataReleaseDate": .string(header.dataReleaseDate), "vocabulary": .string(header.vocabularyRelease),
            "cdmVersion": .string(header.cdmVersion), "generation": .number(JSONNumber(Int(clamping: header.generation))),
            "layout": .number(JSONNumber(header.formatVersion)), "persons": .number(JSONNumber(header.personCount)),
            "concepts": .number(JSONNumber(index.conceptCount)), "bytes": .number(JSONNumber(header.fileSize)),
            "tables": .object(tables),
        ]
    }

    private static func left(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    private static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(1, width - text.count)) + text
    }
}

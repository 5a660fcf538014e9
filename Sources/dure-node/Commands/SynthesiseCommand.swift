import ArgumentParser
import CanonicalJSON
import Foundation
import OMOPStore
import Synchronization

/// `dure-node synthesise`: writes an invented store, for demonstrations, tests and measurements.
struct SynthesiseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "synthesise",
        abstract: "Write a synthetic OMOP store with planted answers.",
        discussion: """
            The store is invented from the seed: no person, hospital or count in it is real. The same hospital, persons, \
            seed and events give the same rows. What is planted for the workload questions W1 to W7 stands in \
            nodes/workloads/README.md.

            Examples:
              dure-node synthesise --list
              dure-node synthesise --hospital KR-H-0009 --to KR-H-0009.sqlite
              dure-node synthesise --hospital KR-H-0012 --persons 1000000 --seed 7 \\
                --to large.sqlite
            """,
        aliases: ["synthesize"])

    enum ListFormat: String, ExpressibleByArgument, CaseIterable {
        case table, json, csv
    }

    @Flag(name: .long, help: "List the hospitals that can be invented, and what is planted in each.")
    var list = false

    @Option(name: .long, help: "With --list: table, json or csv.")
    var output: ListFormat = .table

    @Option(name: .long, help: ArgumentHelp("Whose store: an identifier of --list.", valueName: "id"))
    var hospital: String?

    @Option(name: .long, help: "Rows of the table person.")
    var persons = SyntheticStore.demoPersons

    @Option(name: .long, help: "What the dice begin with.")
    var seed: UInt64 = 1

    @Option(name: .long, help: "Clinical events a person, about.")
    var events = 32.0

    @Option(name: .long, help: ArgumentHelp("Where to write the SQLite file.", valueName: "file"), completion: .file())
    var to: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where to write identifiers of its persons, for `linkage` of node.yaml: every fourth person is at all hospitals.",
            valueName: "file"), completion: .file())
    var identifiers: String?

    @Flag(name: .long, help: "Replace the file if it is there.")
    var replace = false

    @Flag(name: .shortAndLong, help: "Say nothing unless something goes wrong.")
    var quiet = false

    mutating func validate() throws {
        if list { return }
        guard let hospital, to != nil else {
            throw ValidationError("Say which hospital and where to write it: --hospital ID --to FILE, or --list.")
        }
        guard SyntheticHospital.withID(hospital) != nil else {
            throw ValidationError("No synthetic hospital is called \(hospital). See: dure-node synthesise --list")
        }
    }

    func run() throws {
        if list {
            SyntheticHospitalList().lines(output).forEach(Terminal.print)
            return
        }
        guard let hospital, let profile = SyntheticHospital.withID(hospital), let to else { return }
        for signalNumber in [SIGINT, SIGTERM] {
            signal(signalNumber) { _ in isStopped.store(true, ordering: .relaxed) }
        }
        do {
            try write(
                SyntheticStore(hospital: profile, persons: persons, seed: seed, eventsPerPerson: events), to: to)
        } catch {
            SynthesisProgressLine(isSilent: quiet).clear()
            Terminal.say("dure-node: \(error)")
            throw error.code == .cancelled ? ExitCode(2) : ExitCode.failure
        }
    }

    private func write(_ store: SyntheticStore, to path: String) throws(OMOPStoreError) {
        let line = SynthesisProgressLine(isSilent: quiet)
        if !quiet {
            Terminal.say("Writing SYNTHETIC data of \(store.hospital.id) to \(path): \(persons) persons, seed \(seed).")
        }
        let clock = ContinuousClock()
        let begun = clock.now
        let summary = try store.write(
            to: path, replacing: replace, progress: line.show, isCancelled: { isStopped.load(ordering: .relaxed) })
        line.clear()
        if let identifiers {
            let csv = SyntheticIdentifiers(store, summary).csv
            guard
                FileManager.default.createFile(
                    atPath: identifiers, contents: Data(csv.utf8), attributes: [.posixPermissions: 0o600])
            else {
                throw OMOPStoreError(.writing, "\(identifiers) cannot be written", advice: "Check the folder and its rights")
            }
        }
        guard !quiet else { return }
        let milliseconds = max(1, begun.duration(to: clock.now) / .milliseconds(1))
        let rate = Int(Double(persons) * 1_000 / milliseconds)
        Terminal.say(
            "Wrote \(summary.events) events (SYNTHETIC) in \(Int(milliseconds / 1_000)) s, \(rate) persons a second.")
    }
}

/// Whether Ctrl-C was pressed. A signal handler can reach nothing but a global.
private let isStopped = Atomic(false)

/// The moving line of work that takes time: on standard error, and only where a person watches.
private struct SynthesisProgressLine {
    let isSilent: Bool

    func show(_ progress: SyntheticStore.Progress) {
        switch progress {
        case .persons(let done, let all): write("\(done * 100 / all) % of persons")
        case .indices: write("indices")
        }
    }

    func clear() { write("") }

    private func write(_ text: String) {
        guard !isSilent, Terminal.isWatched else { return }
        FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
    }
}

/// The hospitals that can be invented, and what is planted in each.
private struct SyntheticHospitalList {
    /// The questions in the order of their columns.
    private static let workloads = ["W1", "W2", "W3", "W4", "W4-without", "W5", "W6", "W7"]

    func lines(_ format: SynthesiseCommand.ListFormat) -> [String] {
        switch format {
        case .table: table
        case .json: [json.text(indent: 2)]
        case .csv: csv
        }
    }

    private var rows: [(hospital: SyntheticHospital, planted: [Int])] {
        SyntheticHospital.sampleConsortium.map { hospital in
            (hospital, Self.workloads.map { hospital.planted[$0] ?? 0 })
        }
    }

    private var table: [String] {
        // Every column but the name is ASCII of known width; the name comes last.
        let heads = ["W1", "W2", "W3", "W4", "W4-", "W5", "W6", "W7"]
        return [
            "SYNTHETIC hospitals, and the persons planted for each question at \(SyntheticStore.demoPersons) persons",
            "(W4-: the comparison of W4, W4-without)", "ID         \(Self.columns(heads))  NAME",
        ] + rows.map { "\($0.hospital.id)  \(Self.columns($0.planted.map(String.init)))  \($0.hospital.englishName)" }
    }

    private var csv: [String] {
        let head = (["id", "name_en", "name_ko"] + Self.workloads).joined(separator: ",")
        return [head]
            + rows.map { hospital, planted in
                ([hospital.id, hospital.englishName, hospital.koreanName] + planted.map(String.init)).joined(separator: ",")
            }
    }

    private var json: JSONValue {
        let hospitals = rows.map { hospital, planted -> JSONValue in
            [
                "id": .string(hospital.id), "name": ["en": .string(hospital.englishName), "ko": .string(hospital.koreanName)],
                "persons": .number(JSONNumber(SyntheticStore.demoPersons)),
                "planted": .object(JSONObject(zip(Self.workloads, planted).map { ($0, .number(JSONNumber($1))) })),
            ]
        }
        return ["synthetic": true, "hospitals": .array(hospitals)]
    }

    private static func columns(_ cells: [String]) -> String {
        cells.map { String(repeating: " ", count: max(1, 4 - $0.count)) + $0 }.joined()
    }
}

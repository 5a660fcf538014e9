import ArgumentParser
import Foundation
import OMOPStore

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
              dure-node synthesise --hospital KR-H-0012 --persons 1000000 --seed 7 --to large.sqlite
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
            print(SyntheticHospitalList(format: output).text, terminator: "")
            return
        }
        guard let hospital, let profile = SyntheticHospital.withID(hospital), let to else { return }
        let store = try SyntheticStore(hospital: profile, persons: persons, seed: seed, eventsPerPerson: events)
        let meter = ProgressMeter(isQuiet: quiet)
        meter.say("Writing SYNTHETIC data of \(profile.id) to \(to): \(persons) persons, seed \(seed).")
        let clock = ContinuousClock()
        let begun = clock.now
        let summary = try store.write(to: to, replacing: replace) { progress in
            switch progress {
            case .persons(let done, let all): meter.show("\(done * 100 / all) % of persons")
            case .indices: meter.show("indices")
            }
        }
        let seconds = Double(begun.duration(to: clock.now).components.seconds)
        let rate = Int(Double(persons) / max(1, seconds))
        meter.say("Wrote \(summary.events) events (SYNTHETIC) in \(Int(seconds)) s, \(rate) persons a second.")
    }
}

/// Lines about work that takes time: to stderr, and a moving one only on a terminal.
private struct ProgressMeter {
    let isQuiet: Bool
    private let isTerminal = isatty(STDERR_FILENO) == 1

    init(isQuiet: Bool) { self.isQuiet = isQuiet }

    /// A line that stays.
    func say(_ line: String) {
        guard !isQuiet else { return }
        write((isTerminal ? "\r\u{1B}[K" : "") + line + "\n")
    }

    /// A line that the next one replaces.
    func show(_ line: String) {
        guard !isQuiet, isTerminal else { return }
        write("\r\u{1B}[K" + line)
    }

    private func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}

/// The hospitals that can be invented, as text.
struct SyntheticHospitalList {
    let format: SynthesiseCommand.ListFormat

    /// The questions in the order of their columns.
    private static let workloads = ["W1", "W2", "W3", "W4", "W4-without", "W5", "W6", "W7"]

    var text: String {
        switch format {
        case .table: table
        case .json: json
        case .csv: csv
        }
    }

    private var rows: [(SyntheticHospital, [Int])] {
        SyntheticHospital.sampleConsortium.map { hospital in
            (hospital, Self.workloads.map { hospital.planted[$0] ?? 0 })
        }
    }

    private var table: String {
        // Every column but the name is ASCII of known width; the name comes last.
        var lines = ["SYNTHETIC hospitals, and persons planted for each question at 20,000 persons"]
        let heads = ["W1", "W2", "W3", "W4", "W4-", "W5", "W6", "W7"].map { Self.right($0, 4) }.joined()
        lines.append("ID          \(heads)  NAME")
        for (hospital, counts) in rows {
            let numbers = counts.map { Self.right(String($0), 4) }.joined()
            lines.append("\(hospital.id)   \(numbers)  \(hospital.englishName)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var csv: String {
        let head = (["id", "name", "name_ko"] + Self.workloads).joined(separator: ",")
        let lines = rows.map { hospital, counts in
            ([hospital.id, hospital.englishName, hospital.koreanName] + counts.map(String.init)).joined(separator: ",")
        }
        return ([head] + lines).joined(separator: "\n") + "\n"
    }

    private var json: String {
        let hospitals = rows.map { hospital, counts in
            let planted = zip(Self.workloads, counts).map { "\"\($0)\": \($1)" }.joined(separator: ", ")
            return """
                  {"id": "\(hospital.id)", "name": {"en": "\(hospital.englishName)", "ko": "\(hospital.koreanName)"}, \
                "persons": \(SyntheticStore.demoPersons), "planted": {\(planted)}}
                """
        }
        return "{\"synthetic\": true, \"hospitals\": [\n\(hospitals.joined(separator: ",\n"))\n]}\n"
    }

    private static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(1, width - text.count)) + text
    }
}

import ArgumentParser
import CohortEngine
import Cohorts
import EventIndex
import Foundation
import OMOPStore

/// The parts of `make bench` that are not SQL.
@main
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dure-bench", abstract: "Makes stores, builds indices and answers the ten questions of the benchmark.",
        subcommands: [Generate.self, Build.self, Refresh.self, Scan.self, Query.self, Cold.self, Release.self, Rates.self])

    /// Writes a store.
    struct Generate: ParsableCommand {
        @Option var persons = 20_000
        @Option(help: "Clinical events a person, on average.") var events = 65
        @Option(help: "A folder for CSV files of the same rows.") var csv: String?
        @Argument var store: String

        func run() throws {
            if let csv { try FileManager.default.createDirectory(atPath: csv, withIntermediateDirectories: true) }
            let made = try BenchStore(path: store, csvFolder: csv, eventsPerPerson: events)
            let count = try made.write(persons: persons)
            try made.index()
            print(#"{"persons": \#(persons), "events": \#(count)}"#)
        }
    }

    /// Builds the index and says what it cost.
    struct Build: ParsableCommand {
        @Argument var store: String
        @Argument var index: String

        func run() throws {
            let opened = try SQLiteClinicalStore(path: store)
            let before = Usage.now
            let report = try IndexBuilder(store: opened).build(to: index)
            let used = Usage.now.since(before)
            let rate = Double(report.events) / used.cpu / 1e6
            print(
                #"{"events": \#(report.events), "bytes": \#(report.bytes), "bytesPerEvent": \#(Double(report.bytes) / Double(report.events)), "#
                    + #""cpu": \#(used.cpu), "wall": \#(used.wall), "eventsPerMicrosecond": \#(rate), "peakMB": \#(Usage.peakMB)}"#
            )
        }
    }

    /// Refreshes the index as after a night in which some persons changed, and says what it cost.
    struct Refresh: ParsableCommand {
        @Option(help: "A file with one person_id a line.") var changed: String
        @Argument var store: String
        @Argument var index: String

        func run() throws {
            let opened = try SQLiteClinicalStore(path: store)
            let before = Usage.now
            let report = try IndexBuilder(store: opened).refresh(try IndexDelta.read(changed), at: index)
            let used = Usage.now.since(before)
            print(
                #"{"persons": \#(report.personsRead), "whole": "\#(report.wholeBecause ?? "")", "cpu": \#(used.cpu), "wall": \#(used.wall), "peakMB": \#(Usage.peakMB)}"#
            )
        }
    }

    /// Answers definitions.
    struct Query: ParsableCommand {
        @Option var runs = 11
        @Option(help: "Definitions whose name begins so are broken down by sex, age band and year.") var breakdown = "Q10"
        @Argument var index: String
        @Argument var definitions: [String]

        func run() throws {
            let opening = Usage.now
            let questions = try Questions(index: index)
            print(#"{"question": "open", "wall": \#(Usage.now.since(opening).wall * 1_000)}"#)
            for definition in definitions {
                let name = URL(filePath: definition).lastPathComponent
                let dimensions: [BreakdownDimension] = name.hasPrefix(breakdown) ? [.sex, .ageBand, .indexYear] : []
                print(try questions.line(definition, breakdown: dimensions, runs: runs))
            }
        }
    }
}

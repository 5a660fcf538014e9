import ArgumentParser
import CanonicalJSON
import CohortEngine
import Cohorts
import EventIndex
import Foundation
import NodeAgent
import OMOPStore

/// What `evaluate` and `explain` need: a definition and an index. The index is the node's own; or, with a store named, one of
/// that store, which is made for the occasion and taken away again when it is not named either.
struct LocalEvaluation: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A SQLite store (default: the index that the node answers from; no store is read).", valueName: "file"),
        completion: .file())
    var store: String?

    @Option(
        name: .long, help: ArgumentHelp("The cohort definition (as ATLAS saves it) or question.", valueName: "file"),
        completion: .file())
    var cohort: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "An index (default with --store: one is built in TMPDIR and removed afterwards).", valueName: "file"),
        completion: .file())
    var index: String?

    @OptionGroup var node: NodeOptions

    /// The question in the file; a bare definition is a question without a title.
    func question() throws -> FeasibilityQuestion {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(fileURLWithPath: cohort))
        } catch {
            throw NodeError(.file, "\(cohort) cannot be read.", advice: "Name a file with a cohort definition.")
        }
        do throws(CohortError) {
            return try FeasibilityQuestion(parsing: bytes)
        } catch {
            let problems = error.problems.map { "\n  \($0)" }.joined()
            throw NodeError(.question, "\(cohort): \(error.message)\(problems)", advice: error.advice)
        }
    }

    /// Calls `body` with an open index, and takes a temporary one away whatever happens.
    func withIndex<Result>(_ body: (EventIndex) throws -> Result) throws -> Result {
        Interrupt.listen()
        if let index { return try body(try open(index, checksums: true)) }
        guard let store else { return try body(try open(ownIndex(), checksums: true)) }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dure-index-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("index").path
        try build(path, of: store)
        return try body(try open(path, checksums: false))
    }

    /// The index that the node answers from.
    private func ownIndex() throws -> String {
        let configuration = try NodeConfiguration(file: node.configurationFile)
        let path = try StateDirectory(node.stateDirectory).index(of: configuration.source.id)
        guard FileManager.default.fileExists(atPath: path) else {
            throw NodeError(
                .store, "The node has no index yet.", advice: "Run `dure-node index build`, or name a store with --store.")
        }
        return path
    }

    private func build(_ path: String, of store: String) throws {
        do {
            let clinical = try SQLiteClinicalStore(path: store)
            try IndexBuilder(store: clinical).build(to: path, isCancelled: { Interrupt.wasAsked })
        } catch let error as OMOPStoreError {
            throw NodeError(error)
        } catch let error as EventIndexError {
            throw NodeError(.store, error.message + ".", advice: error.advice)
        }
    }

    private func open(_ path: String, checksums: Bool) throws -> EventIndex {
        do throws(EventIndexError) {
            return try EventIndex.open(path, checksums: checksums)
        } catch {
            throw NodeError(.store, error.message + ".", advice: error.advice)
        }
    }

    /// A daemon has no business printing exact counts: systemd names each run of a service, and then these commands refuse.
    static func refuseInsideDaemon(_ environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        guard environment["INVOCATION_ID"] != nil || environment["NOTIFY_SOCKET"] != nil else { return }
        throw NodeError(
            .question, "Exact counts are for a person at this hospital, not for a service.",
            advice: "Run the command from a terminal; the daemon answers through the release gate alone.")
    }
}

extension NodeError {
    /// An engine's refusal in the words of the node's commands.
    init(_ error: CohortEngineError) {
        let code: Code = error.code == .index ? .store : .question
        self.init(code, error.message + ".", advice: error.advice.isEmpty ? "" : error.advice + ".")
    }
}

import ArgumentParser
import CanonicalJSON
import CohortEngine
import Cohorts
import EventIndex
import Foundation
import NodeAgent
import OMOPStore
import Synchronization

/// What `evaluate` and `explain` need: a definition, a store, and an index of it, which is made for the occasion and taken
/// away again when none is given.
struct LocalEvaluation: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The OMOP store.", valueName: "file"), completion: .file())
    var store: String

    @Option(
        name: .long, help: ArgumentHelp("The cohort definition (as ATLAS saves it) or question.", valueName: "file"),
        completion: .file())
    var cohort: String

    @Option(
        name: .long,
        help: ArgumentHelp("The store's index (default: one is built in TMPDIR and removed afterwards).", valueName: "file"),
        completion: .file())
    var index: String?

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
        for signalNumber in [SIGINT, SIGTERM] { signal(signalNumber) { _ in isStopped.store(true, ordering: .relaxed) } }
        if let index { return try body(try open(index, checksums: true)) }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dure-index-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("index").path
        try build(path)
        return try body(try open(path, checksums: false))
    }

    /// Whether the person pressed Ctrl-C.
    static var wasStopped: Bool { isStopped.load(ordering: .relaxed) }

    private func build(_ path: String) throws {
        do {
            let clinical = try SQLiteClinicalStore(path: store)
            try IndexBuilder(store: clinical).build(to: path, isCancelled: { isStopped.load(ordering: .relaxed) })
        } catch let error as OMOPStoreError {
            throw NodeError(.store, "\(error.description)", advice: "")
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

/// Set by Ctrl-C, so that a temporary index is removed before the program ends.
private let isStopped = Atomic<Bool>(false)

extension NodeError {
    /// An engine's refusal in the words of the node's commands.
    init(_ error: CohortEngineError) {
        let code: Code = error.code == .index ? .store : .question
        self.init(code, error.message + ".", advice: error.advice.isEmpty ? "" : error.advice + ".")
    }
}

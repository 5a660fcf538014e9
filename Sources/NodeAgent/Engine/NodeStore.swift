import Daemon
import EventIndex
import Foundation
import OMOPStore

/// The hospital's store and its index, as this node has them.
public enum NodeStore {
    /// Makes an index of the configured store, checks it, and answers are given from it: what the first start does.
    /// - Throws: `STORE` with the store's own reasons.
    @discardableResult
    public static func buildIndex(
        _ configuration: NodeConfiguration, state: StateDirectory, clock: NodeClock = .system,
        progress: (BuildProgress) -> Void = { _ in }
    ) throws(NodeError) -> BuildReport {
        let shelf = IndexShelf(state, source: configuration.source.id)
        let maker = IndexMaker(configuration: configuration, state: state, shelf: shelf, clock: clock)
        let made = try maker.make(name: nil, delta: nil, progress: progress)
        try shelf.take(made.place)
        return made.report
    }

    /// Opens the configured store: for a build of the index, and for nothing else.
    /// - Throws: `STORE` with every problem; an account that may write is one, unless node.yaml says otherwise.
    static func openStore(_ configuration: NodeConfiguration) throws(NodeError) -> any ClinicalStore {
        do throws(OMOPStoreError) {
            return try configuration.source.address.open()
        } catch {
            throw NodeError(error)
        }
    }

    /// Looks whether the account may change clinical tables, where the database is a server and node.yaml wants it read-only.
    /// Reads no row. A database that does not answer stops nobody: questions are answered from the index.
    /// - Throws: `STORE` where the account may write.
    static func requireReadOnly(_ configuration: NodeConfiguration, log: NodeLog) throws(NodeError) {
        let tables: [String]
        do throws(OMOPStoreError) {
            tables = try configuration.source.address.writableTables()
        } catch {
            return log.warning("the rights of the store's account could not be looked at", [.advice: error.advice])
        }
        guard tables.isEmpty else {
            throw NodeError(
                .store, "The store's account may change rows of \(tables.joined(separator: ", ")).",
                advice: "Give the node an account that can only read, or say require_read_only: false in node.yaml.")
        }
    }

    /// Opens the index, building it first where there is none.
    static func open(
        _ configuration: NodeConfiguration, state: StateDirectory, log: NodeLog
    ) throws(NodeError) -> any AnswerSource {
        let path = state.index(of: configuration.source.id)
        if !Files.exists(path) {
            log.info("building the index; this happens once and may take minutes", [.path: path])
            // systemd waits for READY; a large store takes longer than its usual patience.
            ServiceManager.extendStart(seconds: 7_200, "building the index")
            let report = try buildIndex(configuration, state: state)
            log.info("index built", [.bytes: "\(report.bytes)"])
        }
        return try open(configuration, path: path)
    }

    /// Opens the index that is there.
    static func open(_ configuration: NodeConfiguration, path: String) throws(NodeError) -> any AnswerSource {
        do throws(EventIndexError) {
            let index = try EventIndex.open(path)
            let persons = try PersonMap.open(of: index, at: path)
            return EngineSource(
                index: index, persons: persons, release: IndexRelease.read(besideIndex: path)?.name, configuration: configuration)
        } catch {
            throw NodeError(error)
        }
    }

    /// What `doctor` says about the store.
    static func examine(_ configuration: NodeConfiguration) -> Doctor.Finding {
        do throws(OMOPStoreError) {
            let profile = try configuration.source.address.inspect()
            let fatal = profile.problems.filter { $0.severity == .fatal }
            let words =
                "\(profile.kind), CDM \(profile.cdmVersion), vocabulary \(profile.vocabularyRelease), "
                + "release \(profile.dataRelease.id)"
            guard fatal.isEmpty else {
                return Doctor.Finding(
                    check: "store", state: .failed, message: words, advice: fatal.map { "\n  \($0)" }.joined())
            }
            let warnings = profile.problems.filter { $0.severity == .warning }.map { "\n  \($0)" }.joined()
            return Doctor.Finding(check: "store", state: warnings.isEmpty ? .ok : .warning, message: words + warnings, advice: "")
        } catch {
            return Doctor.Finding(check: "store", state: .failed, message: error.message, advice: error.advice)
        }
    }
}

extension NodeError {
    /// What a store says, with every problem of it.
    public init(_ error: OMOPStoreError) {
        self.init(
            .store, "\(error.message).", advice: (["\(error.advice)."] + error.problems.map { "\n  - \($0)" }).joined())
    }
}

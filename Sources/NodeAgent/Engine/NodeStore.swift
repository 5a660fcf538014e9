import EventIndex
import Foundation
import OMOPStore

/// The hospital's store and its index, as this node has them.
public enum NodeStore {
    /// Builds the index of the configured store into the state directory, beside the old one and then in its place.
    /// - Throws: `STORE` with the store's own reasons.
    @discardableResult
    public static func buildIndex(
        _ configuration: NodeConfiguration, state: StateDirectory, progress: (BuildProgress) -> Void = { _ in }
    ) throws(NodeError) -> BuildReport {
        let path = state.index(of: configuration.source.id)
        do throws(OMOPStoreError) {
            let store = try SQLiteClinicalStore(path: configuration.source.path)
            return try build(store, path, progress)
        } catch {
            throw NodeError(
                .store, "\(error.message).", advice: (["\(error.advice)."] + error.problems.map { "\n  - \($0)" }).joined())
        }
    }

    private static func build(
        _ store: SQLiteClinicalStore, _ path: String, _ progress: (BuildProgress) -> Void
    ) throws(OMOPStoreError) -> BuildReport {
        do throws(EventIndexError) {
            return try IndexBuilder(store: store).build(to: path, progress: progress)
        } catch {
            throw OMOPStoreError(.reading, error.message, advice: error.advice)
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
            ServiceManager.notify("EXTEND_TIMEOUT_USEC=7200000000\nSTATUS=building the index")
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
            return EngineSource(index: index, persons: persons, configuration: configuration)
        } catch {
            throw NodeError(.store, "\(error.message).", advice: "\(error.advice).")
        }
    }

    /// What `doctor` says about the store.
    static func examine(_ configuration: NodeConfiguration) -> Doctor.Finding {
        do throws(OMOPStoreError) {
            let profile = try SQLiteClinicalStore.inspect(path: configuration.source.path)
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

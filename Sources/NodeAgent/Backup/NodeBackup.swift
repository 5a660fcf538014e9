import Daemon
import Federation
import Foundation

/// A backup of everything that a node cannot make again: the database (tickets, answers, ledger, audit log), the node's secret, its
/// identity, the policies, node.yaml and policy.yaml. The index is not in it: it is built from the store.
///
/// Works beside a running daemon.
public struct NodeBackup: Sendable {
    /// The program's name in an archive.
    static let program = "dure-node"

    private let state: StateDirectory
    private let configurationFile: String
    private let policyFile: String
    private let clock: NodeClock

    /// For the node in `state`, with its two files.
    public init(state: StateDirectory, configurationFile: String, policyFile: String, clock: NodeClock = .system) {
        self.state = state
        self.configurationFile = configurationFile
        self.policyFile = policyFile
        self.clock = clock
    }

    /// What was made.
    public struct Made: Sendable {
        /// The file.
        public var path: String
        /// What is in it.
        public var manifest: BackupManifest
    }

    /// Makes a backup in `folder`.
    /// - Throws: `STATE`, `INTEGRITY`, `ENROLMENT`, `DISK_FULL`, `BACKUP`.
    public func create(in folder: String, sealedWith seal: BackupSeal, by person: Operator) async throws(NodeError) -> Made {
        let identity = try NodeIdentity(in: state)
        guard Files.exists(state.database) else {
            throw NodeError(.state, "This node has never run; there is nothing to keep.", advice: "Start it once.")
        }
        let staging = state.file("backup-\(getpid())")
        try? FileManager.default.removeItem(atPath: staging)
        defer { try? FileManager.default.removeItem(atPath: staging) }
        let copy = try StateDirectory(staging)
        let now = Timestamp(clock.now())
        let spool = try Spool(state, hospital: identity.grant.node)
        // The line first, so that the copy says of itself that it is one.
        try await spool.record("backup.created", identity.grant.node.rawValue, at: now, by: person.actor)
        try await spool.copy(to: copy.database)
        let title = try await title(of: copy, identity, now)
        let path = "\(folder)/\(title.fileName)"
        let inputs = try inputs(copy, identity)
        do throws(BackupError) {
            return Made(path: path, manifest: try BackupArchive.create(at: path, title, inputs, sealedWith: seal))
        } catch {
            throw NodeError(error)
        }
    }

    private func title(
        of copy: StateDirectory, _ identity: NodeIdentity, _ now: Timestamp
    ) async throws(NodeError) -> BackupArchive.Title {
        let spool = try Spool(copy, hospital: identity.grant.node, readOnly: true)
        let ledger = try await LedgerStore(secret: NodeSecret(in: state)).revision(in: spool)
        return BackupArchive.Title(
            program: Self.program, version: NodeSoftware.version, name: identity.grant.node.rawValue, created: now,
            audit: try await spool.auditPoint(), ledger: Int(ledger))
    }

    private func inputs(_ copy: StateDirectory, _ identity: NodeIdentity) throws(NodeError) -> [BackupArchive.Input] {
        var inputs: [BackupArchive.Input] = [
            .init("state.sqlite", from: copy.database), .init("node-secret", from: state.file("node-secret")),
        ]
        for (folder, name) in [(identity.folder, "identity"), (state.file("policies"), "policies")] where Files.exists(folder) {
            inputs += try Files.names(in: folder).map { .init("\(name)/\($0)", from: "\(folder)/\($0)") }
        }
        // The files of the configuration, but not the secrets that they name: those belong to the machine.
        for (file, name) in [(configurationFile, "node.yaml"), (policyFile, "policy.yaml")] where Files.isReadable(file) {
            inputs.append(.init("configuration/\(name)", from: file))
        }
        return inputs
    }
}

extension NodeError {
    /// A backup's error in the node's words.
    public init(_ error: BackupError) {
        let code: Code =
            switch error.code {
            case .file: .file
            case .key: .backup
            case .damaged: .integrity
            case .full: .diskFull
            }
        self.init(code, error.message, advice: error.advice)
    }
}

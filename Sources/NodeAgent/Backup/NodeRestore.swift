import CanonicalJSON
import Daemon
import Federation
import Foundation

/// Puts a backup in the place of a node's state: whole or not at all, and never back in time unless two persons say so.
///
/// A node whose ledger is older than what it has said would answer as if it had not said it; one whose log is older would have
/// forgotten what it did. Both are refused first.
public struct NodeRestore: Sendable {
    private let state: StateDirectory
    private let archive: String
    private let opener: BackupOpener
    private let clock: NodeClock

    /// For the node in `state` and the file `archive`.
    public init(state: StateDirectory, archive: String, opener: BackupOpener, clock: NodeClock = .system) {
        self.state = state
        self.archive = archive
        self.opener = opener
        self.clock = clock
    }

    /// Why a restore needs a second person.
    public enum Concern: String, Sendable, Hashable, CaseIterable {
        /// The release ledger here has come further than the backup's.
        case ledger = "LEDGER_BACK"
        /// The audit log here has lines that the backup's has not.
        case audit = "AUDIT_BACK"
        /// The node's secret here is another one: known answers would be drawn anew.
        case secret = "SECRET_OTHER"
        /// What is here cannot be read, so nobody knows how far it had come.
        case unreadable = "STATE_UNREADABLE"
    }

    /// What came of it.
    public enum Result: Sendable {
        /// The backup is in place. `kept` is the folder with what was there before, if there was anything.
        case restored(BackupManifest, concerns: [Concern], kept: String?)
        /// Another person has to restore the same file too.
        case needsSecondPerson(BackupManifest, concerns: [Concern])
    }

    private static let marker = "RESTORING"

    /// - Throws: `STATE` where a restore was cut off in the middle.
    static func requireWhole(_ state: StateDirectory) throws(NodeError) {
        guard Files.exists(state.file(marker)) else { return }
        throw NodeError(
            .state, "A restore of a backup was cut off; half of it is in \(state.path).",
            advice: "Run `dure-node backup restore` with the same file again.")
    }

    /// Checks the archive and everything in it. It is laid out for that beside the state, which is as well kept, and removed.
    /// - Throws: `INTEGRITY`, `BACKUP`.
    public func check() async throws(NodeError) -> BackupManifest {
        let folder = state.file("backup-check-\(getpid())")
        try? FileManager.default.removeItem(atPath: folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await opened(in: folder).manifest
    }

    /// Restores.
    /// - Throws: `STATE_LOCKED` while a daemon runs, `INTEGRITY` where the backup does not hold or is another hospital's.
    public func run(by person: Operator) async throws(NodeError) -> Result {
        let lock = try StateLock(state)
        defer { withExtendedLifetime(lock) {} }
        let folder = state.file("restore-new")
        try? FileManager.default.removeItem(atPath: folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let new = try await opened(in: folder)
        let concerns = try await concerns(about: new)
        var first: UInt32?
        if !concerns.isEmpty {
            first = consent(to: new.digest)
            guard let first, first != person.uid else {
                try keepConsent(of: person, to: new.digest)
                return .needsSecondPerson(new.manifest, concerns: concerns)
            }
        }
        let now = Timestamp(clock.now())
        try await settle(new, concerns, by: person, after: first, at: now)
        let kept = try RestoreSwap(state: state, marker: Self.marker).put(new.state, at: now)
        return .restored(new.manifest, concerns: concerns, kept: kept)
    }

    // MARK: -

    private struct Opened {
        var manifest: BackupManifest
        var state: StateDirectory
        var digest: Digest256
        var secret: NodeSecret
    }

    /// Lays the archive out and holds everything in it against everything else.
    private func opened(in folder: String) async throws(NodeError) -> Opened {
        let new = try StateDirectory(folder)
        let manifest: BackupManifest
        do throws(BackupError) {
            manifest = try BackupArchive.extract(archive, opener, into: folder)
        } catch {
            throw NodeError(error)
        }
        guard manifest.program == NodeBackup.program else {
            throw NodeError(.integrity, "The backup is of \(manifest.program).", advice: "Restore it with that program.")
        }
        for name in ["state.sqlite", "node-secret"] where !Files.exists(new.file(name)) {
            throw NodeError(.integrity, "The backup has no \(name).", advice: "Use another backup.")
        }
        let identity = try NodeIdentity(in: new)
        guard identity.grant.node.rawValue == manifest.name else {
            throw NodeError(.integrity, "The backup is not of whom it says.", advice: "Use another backup.")
        }
        let secret = try NodeSecret(in: new)
        let spool = try Spool(new, hospital: identity.grant.node)
        try await spool.verifyPages()
        let chain = try await spool.verifyAudit()
        let ledger = try await LedgerStore(secret: secret).revision(in: spool)
        guard manifest.audit == AuditPoint(count: chain.count, head: chain.head), manifest.ledger == Int(ledger) else {
            throw NodeError(.integrity, "The backup's log or ledger is not what it says.", advice: "Use another backup.")
        }
        return Opened(manifest: manifest, state: new, digest: try digest(), secret: secret)
    }

    private func digest() throws(NodeError) -> Digest256 {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: archive), options: .alwaysMapped) else {
            throw Files.failure("read", archive)
        }
        return Digest256(of: data)
    }

    /// What is newer here than in the backup.
    private func concerns(about new: Opened) async throws(NodeError) -> [Concern] {
        if let here = try? NodeIdentity(in: state), here.grant.node.rawValue != new.manifest.name {
            throw NodeError(
                .integrity, "The backup is of \(new.manifest.name), and \(state.path) is \(here.grant.node)'s.",
                advice: "Name the state directory of \(new.manifest.name), or an empty one.")
        }
        var found: Set<Concern> = []
        let revision = UInt64(new.manifest.ledger ?? 0)
        if Files.exists(state.file(Self.marker)) { found.insert(.unreadable) }
        if let noted = LedgerMark(state).noted, noted > revision { found.insert(.ledger) }
        if Files.exists(state.database) {
            do throws(NodeError) {
                let (point, ledger) = try await present()
                if ledger > revision { found.insert(.ledger) }
                if try await !log(of: new, goesThrough: point) { found.insert(.audit) }
            } catch {
                found.insert(.unreadable)
            }
        }
        if Files.exists(state.file("node-secret")), !isSameSecret(new.state) { found.insert(.secret) }
        return Concern.allCases.filter(found.contains)
    }

    private func isSameSecret(_ new: StateDirectory) -> Bool {
        let (here, there) = (FileManager.default.contents(atPath: state.file("node-secret")), new.file("node-secret"))
        return here != nil && here == FileManager.default.contents(atPath: there)
    }

    /// Whether the backup's log has every line that is here, or its older ones in an archive.
    private func log(of new: Opened, goesThrough point: AuditPoint) async throws(NodeError) -> Bool {
        let spool = try Spool(new.state, hospital: HospitalID(unchecked: new.manifest.name))
        let (lines, start) = (try await spool.auditLines(), try await spool.auditStart())
        do throws(FederationError) {
            try AuditComparison(lines, from: start).check(point)
            return true
        } catch {
            return false
        }
    }

    /// How far the log and the ledger go that are here.
    private func present() async throws(NodeError) -> (point: AuditPoint, ledger: UInt64) {
        let spool = try Spool(state, hospital: HospitalID(unchecked: HospitalID.example), readOnly: true)
        let ledger = try await LedgerStore(secret: NodeSecret(in: state)).revision(in: spool)
        return (try await spool.auditPoint(), ledger)
    }

    /// Makes the laid out state one that answers nothing twice.
    private func settle(
        _ new: Opened, _ concerns: [Concern], by person: Operator, after first: UInt32?, at now: Timestamp
    ) async throws(NodeError) {
        let outcome = concerns.isEmpty ? "ok" : concerns.map(\.rawValue).joined(separator: ",")
        let spool = try Spool(new.state, hospital: HospitalID(unchecked: new.manifest.name))
        try await spool.settleRestored(new.digest, outcome: outcome, by: person, after: first, at: now)
        try await spool.fold()
        try LedgerMark(new.state).note(UInt64(new.manifest.ledger ?? 0))
    }

    // MARK: two persons

    private var consentFile: String { state.file("restore-consent.json") }

    private func keepConsent(of person: Operator, to digest: Digest256) throws(NodeError) {
        let consent: JSONValue = [
            "schema": "dure.restore-consent/1", "archive": digest.json, "person": .int(Int(person.uid)),
        ]
        try Files.write(consent.canonicalBytes(), to: consentFile)
    }

    private func consent(to digest: Digest256) -> UInt32? {
        guard let bytes = FileManager.default.contents(atPath: consentFile), let value = try? JSONValue(parsing: bytes),
            (try? JSONReader(value).required("archive").decode(Digest256.self)) == digest,
            let person = try? JSONReader(value).required("person").int(in: 0...Int(UInt32.max))
        else { return nil }
        return UInt32(truncatingIfNeeded: person)
    }
}

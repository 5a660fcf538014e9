import Foundation

/// Everything of a node that must survive a restart, in one folder of its own (mode 0700).
///
///     lock               held by the running daemon
///     state.sqlite       tickets, answers, releases, the audit log
///     node-secret        what rounding is keyed by; lost, answers would be drawn anew: part of every backup
///     ledger-mark        how far the release ledger in state.sqlite had come at the last start: a lost one is noticed
///     identity           -> identity-N: keys and certificate of one enrolment or renewal, swapped whole
///     index/             the event indices, made from the store: see `IndexShelf`
///     refresh.json       there while a refresh is under way
///     status.json        what the daemon last said about itself
///     PAUSED             there while the node is paused; its text is the message
///     policies/          policies that were in force before, by version
///     before-restore-*   what a restored backup took the place of
///     RESTORING          there while a backup is being restored; a daemon does not start on half of one
///     STOP               there while everything is stopped, whatever is in it; `STOP.lift` holds the first yes to lifting it
public struct StateDirectory: Sendable, Hashable {
    /// The folder.
    public let path: String

    /// The folder at `path`, made if it is not there, checked if it is.
    /// - Throws: `STATE`.
    public init(_ path: String) throws(NodeError) {
        self.path = path
        if !Files.exists(path) {
            do {
                try FileManager.default.createDirectory(
                    atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            } catch {
                throw NodeError(
                    .state, "The state directory \(path) could not be made.",
                    advice: "Make it, owned by the node's user, with mode 0700.")
            }
        }
        guard access(path, R_OK | W_OK | X_OK) == 0 else {
            throw NodeError(
                .state, "The state directory \(path) cannot be written.", advice: "Check its owner and permissions.")
        }
        let facts = try? FileManager.default.attributesOfItem(atPath: path)
        if let mode = facts?[.posixPermissions] as? NSNumber, mode.intValue & 0o077 != 0 {
            throw NodeError(
                .state, "The state directory \(path) can be read by others; it holds keys.", advice: "Run: chmod 700 \(path)")
        }
        try makeIndexFolder()
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    private func makeIndexFolder() throws(NodeError) {
        let folder = file("index")
        if !Files.exists(folder), mkdir(folder, 0o700) != 0, errno != EEXIST { throw Files.failure("make", folder) }
    }

    var database: String { file("state.sqlite") }
    /// Where the index that a source is answered from is, or would be.
    ///
    /// A path of its own for each index: who has opened one goes on with it when another is taken up.
    public func index(of source: String) -> String {
        let shelf = IndexShelf(self, source: source)
        return shelf.current?.index ?? "\(shelf.folder)/current/\(IndexShelf.indexName)"
    }

    /// Bytes left on the disk that holds the folder.
    var freeBytes: Int64? {
        let facts = try? FileManager.default.attributesOfFileSystem(forPath: path)
        return (facts?[.systemFreeSize] as? NSNumber)?.int64Value
    }

    // MARK: pause

    /// The message of the pause, or nil while the node is not paused.
    ///
    /// What cannot be read is still a pause, without a message: root's `dure-node pause` leaves a file that the daemon's
    /// user cannot open.
    public var pauseMessage: String? {
        guard Files.exists(file("PAUSED")) else { return nil }
        return FileManager.default.contents(atPath: file("PAUSED")).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Finishes what runs and takes nothing new, until `resume`. Works whether or not the daemon runs.
    public func pause(_ message: String) throws(NodeError) { try Files.write(message, to: file("PAUSED")) }

    /// Ends a pause. True if there was one.
    public func resume() throws(NodeError) -> Bool {
        guard Files.exists(file("PAUSED")) else { return false }
        guard unlink(file("PAUSED")) == 0 else { throw Files.failure("remove", file("PAUSED")) }
        return true
    }
}

/// The one process that works on a state directory. The kernel gives the lock back when the process ends, however it ends.
final class StateLock: Sendable {
    private let descriptor: Int32

    /// - Throws: `STATE_LOCKED` where another process has it.
    init(_ state: StateDirectory) throws(NodeError) {
        let path = state.file("lock")
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Files.failure("open", path) }
        guard Self.take(descriptor) else {
            close(descriptor)
            let holder = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
            throw NodeError(
                .locked,
                "Another dure-node\(holder.isEmpty ? "" : " (process \(holder))") already works on \(state.path).",
                advice:
                    "Two agents with one identity would shut each other out. Stop the other one, or give this one a state directory of its own."
            )
        }
        let own = Array("\(getpid())".utf8)
        _ = ftruncate(descriptor, 0)
        _ = pwrite(descriptor, own, own.count, 0)
    }

    /// Tried for a moment: a `status` that looks at the lock has it for an instant.
    private static func take(_ descriptor: Int32) -> Bool {
        for attempt in 0..<5 {
            if attempt > 0 { usleep(50_000) }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
        }
        return false
    }

    deinit { close(descriptor) }

    /// The process that has it, as it wrote there itself.
    static func holder(_ state: StateDirectory) -> Int? {
        FileManager.default.contents(atPath: state.file("lock")).flatMap { Int(String(decoding: $0, as: UTF8.self)) }
    }

    /// Whether a daemon works on the state directory now. Takes nothing.
    static func isHeld(_ state: StateDirectory) -> Bool {
        let descriptor = open(state.file("lock"), O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0
    }
}

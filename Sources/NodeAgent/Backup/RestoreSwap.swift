import Federation
import Foundation

/// Moves a laid out state into the place of the one that is there. The old one is kept beside it; a marker tells a daemon that
/// starts in between that this is half of one.
struct RestoreSwap {
    let state: StateDirectory
    let marker: String

    /// Everything that a backup takes the place of.
    private static let names = [
        "state.sqlite", "state.sqlite-wal", "state.sqlite-shm", "node-secret", "ledger-mark", "policies", "identity",
        "configuration-restored", "status.json",
    ]

    /// - Returns: the folder with what was there, if there was anything.
    func put(_ new: StateDirectory, at now: Timestamp) throws(NodeError) -> String? {
        try Files.write("", to: state.file(marker))
        let kept = try keepOld(at: now)
        let identity = "identity-restored-\(now.seconds)-\(UInt32.random(in: 0 ... .max))"
        for (from, to) in [
            ("state.sqlite", "state.sqlite"), ("node-secret", "node-secret"), ("ledger-mark", "ledger-mark"),
            ("policies", "policies"), ("configuration", "configuration-restored"), ("identity", identity),
        ] where Files.exists(new.file(from)) {
            guard rename(new.file(from), state.file(to)) == 0 else { throw Files.failure("place", state.file(to)) }
        }
        guard symlink(identity, state.file("identity")) == 0 else { throw Files.failure("make", state.file("identity")) }
        try Files.sync(folder: state.path)
        unlink(state.file("restore-consent.json"))
        guard unlink(state.file(marker)) == 0 else { throw Files.failure("remove", state.file(marker)) }
        try Files.sync(folder: state.path)
        return kept
    }

    private func keepOld(at now: Timestamp) throws(NodeError) -> String? {
        let identities = try Files.names(in: state.path).filter { $0.hasPrefix("identity-") }
        // A dangling link is there too.
        let old = (Self.names + identities).filter { faccessat(AT_FDCWD, state.file($0), F_OK, AT_SYMLINK_NOFOLLOW) == 0 }
        guard !old.isEmpty else { return nil }
        let folder = state.file("before-restore-\(now.seconds)-\(UInt32.random(in: 0 ... .max))")
        guard mkdir(folder, 0o700) == 0 else { throw Files.failure("make", folder) }
        for name in old {
            guard rename(state.file(name), "\(folder)/\(name)") == 0 else { throw Files.failure("keep", state.file(name)) }
        }
        return folder
    }
}

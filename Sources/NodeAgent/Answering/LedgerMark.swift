import Federation
import Foundation

/// A note beside the database that there is a release ledger, and how far it had come at the last start. A database that was
/// lost, or replaced by an older one, would otherwise be begun anew in silence: the node would have forgotten what it told.
struct LedgerMark: Sendable {
    private let path: String

    init(_ state: StateDirectory) { path = state.file("ledger-mark") }

    /// - Throws: `INTEGRITY` where the ledger in the database is older than the note.
    func check(_ revision: UInt64) throws(NodeError) {
        guard Files.exists(path) else { return }
        let text = try Files.text(path, what: "the note on the release ledger").trimmingCharacters(in: .whitespacesAndNewlines)
        guard let noted = UInt64(text) else {
            throw NodeError(.integrity, "\(path) does not hold a number.", advice: Self.advice(path))
        }
        guard revision >= noted else {
            throw NodeError(
                .integrity, "The release ledger in the database is older than the one this node last worked with.",
                advice: Self.advice(path))
        }
    }

    /// How far the ledger had come at the last start; nil where there is no note, or none that can be read.
    var noted: UInt64? {
        guard let text = try? Files.text(path, what: "the note on the release ledger") else { return nil }
        return UInt64(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// Notes how far the ledger has come.
    func note(_ revision: UInt64) throws(NodeError) { try Files.write("\(revision)", to: path) }

    private static func advice(_ path: String) -> String {
        "Restore state.sqlite from the newest backup of the state directory. If there is none, the node has forgotten what it "
            + "told: new answers can be compared with old ones. Let the security officer decide, then delete \(path) and start again."
    }
}

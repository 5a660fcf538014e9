/// Why a backup could not be made, read or used: what, and what to do.
public struct BackupError: Error, Sendable, Hashable {
    /// Kinds of error; the raw values are stable.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// A file or folder cannot be read or written.
        case file = "BACKUP_FILE"
        /// The passphrase or key is not the one, or is not fit for a backup.
        case key = "BACKUP_KEY"
        /// The archive is no archive, is cut off, or was changed.
        case damaged = "BACKUP_DAMAGED"
        /// There is no room left.
        case full = "DISK_FULL"
    }

    /// What kind of error.
    public let code: Code
    /// What and where: one sentence.
    public let message: String
    /// What to do about it.
    public let advice: String

    /// An error with its words.
    public init(_ code: Code, _ message: String, advice: String) {
        self.code = code
        self.message = message
        self.advice = advice
    }

    static func damaged(_ what: String) -> BackupError {
        BackupError(.damaged, "The backup \(what).", advice: "Use another copy or an older backup. Nothing was changed.")
    }
}

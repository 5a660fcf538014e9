#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What can go wrong with an index, told to a person: what, where, and what to do.
public struct EventIndexError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure. Raw values are stable.
    public enum Code: String, Sendable, CaseIterable {
        /// No file at the path.
        case notFound = "INDEX_NOT_FOUND"
        /// The file cannot be opened or mapped.
        case unreadable = "INDEX_UNREADABLE"
        /// The file is something else.
        case notAnIndex = "INDEX_NOT_AN_INDEX"
        /// The file has a layout that this program does not know.
        case unknownVersion = "INDEX_UNKNOWN_VERSION"
        /// The file's parts contradict each other, or a checksum does.
        case damaged = "INDEX_DAMAGED"
        /// The index cannot be written.
        case unwritable = "INDEX_UNWRITABLE"
        /// There is no room left on the disk.
        case noRoom = "INDEX_NO_ROOM"
        /// The store cannot be indexed.
        case unusableStore = "INDEX_UNUSABLE_STORE"
        /// The caller stopped it.
        case cancelled = "INDEX_CANCELLED"
        /// The call asks for something that the index does not have (a block that does not exist).
        case outOfRange = "INDEX_OUT_OF_RANGE"
    }

    /// The kind of failure.
    public let code: Code
    /// What happened and where.
    public let message: String
    /// What to do about it.
    public let advice: String

    init(_ code: Code, _ message: String, advice: String) {
        self.code = code
        self.message = message
        self.advice = advice
    }

    /// Message and advice in one line.
    public var description: String { "\(message). \(advice)" }

    /// What the system said while a file was written.
    static func unwritten(_ what: String, _ path: String, _ number: Int32) -> EventIndexError {
        let isFull = number == ENOSPC || number == EDQUOT
        return EventIndexError(
            isFull ? .noRoom : .unwritable, "Could not \(what) \(path): \(String(cString: strerror(number)))",
            advice: isFull
                ? "Free space on the disk (a build needs room for the old and the new index), then build again."
                : "Check the folder and its rights, then build again.")
    }

    static func damaged(_ what: String) -> EventIndexError {
        EventIndexError(
            .damaged, "The index file is damaged: \(what)",
            advice: "Build it again with 'dure-node index build'; the store itself is not affected.")
    }
}

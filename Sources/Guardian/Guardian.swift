import Federation

/// The guardian's side of Dure: a party that is neither the coordinator nor a hospital, and opens consortium totals.
///
/// Lives here: its folder with two keys, the rules by which a total may be opened, the durable memory of what was opened, and the
/// loop that fetches requests from the coordinator. Nothing listens.
///
/// What it can see is the sealed seeds of masks and who answered; never a masked vector, so it can take no mask off, and never a
/// total. It needs none of the rooms that know patients.
public enum GuardianRoom {
    /// What the program calls itself.
    public static let name = "dure-guardian"
    /// The version.
    public static let version = FederationProtocol.softwareVersion
}

/// What goes wrong at the guardian.
public struct GuardianError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Stable codes.
    public enum Code: String, Sendable, CaseIterable {
        /// The folder or a file in it cannot be used.
        case folder = "FOLDER"
        /// The configuration has to be corrected.
        case configuration = "CONFIGURATION"
        /// Another process works on the folder.
        case locked = "LOCKED"
        /// What is stored does not hold together.
        case integrity = "INTEGRITY"
        /// The coordinator cannot be reached, or answers with an error.
        case unavailable = "UNAVAILABLE"
    }

    /// What kind of error.
    public let code: Code
    /// What and where.
    public let message: String
    /// What to do about it.
    public let advice: String

    /// An error.
    public init(_ code: Code, _ message: String, advice: String) {
        self.code = code
        self.message = message
        self.advice = advice
    }

    public var description: String { "\(code.rawValue): \(message) \(advice)" }
}

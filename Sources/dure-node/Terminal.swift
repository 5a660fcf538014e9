import ArgumentParser
import Foundation

/// Where words go: data to standard output, everything else to standard error.
enum Terminal {
    /// A line of data.
    static func print(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

    /// A line for the person who watches.
    static func say(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }

    /// Whether a person watches standard error.
    static var isWatched: Bool { isatty(STDERR_FILENO) == 1 }
}

/// The languages of the program's words.
enum Language: String, ExpressibleByArgument, CaseIterable {
    case ko, en

    /// From `LC_ALL`, `LC_MESSAGES` and `LANG`, in the usual order.
    static var ofEnvironment: Language {
        let environment = ProcessInfo.processInfo.environment
        let value = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        return value.hasPrefix("ko") ? .ko : .en
    }

    /// The text in this language.
    func callAsFunction(_ english: String, _ korean: String) -> String { self == .ko ? korean : english }
}

/// How data is printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json
}

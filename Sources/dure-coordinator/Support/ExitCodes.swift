import ArgumentParser
import CanonicalJSON
import Coordinator
import Federation
import Foundation

/// Turns errors into a message on standard error and an exit code that scripts can rely on.
enum Failure {
    /// Runs `body`; an error of the house is told (as JSON where the output is JSON) and becomes an exit code.
    static func reported(as format: OutputFormat = .table, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as CoordinatorError {
            tell(code: error.wireCode, message: error.message, advice: error.advice, format)
            throw ExitCode(exitCode(error.code))
        } catch let error as FederationError {
            tell(code: error.code.rawValue, message: error.message, advice: error.advice, format)
            throw ExitCode(error.code == .chainBroken || error.code == .signatureInvalid ? 11 : 1)
        }
    }

    private static func tell(code: String, message: String, advice: String, _ format: OutputFormat) {
        guard format == .json else {
            Console.note("error: \(message)")
            if !advice.isEmpty { Console.note("  \(advice)") }
            return
        }
        var error: JSONObject = ["code": .string(code), "message": .string(message)]
        if !advice.isEmpty { error["hint"] = .string(advice) }
        Console.note(JSONValue.object(["error": .object(error)]).text())
    }

    /// The exit codes of the house (the same for all executables).
    static func exitCode(_ code: CoordinatorError.Code) -> Int32 {
        switch code {
        case .signInNeeded, .signInFailed, .signInThrottled, .notAllowed, .scopeMissing, .nodeUnknown, .nodeRevoked: 4
        case .notFound, .ticketUnknown: 5
        case .integrity: 11
        case .badRequest, .malformedJSON, .passwordUnsuitable: 64
        case .unavailable: 69
        case .storageFull, .tooManyRequests: 75
        case .configuration: 78
        default: 1
        }
    }
}

/// The two streams: data to standard output, everything else to standard error.
enum Console {
    static func print(_ text: String) { write(text + "\n", to: .standardOutput) }
    static func write(_ text: String) { write(text, to: .standardOutput) }
    static func note(_ text: String) { write(text + "\n", to: .standardError) }

    private static func write(_ text: String, to handle: FileHandle) {
        // A closed pipe (`| head`) is no failure of ours.
        try? handle.write(contentsOf: Data(text.utf8))
    }

    /// Asks on a terminal; elsewhere a destructive command needs --yes.
    static func confirm(_ question: String, yes: Bool) throws {
        if yes { return }
        guard isatty(FileHandle.standardInput.fileDescriptor) == 1 else {
            throw ValidationError("This needs --yes where no terminal can be asked.")
        }
        write("\(question) [y/N] ", to: .standardError)
        guard readLine()?.lowercased().hasPrefix("y") == true else { throw ExitCode(2) }
    }
}

import CanonicalJSON

/// Collects what is wrong while a definition is read, so that its author sees everything at once.
final class ProblemLog {
    private(set) var problems: [CohortProblem] = []
    private(set) var unknownKeys: [JSONPointer] = []

    func report(_ code: CohortProblem.Code, at pointer: JSONPointer, _ message: String, advice: String) {
        problems.append(CohortProblem(code, at: pointer, message, advice: advice))
    }

    func noteUnknownKey(_ pointer: JSONPointer) { unknownKeys.append(pointer) }
}

/// A value of a definition with its place. Readers take what they need and report what is wrong; a wrong value reads as absent,
/// so that reading goes on.
///
/// The leniency is that of the official reader: unknown keys are ignored, null is absent, integers may be written as `365.0`
/// (truncated) or `"365"`, flags as 0 and 1.
struct DefinitionNode {
    let value: JSONValue
    let pointer: JSONPointer
    let log: ProblemLog

    /// The longest text that is kept as a name.
    private static let integers = Double(Int32.min)...Double(Int32.max)

    func report(_ code: CohortProblem.Code, _ message: String, advice: String) {
        log.report(code, at: pointer, message, advice: advice)
    }

    // MARK: Objects and lists

    /// The members, or a report.
    func object() -> JSONObject? {
        if let object = value.objectValue { return object }
        wrongType("an object")
        return nil
    }

    /// The member, unless absent or null.
    func child(_ key: String) -> DefinitionNode? {
        guard let member = value.objectValue?[key], member != .null else { return nil }
        return DefinitionNode(value: member, pointer: pointer.appending(key), log: log)
    }

    /// The member that must be there.
    func required(_ key: String, _ advice: String) -> DefinitionNode? {
        if let child = child(key) { return child }
        log.report(.missing, at: pointer.appending(key), "\(key) is missing", advice: advice)
        return nil
    }

    /// The elements of a list; absent is empty.
    func list(_ key: String) -> [DefinitionNode] {
        guard let child = child(key) else { return [] }
        guard let elements = child.value.arrayValue else {
            child.wrongType("an array")
            return []
        }
        return elements.enumerated().map {
            DefinitionNode(value: $1, pointer: child.pointer.appending($0), log: log)
        }
    }

    /// Remembers keys that nobody reads: they are kept in the source, and a check may tell the author.
    func noteUnknownKeys(except known: [String]) {
        for key in value.objectValue?.keys ?? [] where !known.contains(key) {
            log.noteUnknownKey(pointer.appending(key))
        }
    }

    // MARK: Scalars

    /// The integer of a member, unless absent.
    func integer(_ key: String) -> Int? { child(key)?.integer() }

    /// This value as an integer of 32 bits.
    func integer() -> Int? {
        guard let number = number() else { return nil }
        guard Self.integers.contains(number) else {
            report(.outOfRange, "\(value.text()) does not fit an integer of 32 bits", advice: "Use a smaller number.")
            return nil
        }
        return Int(number)
    }

    /// This value as a number.
    func number() -> Double? {
        switch value {
        case .number(let number): return number.double
        case .string(let text):
            let trimmed = text.drop { $0 == " " }
            if let number = Double(trimmed), number.isFinite { return number }
        default: break
        }
        wrongType("a number")
        return nil
    }

    /// The flag of a member; absent is false.
    func flag(_ key: String) -> Bool { optionalFlag(key) ?? false }

    /// The flag of a member, unless absent.
    func optionalFlag(_ key: String) -> Bool? {
        guard let child = child(key) else { return nil }
        switch child.value {
        case .bool(let flag): return flag
        case .number(let number): return number.double != 0
        case .string("true"), .string("True"), .string("TRUE"): return true
        case .string("false"), .string("False"), .string("FALSE"): return false
        default:
            child.wrongType("true or false")
            return nil
        }
    }

    /// The text of a member, unless absent.
    func text(_ key: String) -> String? {
        guard let child = child(key) else { return nil }
        switch child.value {
        case .string(let text): return text
        case .number(let number): return number.text
        default:
            child.wrongType("a string")
            return nil
        }
    }

    /// One of a closed set of words; `fallback` when absent or wrong.
    func word<E: RawRepresentable & CaseIterable>(_ key: String, _ type: E.Type) -> E? where E.RawValue == String {
        guard let child = child(key), let text = text(key) else { return nil }
        if let found = E(rawValue: text) { return found }
        let allowed = E.allCases.map(\.rawValue).joined(separator: ", ")
        child.report(.badValue, "\(child.value.text()) is not known here", advice: "Use one of: \(allowed).")
        return nil
    }

    /// The day of a member, unless absent.
    func day(_ key: String) -> CalendarDay? {
        guard let child = child(key) else { return nil }
        if let text = child.value.stringValue, let day = Self.day(text) { return day }
        child.report(.badValue, "\(child.value.text()) is no day of the calendar", advice: "Write it as \"2020-12-31\".")
        return nil
    }

    /// Months and days may be written with one digit, as the official reader takes them.
    private static func day(_ text: String) -> CalendarDay? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in part.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } ? Int(part) : nil }
        guard parts.count == 3, numbers.count == 3 else { return nil }
        return CalendarDay(year: numbers[0], month: numbers[1], day: numbers[2])
    }

    func wrongType(_ expected: String) {
        report(.wrongType, "expected \(expected), found \(value.kind)", advice: "Replace it by \(expected).")
    }
}

/// What is wrong with a JSON text or with the values in it, and where.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of error. Raw values are stable: they go to logs and answers.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The bytes are not JSON (or not UTF-8).
        case syntax
        /// A key comes twice in one object.
        case duplicateKey
        /// Arrays and objects nested deeper than allowed.
        case tooDeep
        /// More bytes, values, elements or characters than allowed.
        case tooLarge
        /// A required member is not there, or is null.
        case missing
        /// Another kind of value was expected.
        case wrongType
        /// A number outside its range, or one that cannot be kept exactly.
        case outOfRange
        /// A member that this message does not have.
        case unknownKey
        /// The right kind of value, saying something that makes no sense here.
        case badValue
    }

    /// The kind of error.
    public let code: Code
    /// Where in the document.
    public let pointer: JSONPointer
    /// What is wrong, in a sentence without its place.
    public let message: String
    /// The line in the text, from 1; only errors of the parser know it.
    public let line: Int?
    /// The byte in the line, from 1; only errors of the parser know it.
    public let column: Int?

    /// An error at a place.
    public init(_ code: Code, at pointer: JSONPointer, _ message: String, line: Int? = nil, column: Int? = nil) {
        self.code = code
        self.pointer = pointer
        self.message = message
        self.line = line
        self.column = column
    }

    /// The message with its place: "/a/b: expected a string, found null" or "line 3, column 7: …".
    public var description: String {
        let place = pointer == .root ? "" : "\(pointer)"
        if let line, let column {
            return "line \(line), column \(column)\(place.isEmpty ? "" : " (\(place))"): \(message)"
        }
        return place.isEmpty ? message : "\(place): \(message)"
    }

    /// What the author of the text can do about it.
    public var advice: String {
        switch code {
        case .syntax: "Correct the text at that place; it must be JSON (RFC 8259) in UTF-8."
        case .duplicateKey: "Keep one of the members with that name."
        case .tooDeep: "Nest less deeply."
        case .tooLarge: "Send less in one document."
        case .missing: "Add the member."
        case .wrongType, .badValue: "Correct the value at that place."
        case .outOfRange: "Use a number in the range; write long identifiers as strings."
        case .unknownKey: "Remove the member or correct its name."
        }
    }
}

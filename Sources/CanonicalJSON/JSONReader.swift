/// A value with the pointer that leads to it, so that every error names its place.
///
/// A type that travels reads itself through this, key by key:
/// ```swift
/// init(from json: JSONReader) throws(JSONError) {
///     let json = try json.object(allowing: ["id", "issuedAt"])
///     id = try json.required("id").string(maxLength: 64)
///     issuedAt = try json.required("issuedAt").timestamp()
/// }
/// ```
public struct JSONReader: Sendable {
    /// The value itself.
    public let value: JSONValue
    /// Where it stands.
    public let pointer: JSONPointer

    /// The largest integers that every JSON reader keeps exactly: ±(2^53 - 1).
    public static let exactIntegers: ClosedRange<Int> = -9_007_199_254_740_991...9_007_199_254_740_991

    /// A reader on a value that stands at a place.
    public init(_ value: JSONValue, at pointer: JSONPointer = .root) {
        self.value = value
        self.pointer = pointer
    }

    /// An error at this place.
    public func fail(_ code: JSONError.Code, _ message: String) -> JSONError {
        JSONError(code, at: pointer, message)
    }

    /// This reader, once the value is known to be an object, and one without keys other than those allowed (nil: any).
    public func object(allowing keys: Set<String>? = nil) throws(JSONError) -> JSONReader {
        guard let object = value.objectValue else { throw unexpected("an object") }
        guard let keys else { return self }
        for key in object.keys where !keys.contains(key) {
            throw JSONError(.unknownKey, at: pointer.appending(key), "there is no member \"\(key.prefix(60))\" here")
        }
        return self
    }

    /// The member of that name, which must be there and not be null.
    public func required(_ key: String) throws(JSONError) -> JSONReader {
        guard let member = try optional(key) else {
            throw JSONError(.missing, at: pointer.appending(key), "the member \"\(key)\" is missing")
        }
        return member
    }

    /// The member of that name; nil when it is not there or null.
    public func optional(_ key: String) throws(JSONError) -> JSONReader? {
        guard let object = value.objectValue else { throw unexpected("an object") }
        guard let member = object[key], member != .null else { return nil }
        return JSONReader(member, at: pointer.appending(key))
    }

    /// The elements, each with its place.
    public func array(maxCount: Int = 100_000) throws(JSONError) -> [JSONReader] {
        guard let elements = value.arrayValue else { throw unexpected("an array") }
        guard elements.count <= maxCount else {
            throw fail(.tooLarge, "more than \(maxCount) elements (\(elements.count))")
        }
        return elements.enumerated().map { JSONReader($1, at: pointer.appending($0)) }
    }

    /// The value read as a type of the house.
    public func decode<T: JSONDecodable>(_ type: T.Type) throws(JSONError) -> T {
        try T(from: self)
    }

    /// The text, of at most so many UTF-8 bytes.
    public func string(maxLength: Int = 65_536) throws(JSONError) -> String {
        guard let text = value.stringValue else { throw unexpected("a string") }
        guard text.utf8.count <= maxLength else { throw fail(.tooLarge, "longer than \(maxLength) bytes") }
        return text
    }

    /// The text, which must hold something besides white space.
    public func nonEmptyString(maxLength: Int = 65_536) throws(JSONError) -> String {
        let text = try string(maxLength: maxLength)
        guard text.contains(where: { !$0.isWhitespace }) else { throw fail(.badValue, "the text is empty") }
        return text
    }

    /// The integer, in a range.
    public func int(in range: ClosedRange<Int> = exactIntegers) throws(JSONError) -> Int {
        guard case .number(let number) = value else { throw unexpected("an integer") }
        guard let int = number.int else { throw fail(.wrongType, "expected an integer, found \(number.text.prefix(40))") }
        guard range.contains(int) else {
            throw fail(.outOfRange, "\(int) is not between \(range.lowerBound) and \(range.upperBound)")
        }
        return int
    }

    /// The number.
    public func double() throws(JSONError) -> Double {
        guard case .number(let number) = value else { throw unexpected("a number") }
        return number.double
    }

    /// The truth value.
    public func bool() throws(JSONError) -> Bool {
        guard case .bool(let flag) = value else { throw unexpected("true or false") }
        return flag
    }

    /// One of a closed set of words.
    public func choice<E: RawRepresentable & CaseIterable>(_ type: E.Type) throws(JSONError) -> E where E.RawValue == String {
        let word = try string()
        guard let found = E(rawValue: word) else {
            let allowed = E.allCases.map(\.rawValue).joined(separator: ", ")
            throw fail(.badValue, "\"\(word.prefix(60))\" is none of: \(allowed)")
        }
        return found
    }

    /// A calendar day, `2026-11-22`.
    public func date() throws(JSONError) -> CalendarDay {
        let text = try string(maxLength: 32)
        guard let day = CalendarDay(text) else { throw fail(.badValue, "\"\(text)\" is no day (expected 2026-11-22)") }
        return day
    }

    /// A moment in UTC, `2026-11-22T01:02:03Z`, as seconds since 1970.
    public func timestamp() throws(JSONError) -> Int64 {
        let text = try string(maxLength: 32)
        guard let seconds = UTCTimestamp.seconds(text) else {
            throw fail(.badValue, "\"\(text)\" is no moment in UTC (expected 2026-11-22T01:02:03Z)")
        }
        return seconds
    }

    private func unexpected(_ expected: String) -> JSONError {
        fail(.wrongType, "expected \(expected), found \(value.kind)")
    }
}

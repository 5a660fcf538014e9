/// One JSON value (RFC 8259), kept as it was read: objects keep their members' order, numbers keep their lexeme.
///
/// Two values are equal when they say the same in the same words: the order of members does not matter, but `1` and `1.0` differ.
public enum JSONValue: Sendable, Hashable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number, as the text that was read or made.
    case number(JSONNumber)
    /// A string of Unicode scalars; lone surrogates cannot occur.
    case string(String)
    /// A list.
    case array([JSONValue])
    /// Members in their order, each key once.
    case object(JSONObject)

    /// An integer.
    public static func int(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }

    /// A binary64 number, which must be finite.
    public static func double(_ value: Double) -> JSONValue { .number(JSONNumber(value)) }

    /// What kind of value this is, in words for messages: "an object", "a string", "null".
    public var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// The members, if this is an object.
    public var objectValue: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    /// The elements, if this is an array.
    public var arrayValue: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The text, if this is a string.
    public var stringValue: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The member of that name, if this is an object that has one.
    public subscript(key: String) -> JSONValue? {
        objectValue?[key]
    }

    /// The element at that place, if this is an array that reaches so far.
    public subscript(index: Int) -> JSONValue? {
        guard let elements = arrayValue, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    /// The value that a pointer leads to (RFC 6901, section 4), or nil where the path breaks off.
    public subscript(pointer: JSONPointer) -> JSONValue? {
        var value = self
        for token in pointer.tokens {
            let next: JSONValue?
            switch value {
            case .object(let object): next = object[token]
            case .array: next = JSONPointer.arrayIndex(token).flatMap { value[$0] }
            default: next = nil
            }
            guard let next else { return nil }
            value = next
        }
        return value
    }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// `nil` is `null`.
    public init(nilLiteral: ()) { self = .null }
    /// `true` and `false`.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// Integers.
    public init(integerLiteral value: Int) { self = .int(value) }
    /// Decimal fractions.
    public init(floatLiteral value: Double) { self = .double(value) }
    /// Strings.
    public init(stringLiteral value: String) { self = .string(value) }
    /// Arrays.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// Objects, in the order written.
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(JSONObject(elements)) }
}

extension JSONValue: CustomStringConvertible {
    /// The compact text.
    public var description: String { text() }
}

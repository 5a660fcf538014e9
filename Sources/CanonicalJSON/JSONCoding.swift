/// A type that can be written as JSON. What conforms may leave the process: think before adding one.
public protocol JSONEncodable {
    /// The value as JSON.
    var json: JSONValue { get }
}

/// A type that can be read from JSON, refusing what it does not understand.
public protocol JSONDecodable {
    /// Reads the value; errors name their place.
    init(from json: JSONReader) throws(JSONError)
}

extension JSONDecodable {
    /// Reads the value from a text.
    public init(parsing bytes: some Collection<UInt8>, limits: JSONLimits = .standard) throws(JSONError) {
        try self.init(from: JSONReader(try JSONValue(parsing: bytes, limits: limits)))
    }
}

extension JSONValue: JSONEncodable, JSONDecodable {
    /// Itself.
    public var json: JSONValue { self }
    /// Any value at all.
    public init(from json: JSONReader) throws(JSONError) { self = json.value }
}

extension String: JSONEncodable, JSONDecodable {
    /// A string.
    public var json: JSONValue { .string(self) }
    /// A string of at most 64 KiB.
    public init(from json: JSONReader) throws(JSONError) { self = try json.string() }
}

extension Bool: JSONEncodable, JSONDecodable {
    /// `true` or `false`.
    public var json: JSONValue { .bool(self) }
    /// `true` or `false`.
    public init(from json: JSONReader) throws(JSONError) { self = try json.bool() }
}

extension Int: JSONEncodable, JSONDecodable {
    /// An integer.
    public var json: JSONValue { .int(self) }
    /// An integer that every reader keeps exactly.
    public init(from json: JSONReader) throws(JSONError) { self = try json.int() }
}

extension Array: JSONEncodable where Element: JSONEncodable {
    /// An array.
    public var json: JSONValue { .array(map(\.json)) }
}

extension Array: JSONDecodable where Element: JSONDecodable {
    /// An array of at most 100,000 elements.
    public init(from json: JSONReader) throws(JSONError) {
        self = try json.array().map { element throws(JSONError) in try element.decode(Element.self) }
    }
}

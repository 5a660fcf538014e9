extension JSONValue {
    /// The text: members in their order, numbers in their own words. Without `indent` there is no white space at all; with it
    /// each member and element has its line, indented by so many spaces a level.
    public func text(indent: Int? = nil) -> String {
        var writer = JSONWriter(indent: indent)
        writer.write(self, level: 0)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// The canonical form (RFC 8785): no white space, members sorted by the UTF-16 units of their names, numbers as ECMAScript
    /// writes them. Two values that mean the same have the same bytes; these are what is hashed and signed.
    public func canonicalBytes() -> [UInt8] {
        var writer = JSONWriter(indent: nil, canonical: true)
        writer.write(self, level: 0)
        return writer.bytes
    }
}

/// Writes values as UTF-8. Recursion is bounded by what the parser let in, or by what the program itself built.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    private let indent: Int?
    private let canonical: Bool

    init(indent: Int?, canonical: Bool = false) {
        self.indent = indent
        self.canonical = canonical
    }

    mutating func write(_ value: JSONValue, level: Int) {
        switch value {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
        case .number(let number): bytes.append(contentsOf: (canonical ? number.canonicalText : number.text).utf8)
        case .string(let text): write(text)
        case .array(let elements): write(elements, level: level)
        case .object(let object): write(object, level: level)
        }
    }

    private mutating func write(_ elements: [JSONValue], level: Int) {
        bytes.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            newLine(level + 1)
            write(element, level: level + 1)
        }
        if !elements.isEmpty { newLine(level) }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func write(_ object: JSONObject, level: Int) {
        var members = object.members
        if canonical { members.sort { Self.precedes($0.key, $1.key) } }
        bytes.append(UInt8(ascii: "{"))
        for (index, member) in members.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            newLine(level + 1)
            write(member.key)
            bytes.append(UInt8(ascii: ":"))
            if indent != nil { bytes.append(0x20) }
            write(member.value, level: level + 1)
        }
        if !members.isEmpty { newLine(level) }
        bytes.append(UInt8(ascii: "}"))
    }

    /// RFC 8785 section 3.2.3: by UTF-16 code units, not by scalars (they differ above U+FFFF).
    static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf16.lexicographicallyPrecedes(right.utf16)
    }

    /// RFC 8785 section 3.2.2.2: only what must be escaped is, in the shortest form.
    private mutating func write(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes.append(contentsOf: "\\\"".utf8)
            case UInt8(ascii: "\\"): bytes.append(contentsOf: "\\\\".utf8)
            case 0x08: bytes.append(contentsOf: "\\b".utf8)
            case 0x09: bytes.append(contentsOf: "\\t".utf8)
            case 0x0A: bytes.append(contentsOf: "\\n".utf8)
            case 0x0C: bytes.append(contentsOf: "\\f".utf8)
            case 0x0D: bytes.append(contentsOf: "\\r".utf8)
            case ..<0x20: bytes.append(contentsOf: "\\u00\(byte < 0x10 ? "0" : "")\(String(byte, radix: 16))".utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func newLine(_ level: Int) {
        guard let indent else { return }
        bytes.append(0x0A)
        bytes.append(contentsOf: repeatElement(0x20, count: indent * level))
    }
}

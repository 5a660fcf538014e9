extension JSONValue {
    /// Reads one JSON document, all of it.
    ///
    /// Stricter than RFC 8259 where a reader and a checker could disagree: keys are unique, text is valid UTF-8 without lone
    /// surrogates, integers are exact in binary64 and no number is infinite. A leading byte order mark is skipped.
    public init(parsing bytes: some Collection<UInt8>, limits: JSONLimits = .standard) throws(JSONError) {
        guard bytes.count <= limits.maxBytes else {
            throw JSONError(.tooLarge, at: .root, "the text has more than \(limits.maxBytes) bytes")
        }
        var parser = JSONParser(Array(bytes), limits)
        self = try parser.document()
    }

    /// Reads one JSON document from a string.
    public init(parsing text: String, limits: JSONLimits = .standard) throws(JSONError) {
        try self.init(parsing: text.utf8, limits: limits)
    }
}

/// A recursive-descent reader over bytes; the depth limit bounds the recursion.
struct JSONParser {
    private enum Step { case key(String), index(Int) }

    private let bytes: [UInt8]
    private let limits: JSONLimits
    private var position = 0
    private var values = 0
    private var path: [Step] = []

    init(_ bytes: [UInt8], _ limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    mutating func document() throws(JSONError) -> JSONValue {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        skipSpace()
        let value = try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw error(.syntax, "something follows the end of the document") }
        return value
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        values += 1
        guard values <= limits.maxValues else { throw error(.tooLarge, "more than \(limits.maxValues) values") }
        guard let byte = current else { throw error(.syntax, "the text ends where a value was expected") }
        switch byte {
        case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        default: throw error(.syntax, "expected a value, found \(shown)")
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONObject {
        try enter(depth)
        var object = JSONObject()
        skipSpace()
        if take(UInt8(ascii: "}")) { return object }
        while true {
            skipSpace()
            guard current == UInt8(ascii: "\"") else {
                throw error(.syntax, "expected a member's name in quotes, found \(shown)")
            }
            let keyStart = position
            let key = try string()
            path.append(.key(key))
            guard !object.contains(key) else {
                position = keyStart
                throw error(.duplicateKey, "the name \"\(Self.shortened(key))\" comes twice in one object")
            }
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw error(.syntax, "expected ':' after the name, found \(shown)") }
            skipSpace()
            let member = try value(depth: depth)
            _ = object.insertNew(key, member)
            path.removeLast()
            skipSpace()
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "}")) else { throw error(.syntax, "expected ',' or '}', found \(shown)") }
            return object
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> [JSONValue] {
        try enter(depth)
        var elements: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return elements }
        while true {
            skipSpace()
            path.append(.index(elements.count))
            elements.append(try value(depth: depth))
            path.removeLast()
            skipSpace()
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "]")) else { throw error(.syntax, "expected ',' or ']', found \(shown)") }
            return elements
        }
    }

    private mutating func enter(_ depth: Int) throws(JSONError) {
        guard depth <= limits.maxDepth else { throw error(.tooDeep, "nested more than \(limits.maxDepth) levels deep") }
        position += 1
    }

    private mutating func literal(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        let matches = word.withUTF8Buffer { bytes[position...].starts(with: $0) }
        guard matches else { throw error(.syntax, "expected a value, found \(shown)") }
        position += word.utf8CodeUnitCount
        return value
    }
}

// MARK: - Strings

extension JSONParser {
    private mutating func string() throws(JSONError) -> String {
        position += 1
        let start = position
        while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        if current == UInt8(ascii: "\"") {
            defer { position += 1 }
            return try validated(bytes[start..<position], from: start)
        }
        return try escapedString(from: start)
    }

    /// The slow path: everything from `start` on, with escapes resolved.
    private mutating func escapedString(from start: Int) throws(JSONError) -> String {
        var decoded = Array(bytes[start..<position])
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return try validated(decoded[...], from: start)
            case UInt8(ascii: "\\"):
                position += 1
                decoded.append(contentsOf: try escape().utf8)
            case ..<0x20:
                throw error(.syntax, "a control character in a string must be escaped")
            default:
                decoded.append(byte)
                position += 1
            }
        }
        throw error(.syntax, "the text ends inside a string")
    }

    private mutating func escape() throws(JSONError) -> Unicode.Scalar {
        guard let byte = current else { throw error(.syntax, "the text ends inside a string") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{08}"
        case UInt8(ascii: "f"): return "\u{0C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default:
            position -= 1
            throw error(.syntax, "no such escape in a string: \\ followed by \(shown)")
        }
    }

    private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
        let start = position
        let first = try fourHexDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        if first < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
            let second = try fourHexDigits()
            if (0xDC00...0xDFFF).contains(second),
                let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
            {
                return scalar
            }
        }
        position = start
        throw error(.syntax, "half of a surrogate pair stands alone in a string")
    }

    private mutating func fourHexDigits() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Self.hexDigit(byte) else {
                throw error(.syntax, "\\u needs four hexadecimal digits")
            }
            value = value << 4 | digit
            position += 1
        }
        return value
    }

    private static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A")) + 10
        default: nil
        }
    }

    private mutating func validated(_ slice: ArraySlice<UInt8>, from start: Int) throws(JSONError) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else {
            position = start
            throw error(.syntax, "a string is not valid UTF-8")
        }
        return text
    }
}

// MARK: - Numbers

extension JSONParser {
    /// Longer lexemes carry nothing that binary64 could hold.
    private static let longestNumber = 1_024

    private mutating func number() throws(JSONError) -> JSONNumber {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if take(UInt8(ascii: "0")) {
            if let byte = current, Self.isDigit(byte) { throw error(.syntax, "a number may not start with 0") }
        } else {
            try digits()
        }
        var isInteger = true
        if take(UInt8(ascii: ".")) {
            isInteger = false
            try digits()
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isInteger = false
            _ = take(UInt8(ascii: "+")) || take(UInt8(ascii: "-"))
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        return try kept(text, isInteger: isInteger, from: start)
    }

    /// Refuses what would silently become another number: two texts of different meaning must never have one canonical form.
    private mutating func kept(_ text: String, isInteger: Bool, from start: Int) throws(JSONError) -> JSONNumber {
        if text.utf8.count <= 15 {
            if isInteger { return JSONNumber(checked: text) }
        } else if text.utf8.count > Self.longestNumber {
            position = start
            throw error(.tooLarge, "a number has more than \(Self.longestNumber) characters")
        }
        guard let double = Double(text), double.isFinite else {
            position = start
            throw error(.outOfRange, "the number \(Self.shortened(text)) is beyond binary64")
        }
        if isInteger, double.magnitude >= 9_007_199_254_740_992, ECMAScriptNumber.text(double) != text {
            position = start
            throw error(.outOfRange, "the integer \(Self.shortened(text)) cannot be kept exactly; write it as a string")
        }
        return JSONNumber(checked: text)
    }

    private mutating func digits() throws(JSONError) {
        guard let byte = current, Self.isDigit(byte) else { throw error(.syntax, "expected a digit, found \(shown)") }
        while let byte = current, Self.isDigit(byte) { position += 1 }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}

// MARK: - Bytes and places

extension JSONParser {
    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    /// The byte at the place, for messages.
    private var shown: String {
        guard let byte = current else { return "the end of the text" }
        if byte > 0x20, byte < 0x7F { return "'\(Character(Unicode.Scalar(byte)))'" }
        return "byte 0x\(String(byte, radix: 16, uppercase: true))"
    }

    private static func shortened(_ text: String) -> String {
        text.count > 60 ? text.prefix(57) + "…" : text
    }

    private func error(_ code: JSONError.Code, _ message: String) -> JSONError {
        let before = bytes[..<min(position, bytes.count)]
        let line = before.count { $0 == 0x0A } + 1
        let column = before.count - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
        var pointer = JSONPointer.root
        for step in path {
            switch step {
            case .key(let key): pointer = pointer.appending(key)
            case .index(let index): pointer = pointer.appending(index)
            }
        }
        return JSONError(code, at: pointer, message, line: line, column: column)
    }
}

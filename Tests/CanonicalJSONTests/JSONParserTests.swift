import Testing

@testable import CanonicalJSON

@Suite("Reading JSON")
struct JSONParserTests {
    private func error(_ text: String, _ limits: JSONLimits = .standard) -> JSONError? {
        do {
            _ = try JSONValue(parsing: text, limits: limits)
            return nil
        } catch {
            return error
        }
    }

    @Test("Order of members, lexemes of numbers and characters come back as they were read")
    func lossless() throws {
        let text = #"{"b":1.50,"a":[1E3,-0,0.0,{"z":null,"y":true}],"é":"\"\\/\n\t 한국어 😀"}"#
        #expect(try JSONValue(parsing: text).text() == text)
    }

    @Test("With indent every member and element has its line, and empty ones stay closed")
    func indented() throws {
        let value = try JSONValue(parsing: #"{"a":[1,{}],"b":[]}"#)
        let expected = """
            {
              "a": [
                1,
                {}
              ],
              "b": []
            }
            """
        #expect(value.text(indent: 2) == expected)
    }

    @Test(
        "What is no JSON is refused with line and column",
        arguments: [
            ("", 1, 1), ("{", 1, 2), ("[1,]", 1, 4), ("{\"a\":1,}", 1, 8), ("nul", 1, 1), ("[1 2]", 1, 4), ("{\"a\" 1}", 1, 6),
            ("01", 1, 2), ("1.", 1, 3), (".5", 1, 1), ("+1", 1, 1), ("1e", 1, 3), ("-", 1, 2), ("\"abc", 1, 5), ("1 1", 1, 3),
            ("{\n  \"a\": tru\n}", 2, 8), ("'a'", 1, 1), ("{a:1}", 1, 2), ("\"\\x\"", 1, 3), ("\"\\u12g4\"", 1, 6), ("NaN", 1, 1),
            ("[\"a\n\"]", 1, 4), ("/* */1", 1, 1),
        ])
    func syntax(text: String, line: Int, column: Int) {
        let found = error(text)
        #expect(found?.code == .syntax)
        #expect(found?.line == line)
        #expect(found?.column == column)
        #expect(found?.message.isEmpty == false && found?.advice.isEmpty == false)
    }

    @Test("An error names its place in the document")
    func place() {
        #expect(error(#"{"a":[0,{"b/c":tru}]}"#)?.pointer.description == "/a/1/b~1c")
        #expect(error(#"{"a":[0,{"b/c":tru}]}"#)?.description == "line 1, column 16 (/a/1/b~1c): expected a value, found 't'")
    }

    @Test("A key that comes twice is refused, also when written with an escape or in another normal form")
    func duplicates() {
        #expect(error(#"{"a":1,"b":2,"a":3}"#)?.code == .duplicateKey)
        #expect(error(#"{"a":1,"\u0061":3}"#)?.code == .duplicateKey)
        #expect(error("{\"\u{E9}\":1,\"e\u{301}\":2}")?.code == .duplicateKey)
        let many = (0..<40).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
        #expect(error("{\(many)}") == nil)
        #expect(error("{\(many),\"k17\":0}")?.pointer.description == "/k17")
        #expect(error(#"{"a":{"a":1}}"#) == nil)
    }

    @Test(
        "Bytes that are no UTF-8 are refused",
        arguments: [[0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82]] as [[UInt8]])
    func notUTF8(bytes: [UInt8]) {
        #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22] + bytes + [0x22]) }
        #expect(throws: JSONError.self) { try JSONValue(parsing: Array(#"["\n"#.utf8) + bytes + Array(#""]"#.utf8)) }
        #expect(throws: JSONError.self) { try JSONValue(parsing: bytes) }
    }

    @Test(
        "Surrogates count only in pairs",
        arguments: [#""\ud83d""#, #""\ude00""#, #""\ude00\ud83d""#, #""\ud83dx""#, #""\ud83d\u0041""#, #""\ud83d\n""#])
    func loneSurrogates(text: String) {
        #expect(error(text)?.code == .syntax)
    }

    @Test("A pair of escapes is one character, and every short escape reads")
    func escapes() throws {
        #expect(try JSONValue(parsing: #""\ud83d\uDE00""#) == "😀")
        #expect(try JSONValue(parsing: #""\b\f\n\r\t\"\\\/\u0041\u0000""#) == .string("\u{08}\u{0C}\n\r\t\"\\/A\u{0}"))
    }

    @Test("A byte order mark at the start is skipped, one elsewhere is not")
    func byteOrderMark() throws {
        #expect(try JSONValue(parsing: [0xEF, 0xBB, 0xBF] + Array("[1]".utf8)) == [1])
        #expect(throws: JSONError.self) { try JSONValue(parsing: Array("[1".utf8) + [0xEF, 0xBB, 0xBF] + Array("]".utf8)) }
    }

    @Test("Depth is limited before the stack is: arrays, objects and both, a hundred thousand deep")
    func depth() {
        #expect(error(String(repeating: "[", count: 100_000))?.code == .tooDeep)
        #expect(error(String(repeating: #"{"a":"#, count: 100_000))?.code == .tooDeep)
        #expect(error(String(repeating: #"[{"a":"#, count: 100_000))?.code == .tooDeep)
        let deep = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(error(deep) == nil)
        #expect(error("[" + deep + "]")?.code == .tooDeep)
        #expect(error("[1]", JSONLimits(maxDepth: 0))?.code == .tooDeep)
        #expect(error("1", JSONLimits(maxDepth: 0)) == nil)
    }

    @Test("Bytes and values are limited")
    func size() {
        #expect(error("[1,2,3]", JSONLimits(maxBytes: 6))?.code == .tooLarge)
        #expect(error("[1,2,3]", JSONLimits(maxBytes: 7)) == nil)
        #expect(error("[1,2,3]", JSONLimits(maxValues: 3))?.code == .tooLarge)
        #expect(error("[1,2,3]", JSONLimits(maxValues: 4)) == nil)
    }

    @Test("Numbers that binary64 cannot keep are refused: infinite ones, endless ones and integers that would change")
    func numbers() {
        for text in [
            "1e400", "-1e400", "1e999999999999999999999", "9007199254740993", "-9007199254740993",
            "123456789012345678901234567890",
        ] {
            #expect(error(text)?.code == .outOfRange, "\(text)")
        }
        #expect(error("0." + String(repeating: "1", count: 2_000))?.code == .tooLarge)
        for text in [
            "9007199254740992", "-9007199254740991", "9007199254740994", "100000000000000000000", "1e-400", "1e308", "0.1e1",
        ] {
            #expect(error(text) == nil, "\(text)")
        }
    }

    @Test("An integer is found in every way to write it, and only there")
    func integers() throws {
        let values: [(String, Int?)] = [
            ("0", 0), ("-0", 0), ("-0.0", 0), ("3", 3), ("3.0", 3), ("30e-1", 3), ("3e2", 300), ("-3.50e1", -35), ("0.5", nil),
            ("1e30", nil), ("1e-400", nil), ("12.34e1", nil), ("0e99999", 0), ("-9007199254740991", -9_007_199_254_740_991),
        ]
        for (text, expected) in values {
            guard case .number(let number) = try JSONValue(parsing: text) else {
                Issue.record("\(text) is no number")
                continue
            }
            #expect(number.int == expected, "\(text)")
        }
        #expect(JSONNumber(Int.min).int == Int.min)
        #expect(JSONNumber(Int.max).int == Int.max)
    }

    @Test("Whatever value is written reads back as the same text and as the same canonical form")
    func randomValues() throws {
        var random = SplitMix(seed: 20_261_122)
        for _ in 0..<2_000 {
            let value = random.value(depth: 4)
            let text = value.text()
            let read = try JSONValue(parsing: text)
            #expect(read == value)
            #expect(read.text() == text)
            #expect(try JSONValue(parsing: value.text(indent: 3)) == value)
            let canonical = value.canonicalBytes()
            #expect(try JSONValue(parsing: canonical).canonicalBytes() == canonical)
        }
    }

    @Test("Random damage to a document is an error or another document, never a crash")
    func randomDamage() {
        var random = SplitMix(seed: 7)
        let bytes = Array(#"{"a":[1.5e3,"\ud83d\ude00é",null,true,{"b":-0.1}],"c":"x\\n","d":{"e":[[],{}]}}"#.utf8)
        for _ in 0..<20_000 {
            var damaged = bytes
            for _ in 0...random.below(3) {
                let place = random.below(damaged.count)
                switch random.below(3) {
                case 0: damaged[place] = UInt8(random.below(256))
                case 1: damaged.remove(at: place)
                default: damaged.insert(UInt8(random.below(256)), at: place)
                }
            }
            guard let value = try? JSONValue(parsing: damaged) else { continue }
            #expect(throws: Never.self) { try JSONValue(parsing: value.text()) }
        }
    }
}

/// A small generator with a seed, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    mutating func text() -> String {
        let alphabet: [Unicode.Scalar] = [
            "a", "b", "\"", "\\", "/", "\n", "\u{1}", "\u{7F}", "é", "한", "\u{FB33}", "😀", "\u{FFFF}", "\u{10FFFF}",
        ]
        var text = String.UnicodeScalarView()
        for _ in 0..<below(8) { text.append(alphabet[below(alphabet.count)]) }
        return String(text)
    }

    mutating func value(depth: Int) -> JSONValue {
        switch below(depth == 0 ? 5 : 7) {
        case 0: return .null
        case 1: return .bool(next() % 2 == 0)
        case 2: return .int(below(2_000_000) - 1_000_000)
        case 3:
            let double = Double(bitPattern: next())
            return .double(double.isFinite ? double : 0.5)
        case 4: return .string(text())
        case 5: return .array((0..<below(5)).map { _ in value(depth: depth - 1) })
        default: return .object(JSONObject((0..<below(12)).map { _ in (text(), value(depth: depth - 1)) }))
        }
    }
}

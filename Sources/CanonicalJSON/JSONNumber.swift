/// A JSON number as it was written, so that reading and writing back changes nothing.
///
/// Equality is of the lexeme: `1`, `1.0` and `1e0` are three numbers here. Their canonical form (RFC 8785) is one.
public struct JSONNumber: Sendable, Hashable {
    /// The lexeme, always valid JSON.
    public let text: String

    /// A lexeme that the parser has checked.
    init(checked text: String) { self.text = text }

    /// An integer. Beyond ±2^53 most readers (ours too) refuse it: send such a number as a string.
    public init(_ int: Int) { text = String(int) }

    /// A finite number in the form of ECMAScript, which is the canonical one. NaN and infinities have no JSON form: programmer error.
    public init(_ double: Double) {
        precondition(double.isFinite, "JSON has no number for \(double)")
        text = ECMAScriptNumber.text(double)
    }

    /// The exact integer that the lexeme says (`3`, `3.0`, `3e2`), or nil when it is none or does not fit.
    public var int: Int? {
        if let plain = Int(text) { return plain }
        return DecimalLexeme(text)?.exactInteger
    }

    /// The nearest binary64 number. The parser lets no lexeme through that would be infinite.
    public var double: Double { Double(text) ?? 0 }

    /// The RFC 8785 text of the number.
    var canonicalText: String {
        // Up to 15 digits an integer is its own ECMAScript form.
        if text.utf8.count <= 15, text != "-0", text.utf8.allSatisfy({ $0 == 0x2D || ($0 >= 0x30 && $0 <= 0x39) }) {
            return text
        }
        return ECMAScriptNumber.text(double)
    }
}

/// Number to text as ECMAScript's `Number.prototype.toString` does it, which RFC 8785 section 3.2.2.3 asks for.
enum ECMAScriptNumber {
    /// The text of a finite number: the shortest digits that read back as the same number, laid out by the size of the exponent.
    static func text(_ value: Double) -> String {
        if value == 0 { return "0" }
        let (digits, point) = shortestDigits(value.magnitude)
        return (value < 0 ? "-" : "") + layOut(digits, point: point)
    }

    /// ECMA-262 section 6.1.6.1.20: `point` is n, the digits are s, so that value = 0.s × 10^n.
    private static func layOut(_ digits: [UInt8], point n: Int) -> String {
        let k = digits.count
        func string(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }
        if k <= n, n <= 21 {
            return string(digits) + String(repeating: "0", count: n - k)
        }
        if n > 0, n <= 21 {
            return string(digits[..<n]) + "." + string(digits[n...])
        }
        if n > -6, n <= 0 {
            return "0." + String(repeating: "0", count: -n) + string(digits)
        }
        let exponent = (n - 1 < 0 ? "-" : "+") + String((n - 1).magnitude)
        return string(digits[..<1]) + (k > 1 ? "." + string(digits[1...]) : "") + "e" + exponent
    }

    /// Swift's description gives the shortest digits that round-trip, the closest ones among several (as ECMAScript asks);
    /// only its layout differs.
    private static func shortestDigits(_ value: Double) -> (digits: [UInt8], point: Int) {
        var digits: [UInt8] = []
        var point: Int?
        var exponent = 0
        var bytes = Substring(value.description).utf8
        while let byte = bytes.popFirst() {
            switch byte {
            case 0x2E: point = digits.count
            case 0x65: (exponent, bytes) = (Int(String(Substring(bytes))) ?? 0, Substring("").utf8)
            default: digits.append(byte)
            }
        }
        var n = (point ?? digits.count) + exponent
        let leading = digits.prefix { $0 == 0x30 }.count
        digits.removeFirst(leading)
        n -= leading
        while digits.last == 0x30 { digits.removeLast() }
        return (digits, n)
    }
}

/// The digits and the power of ten of a number lexeme.
struct DecimalLexeme {
    private let negative: Bool
    private let digits: [UInt8]
    private let exponent: Int

    /// Nil for an exponent beyond anything that a number here could mean.
    init?(_ text: String) {
        var digits: [UInt8] = []
        var fraction = 0
        var seenPoint = false
        var exponentText: Substring?
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text.utf8[index]
            switch byte {
            case 0x2D: break
            case 0x2E: seenPoint = true
            case 0x65, 0x45: exponentText = text[text.utf8.index(after: index)...]
            default:
                digits.append(byte - 0x30)
                if seenPoint { fraction += 1 }
            }
            if exponentText != nil { break }
            index = text.utf8.index(after: index)
        }
        var written = 0
        if let exponentText {
            guard let parsed = Int(exponentText), parsed.magnitude < 100_000 else { return nil }
            written = parsed
        }
        self.negative = text.utf8.first == 0x2D
        self.digits = digits
        self.exponent = written - fraction
    }

    /// The value, when it is an integer that fits.
    var exactInteger: Int? {
        var rest = digits[...]
        var exponent = exponent
        while let last = rest.last, last == 0 {
            rest.removeLast()
            exponent += 1
        }
        if rest.isEmpty { return 0 }
        guard exponent >= 0, exponent < 20 else { return nil }
        var value = 0
        for digit in rest + Array(repeating: UInt8(0), count: exponent) {
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.subtractingReportingOverflow(Int(digit))
            if overflow || carry { return nil }
            value = sum
        }
        if negative { return value }
        return value == .min ? nil : -value
    }
}

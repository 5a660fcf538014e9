import Testing

@testable import CanonicalJSON

/// RFC 8785: the examples of its text and the samples of its appendix B (IEEE 754 bits and the expected JSON).
@Suite("Canonical form (RFC 8785)")
struct CanonicalFormTests {
    static let numberSamples: [(bits: UInt64, text: String)] = [
        (0x0000_0000_0000_0000, "0"),
        (0x8000_0000_0000_0000, "0"),
        (0x0000_0000_0000_0001, "5e-324"),
        (0x8000_0000_0000_0001, "-5e-324"),
        (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
        (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
        (0x4340_0000_0000_0000, "9007199254740992"),
        (0xc340_0000_0000_0000, "-9007199254740992"),
        (0x4430_0000_0000_0000, "295147905179352830000"),
        (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
        (0x44b5_2d02_c7e1_4af6, "1e+23"),
        (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
        (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
        (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
        (0x444b_1ae4_d6e2_ef50, "1e+21"),
        (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
        (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
        (0x41b3_de43_5555_5553, "333333333.3333332"),
        (0x41b3_de43_5555_5554, "333333333.33333325"),
        (0x41b3_de43_5555_5555, "333333333.3333333"),
        (0x41b3_de43_5555_5556, "333333333.3333334"),
        (0x41b3_de43_5555_5557, "333333333.33333343"),
        (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
        (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
    ]

    @Test("Numbers are written as appendix B says", arguments: numberSamples)
    func numbers(bits: UInt64, text: String) {
        let value = JSONValue.double(Double(bitPattern: bits))
        #expect(String(decoding: value.canonicalBytes(), as: UTF8.self) == text)
    }

    @Test("The canonical text of a number parses, and is its own canonical text", arguments: numberSamples)
    func numbersAgain(bits: UInt64, text: String) throws {
        let again = try JSONValue(parsing: text)
        #expect(String(decoding: again.canonicalBytes(), as: UTF8.self) == text)
        if bits != 0x8000_0000_0000_0000 {
            #expect(again == .number(JSONNumber(Double(bitPattern: bits))))
        }
    }

    @Test("The sample of section 3.2.2 comes out as section 3.2.4 shows it")
    func sample() throws {
        let source = #"""
            {
              "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }
            """#
        let expected =
            #"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#
            + #""string":"€$\u000f\nA'B\"\\\\\"/"}"#
        let bytes = try JSONValue(parsing: source).canonicalBytes()
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
        // The bytes of section 3.2.4: "{"literals":[n…  …,"string":"€$\u000f…
        #expect(bytes.starts(with: [0x7b, 0x22, 0x6c, 0x69, 0x74, 0x65, 0x72, 0x61, 0x6c, 0x73, 0x22, 0x3a, 0x5b, 0x6e]))
    }

    @Test("Members are sorted by UTF-16 units as in section 3.2.3")
    func sorting() throws {
        let source = #"""
            {"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
             "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"}
            """#
        let canonical = try JSONValue(parsing: JSONValue(parsing: source).canonicalBytes())
        #expect(
            canonical.objectValue?.members.compactMap(\.value.stringValue) == [
                "Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign",
                "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh",
            ])
    }
}

import Testing

@testable import CanonicalJSON

@Suite("Reading messages")
struct JSONReaderTests {
    private enum Colour: String, CaseIterable { case red, green }

    private func failure<T>(_ body: () throws(JSONError) -> T) -> String {
        do {
            _ = try body()
            return "no error"
        } catch {
            return "\(error.code.rawValue) \(error)"
        }
    }

    private let message = JSONReader(
        ["n": 3, "s": "x", "blank": " ", "none": nil, "list": [1, "2"], "when": "2024-02-29T23:59:59Z", "day": "2024-02-29"])

    @Test("Members are read by their kinds")
    func kinds() throws {
        #expect(try message.required("n").int(in: 1...3) == 3)
        #expect(try message.required("n").double() == 3)
        #expect(try message.required("s").string() == "x")
        #expect(try message.optional("none") == nil)
        #expect(try message.optional("absent") == nil)
        #expect(try message.required("list").array().map(\.pointer.description) == ["/list/0", "/list/1"])
        #expect(try message.required("when").timestamp() == 1_709_251_199)
        #expect(try message.required("day").date().dayNumber == 19_782)
        #expect(try JSONReader(["red", "green"]).array().map { try $0.choice(Colour.self) } == [.red, .green])
        #expect(try JSONReader([1, 2]).decode([Int].self) == [1, 2])
    }

    @Test("Every error names its place, what was found and what was expected")
    func errors() {
        #expect(
            failure { () throws(JSONError) in try message.required("gone") } == "missing /gone: the member \"gone\" is missing")
        #expect(
            failure { () throws(JSONError) in try message.required("none") } == "missing /none: the member \"none\" is missing")
        #expect(
            failure { () throws(JSONError) in try message.required("s").int() }
                == "wrongType /s: expected an integer, found a string")
        #expect(
            failure { () throws(JSONError) in try message.required("n").int(in: 4...9) }
                == "outOfRange /n: 3 is not between 4 and 9")
        #expect(
            failure { () throws(JSONError) in try message.required("blank").nonEmptyString() }
                == "badValue /blank: the text is empty")
        #expect(
            failure { () throws(JSONError) in try message.required("s").string(maxLength: 0) }
                == "tooLarge /s: longer than 0 bytes")
        #expect(
            failure { () throws(JSONError) in try message.required("list").array(maxCount: 1) }
                == "tooLarge /list: more than 1 elements (2)")
        #expect(
            failure { () throws(JSONError) in try message.required("s").choice(Colour.self) }
                == "badValue /s: \"x\" is none of: red, green")
        #expect(
            failure { () throws(JSONError) in try message.object(allowing: ["n", "s", "blank", "none", "list", "when"]) }
                == "unknownKey /day: there is no member \"day\" here")
        #expect(failure { () throws(JSONError) in try message.required("list").decode([Int].self) }.contains("/list/1"))
        #expect(failure { () throws(JSONError) in try JSONReader(1.5).int() } == "wrongType expected an integer, found 1.5")
        #expect(failure { () throws(JSONError) in try JSONReader([]).object() } == "wrongType expected an object, found an array")
        #expect(
            failure { () throws(JSONError) in try JSONReader(1).bool() } == "wrongType expected true or false, found a number")
    }

    @Test(
        "Moments have one form only",
        arguments: [
            "2024-02-29T23:59:59+00:00", "2024-02-29 23:59:59Z", "2023-02-29T00:00:00Z", "2024-02-29T24:00:00Z",
            "2024-02-29T23:59:60Z", "2024-02-29T23:59:59.5Z", "",
        ])
    func moments(text: String) {
        #expect(UTCTimestamp.seconds(text) == nil)
    }

    /// Day numbers from `date -u -d DAY +%s` divided by 86,400.
    @Test(
        "Days count from 1970",
        arguments: [
            ("1970-01-01", 0), ("1969-12-31", -1), ("2000-02-29", 11_016), ("2026-11-22", 20_779), ("1900-03-01", -25_508),
            ("0001-01-01", -719_162), ("9999-12-31", 2_932_896),
        ] as [(String, Int32)])
    func days(text: String, number: Int32) {
        #expect(CalendarDay(text)?.dayNumber == number)
        #expect(CalendarDay(dayNumber: number).description == text)
    }

    @Test("Every day from 1600 to 2400 is followed by the next, as counted on the fingers")
    func everyDay() throws {
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        var number = try #require(CalendarDay("1600-01-01")).dayNumber
        for year in 1600...2400 {
            let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
            for month in 1...12 {
                let length = lengths[month - 1] + (month == 2 && leap ? 1 : 0)
                for day in 1...length {
                    let found = CalendarDay(dayNumber: number).components
                    #expect(found == (year, month, day))
                    #expect(CalendarDay(year: year, month: month, day: day)?.dayNumber == number)
                    number += 1
                }
                #expect(CalendarDay(year: year, month: month, day: length + 1) == nil)
            }
        }
    }

    @Test(
        "Moments come back as they were written",
        arguments: [0, -1, 1_700_000_000, -86_401, 253_402_300_799, -62_135_596_800] as [Int64])
    func momentsAgain(seconds: Int64) {
        #expect(UTCTimestamp.seconds(UTCTimestamp.text(seconds)) == seconds)
    }

    @Test("Moments are written as the calendar says")
    func momentTexts() {
        #expect(UTCTimestamp.text(0) == "1970-01-01T00:00:00Z")
        #expect(UTCTimestamp.text(-1) == "1969-12-31T23:59:59Z")
        #expect(UTCTimestamp.text(1_709_251_199) == "2024-02-29T23:59:59Z")
        // -2^63 modulo 86,400 is 30,592: 8 h 29 min 52 s; 2^63 - 1 is 55,807: 15 h 30 min 7 s.
        #expect(UTCTimestamp.text(.min).hasSuffix("T08:29:52Z"))
        #expect(UTCTimestamp.text(.max).hasSuffix("T15:30:07Z"))
    }
}

@Suite("Objects")
struct JSONObjectTests {
    @Test("Members keep their order, new ones come last, nil removes, at any size", arguments: [3, 20])
    func order(size: Int) {
        var object = JSONObject((0..<size).map { ("k\($0)", .int($0)) })
        object["k1"] = "changed"
        object["k0"] = nil
        object["new"] = true
        #expect(object.keys == (1..<size).map { "k\($0)" } + ["new"])
        #expect(object["k1"] == "changed")
        #expect(object["k0"] == nil)
        #expect(object["k\(size - 1)"] == .int(size - 1))
        #expect(object.count == size)
        #expect(Array(object).map(\.key) == object.members.map(\.key))
    }

    @Test("Equality does not look at the order, and equal objects hash alike")
    func equality() {
        let one: JSONValue = ["a": 1, "b": [2]]
        let other: JSONValue = ["b": [2], "a": 1]
        #expect(one == other)
        #expect(one.hashValue == other.hashValue)
        #expect(one.canonicalBytes() == other.canonicalBytes())
        #expect(one != ["a": 1])
        #expect(one != ["a": 1, "c": [2]])
    }

    @Test("A lexeme is part of a number's identity, its canonical form is not")
    func numbers() throws {
        let whole = try JSONValue(parsing: "1.0")
        #expect(whole != 1)
        #expect(whole.canonicalBytes() == JSONValue.int(1).canonicalBytes())
    }
}

import CanonicalJSON
@_spi(Hospital) import Disclosure
import Testing

@Suite("Catalogue through the gate")
struct CatalogueTests {
    private typealias Row = EvaluatedCatalogue.Row

    private func gate(_ secret: UInt64 = 1) -> ReleaseGate {
        ReleaseGate(rules: .standard, key: TestKey(secret: secret), patients: .made(1))
    }

    private func row(_ key: String..., persons: Int, records: Int? = nil, of parent: [String]? = nil) -> Row {
        Row(key: key, persons: ExactCount(persons), records: ExactCount(records ?? persons), parent: parent)
    }

    private func catalogue(_ rows: [Row], secret: UInt64 = 1) throws -> [[String]: DisclosedCatalogue.Row] {
        let made = try gate(secret).catalogue(EvaluatedCatalogue(rows: rows))
        return Dictionary(uniqueKeysWithValues: made.rows.map { ($0.key, $0) })
    }

    @Test("No patient, one patient and nineteen look alike: the row is not there, and nor are its records")
    func small() throws {
        for persons in 0...19 {
            for secret in 1...20 as ClosedRange<UInt64> {
                #expect(try catalogue([row("condition", persons: persons, records: 5_000)], secret: secret).isEmpty)
            }
        }
    }

    @Test("What is shown is a band of the series that holds the number and is as wide as its lower end", arguments: 1...40)
    func bands(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let persons = 20 + Int.random(in: 0..<1 << Int.random(in: 2..<20, using: &random), using: &random)
        let records = persons + Int.random(in: 0..<1_000_000, using: &random)
        guard let found = try catalogue([row("drug", persons: persons, records: records)], secret: seed)[["drug"]] else {
            #expect(persons < 24)
            return
        }
        for (band, number) in [(found.persons, persons), (found.records, records)] {
            #expect(band.contains(number), "\(number) is not in \(band)")
            #expect(band.high - band.low >= band.low - 1)
        }
        let digits = Array("\(found.persons.low)")
        #expect(found.persons.low == 20 || ("125".contains(digits[0]) && digits.dropFirst().allSatisfy { $0 == "0" }))
    }

    @Test("Where a band begins differs between rows and hospitals and never between two data releases")
    func edges() throws {
        func begins(_ name: String, _ secret: UInt64) throws -> Int? {
            try (40...70).first { number in try catalogue([row(name, persons: number)], secret: secret)[[name]]?.persons.low == 50
            }
        }
        let found = try (0..<12).map { try begins("row \($0)", 7) }
        #expect(found.allSatisfy { $0.map { (50...60).contains($0) } ?? false })
        #expect(Set(found).count > 3)
        #expect(try found == (0..<12).map { try begins("row \($0)", 7) })
        #expect(try found != (0..<12).map { try begins("row \($0)", 8) })
    }

    @Test("The records of a part that is left out cannot be worked out from the whole and the other parts", arguments: 1...60)
    func parts(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let years = (0..<Int.random(in: 2...6, using: &random)).map { year in
            let persons = Int.random(in: 0...22, using: &random)
            return row("lab", "\(2_000 + year)", persons: persons, of: ["lab"])
        }
        let whole = years.reduce(0) { $0 + $1.persons.value }
        let found = try catalogue([row("lab", persons: whole)] + years, secret: seed)
        guard let all = found[["lab"]] else { return }
        let hidden = years.filter { found[$0.key] == nil }
        guard !hidden.isEmpty else { return }
        let rest = years.compactMap { found[$0.key] }
        #expect(all.records.high - rest.reduce(0) { $0 + $1.records.low } >= 11)
    }

    /// A key that moves the bands of the whole as far as it goes, and no others.
    private struct RiggedKey: StickyKey {
        func draw(_ purpose: String, _ digest: SetDigest) -> UInt64 { purpose.hasSuffix("whole") ? 100 : 0 }
    }

    @Test("Parts that fill the whole to its last nine patients leave another part out with them")
    func fullWhole() throws {
        // 599 is shown as 200 to 599 at the most; 100 x 5 + 50 + 20 x 2 = 590 leave 9 for the last part.
        let parts = ([100, 100, 100, 100, 100, 50, 20, 20, 9]).enumerated().map {
            row("part", "\($0)", persons: $1, of: ["whole"])
        }
        let gate = ReleaseGate(rules: .standard, key: RiggedKey(), patients: .made(1))
        let found = try gate.catalogue(EvaluatedCatalogue(rows: [row("whole", persons: 599)] + parts)).rows
        let whole = try #require(found.first { $0.key == ["whole"] })
        #expect(whole.records == CountInterval(low: 200, high: 599))
        #expect(found.count == 8)
        #expect(599 - found.filter { $0.key != ["whole"] }.reduce(0) { $0 + $1.records.low } == 29)
    }

    @Test("A key that stands twice, a missing parent and fewer records than patients are the engine's mistakes")
    func mistakes() {
        let wrong = [
            [row("a", persons: 20), row("a", persons: 30)], [row("a", persons: 20, of: ["b"])],
            [row("a", persons: 20, records: 19)],
        ]
        for rows in wrong { #expect(throws: DisclosureError.self) { _ = try catalogue(rows) } }
    }

    @Test("The wire form is read back as it was written, and unknown members and repeated keys are errors")
    func wire() throws {
        let made = try gate().catalogue(
            EvaluatedCatalogue(rows: [row("a", persons: 1_234, records: 99_999), row("b", "2024", persons: 400)]))
        #expect(made.rows.count == 2)
        #expect(try DisclosedCatalogue(parsing: made.json.canonicalBytes()) == made)
        for text in [
            #"{"rows":[],"more":1}"#, #"{"rows":[{"key":["a"],"persons":{"low":20,"high":10},"records":{"low":20,"high":90}}]}"#,
            #"{"rows":[{"key":["a"],"persons":12,"records":{"low":20,"high":90}}]}"#,
        ] { #expect(throws: JSONError.self) { _ = try DisclosedCatalogue(parsing: Array(text.utf8)) } }
    }
}

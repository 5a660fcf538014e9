import CanonicalJSON
@_spi(Hospital) import Disclosure
import Testing

@Suite("Disclosed counts")
struct DisclosedCountTests {
    /// Every kind with the text that other programs rely on.
    static let golden: [(DisclosedCount, String)] = [
        (.exact(0), #"{"kind":"exact","value":0}"#),
        (
            .rounded(1_240, base: 5, low: 1_238, high: 1_242),
            #"{"kind":"rounded","value":1240,"base":5,"low":1238,"high":1242}"#
        ),
        (.hidden(low: 0, high: 10, why: .small), #"{"kind":"hidden","low":0,"high":10,"why":"small"}"#),
        (.unavailable(.domain, detail: "procedure"), #"{"kind":"unavailable","why":"domain","detail":"procedure"}"#),
        (.unavailable(.notApplicable, detail: nil), #"{"kind":"unavailable","why":"not-applicable"}"#),
        (.refused(code: "PURPOSE_SCOPE"), #"{"kind":"refused","code":"PURPOSE_SCOPE"}"#),
        (.waiting(.approval, since: 1_795_309_323), #"{"kind":"waiting","for":"approval","since":"2026-11-22T01:02:03Z"}"#),
        (.waiting(.queue, since: nil), #"{"kind":"waiting","for":"queue"}"#),
        (.failed(.timeout), #"{"kind":"failed","why":"timeout"}"#),
    ]

    @Test("Each kind is written in its documented form and read back", arguments: golden)
    func goldenForms(count: DisclosedCount, text: String) throws {
        #expect(count.json.text() == text)
        #expect(try DisclosedCount(parsing: Array(text.utf8)) == count)
    }

    @Test(
        "A malformed count is refused",
        arguments: [
            #"7"#, #"{"value":7}"#, #"{"kind":"exact"}"#, #"{"kind":"exact","value":-1}"#, #"{"kind":"exact","value":1.5}"#,
            #"{"kind":"exact","value":1,"low":0}"#, #"{"kind":"hidden","low":10,"high":0,"why":"small"}"#,
            #"{"kind":"hidden","low":0,"high":10,"why":"complementary"}"#, #"{"kind":"guess","value":1}"#,
            #"{"kind":"rounded","value":1241,"base":5,"low":1238,"high":1242}"#, #"{"kind":"exact","value":99999999999}"#,
        ])
    func malformed(text: String) {
        #expect(throws: JSONError.self) { try DisclosedCount(parsing: Array(text.utf8)) }
    }

    @Test("An exact count and a set of persons show nothing when printed, dumped or reflected")
    func printingShowsNothing() {
        let set = PersonSet(universe: 100, members: [3, 7, 42])
        var text = "\(set.count) \(set) \(String(reflecting: set.count)) \(String(reflecting: set)) "
        dump(set.count, to: &text)
        dump(set, to: &text)
        dump(PatientKeys.made(3), to: &text)
        #expect(!text.contains("42"))
        #expect(!text.contains("value"))
        #expect(!text.contains { $0.isNumber })
        #expect(Mirror(reflecting: set).children.isEmpty)
    }

    @Test("An exact count conforms to no encoding")
    func noEncoding() {
        // The conformances are declared unavailable, so that code that encodes one does not compile. At run time no
        // generic path may find a usable one either: neither type is decodable or expressible as JSON by other means.
        let count: Any = PersonSet(universe: 10).count
        #expect(!(count is any Decodable))
        #expect(!(count is any JSONDecodable))
    }
}

@Suite("Person sets")
struct PersonSetTests {
    /// A set as bits, and as the list that it is where its members are few.
    private func forms(_ members: Set<Int>, _ universe: Int) -> [PersonSet] {
        [
            PersonSet(universe: universe, members: members),
            PersonSet(universe: universe, ascending: members.sorted().map(UInt32.init)),
        ]
    }

    @Test("Set algebra agrees with the standard library's sets, of many members and of few", arguments: [2, 3, 60, 1_000])
    func algebra(oneIn rarity: UInt64) {
        var generator = SeededGenerator(seed: 5 + rarity)
        for universe in [1, 63, 64, 65, 200, 1_000, 5_000] {
            let first = Set((0..<universe).filter { _ in generator.next() % rarity == 0 })
            let second = Set((0..<universe).filter { generator.next() % 2 == 0 || (rarity > 2 && first.contains($0)) })
            let third = Set((0..<universe).filter { _ in generator.next() % (rarity + 1) == 0 })
            for other in [second, third, []] {
                for one in forms(first, universe) {
                    for two in forms(other, universe) { check(one, two, first, other, universe) }
                }
            }
        }
    }

    private func check(_ one: PersonSet, _ two: PersonSet, _ first: Set<Int>, _ second: Set<Int>, _ universe: Int) {
        #expect(one.members == first.sorted())
        #expect(one.count.value == first.count)
        #expect(one.isEmpty == first.isEmpty)
        #expect((0..<universe).filter { one.contains($0) } == first.sorted())
        #expect(one.union(two).members == first.union(second).sorted())
        #expect(one.intersection(two).members == first.intersection(second).sorted())
        #expect(one.subtracting(two).members == first.subtracting(second).sorted())
        #expect(one.symmetricDifference(two).members == first.symmetricDifference(second).sorted())
        #expect(one.complement.members == Set(0..<universe).subtracting(first).sorted())
        #expect(one.isSubset(of: two) == first.isSubset(of: second))
        #expect(one.isDisjoint(with: two) == first.isDisjoint(with: second))
        #expect((one == two) == (first == second))
        if first == second { #expect(one.hashValue == two.hashValue) }
        let same = PersonSet(universe: universe, words: one.words)
        #expect(one == same && one.hashValue == same.hashValue)
        var changed = one
        changed.insert(universe - 1)
        changed.remove(0)
        #expect(changed.members == first.union([universe - 1]).subtracting([0]).sorted())
    }

    @Test("Persons of a word beyond the universe are cleared")
    func tail() {
        #expect(PersonSet(universe: 70, words: [0, .max]).members == Array(64..<70))
    }

    @Test("The digest of a disjoint union is the sum of the digests")
    func digestIsHomomorphic() {
        let keys = PatientKeys.made(500)
        let one = PersonSet(universe: 500, members: stride(from: 0, to: 500, by: 3))
        let two = PersonSet(universe: 500, members: stride(from: 1, to: 500, by: 3))
        #expect(keys.digest(of: one) + keys.digest(of: two) == keys.digest(of: one.union(two)))
        #expect(keys.digest(of: one.union(two)) - keys.digest(of: two) == keys.digest(of: one))
        #expect(keys.digest(of: PersonSet(universe: 500)) == .empty)
    }
}

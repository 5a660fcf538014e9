@_spi(Hospital) import Disclosure
import Testing

@Suite("Consortium totals")
struct TotalTests {
    private let universe = 4_000

    private func shares(_ secret: UInt64) -> TotalShares {
        TotalShares(rules: .standard, key: TestKey(secret: secret), patients: .made(universe, seed: secret &+ 1))
    }

    @Test("Every share is 0 or at least k, and the same every time")
    func sharesAreSafe() {
        for secret in 1...40 as ClosedRange<UInt64> {
            var ledger = ShareLedger()
            let cells = (0..<60).map { size in PersonSet(universe: universe, members: size * 60..<size * 60 + size) }
            let first = shares(secret).vector(of: cells, remembering: &ledger)
            #expect(first.words.allSatisfy { $0 == 0 || $0 >= 11 })
            var again = ShareLedger()
            #expect(shares(secret).vector(of: cells, remembering: &again) == first)
        }
    }

    @Test(
        "Shares are unbiased: over many nodes their mean is the count", arguments: [0, 1, 3, 7, 10, 11, 12, 14, 15, 17, 23, 40])
    func sharesAreUnbiased(_ size: Int) {
        let nodes = 4_000
        var sum = 0.0
        for secret in 1...UInt64(nodes) {
            var ledger = ShareLedger()
            let key = TotalShares(rules: .standard, key: TestKey(secret: secret), patients: .made(64, seed: secret))
            sum += Double(key.vector(of: [PersonSet(universe: 64, members: 0..<size)], remembering: &ledger).words[0])
        }
        // The spread of one share is at most 5.5, so of the mean 0.09: four of those.
        #expect(abs(sum / Double(nodes) - Double(size)) < 0.35)
    }

    @Test("Masked vectors of five hospitals open to the sum of their shares and to nothing else")
    func masksCancel() throws {
        var generator = SeededGenerator(seed: 5)
        let plain = (0..<5).map { _ in MaskedVector((0..<30).map { _ in generator.next() % 5_000 }) }
        let masks = (0..<5).map { _ in MaskedVector((0..<30).map { _ in generator.next() }) }
        var sent: [MaskedVector] = []
        for (vector, mask) in zip(plain, masks) { sent.append(try vector.adding(mask)) }
        let opened = try MaskedVector.sum(sent).subtracting(MaskedVector.sum(masks)).counts()
        for cell in 0..<30 { #expect(opened[cell] == plain.reduce(0) { $0 + Int($1.words[cell]) }) }
        // With one mask missing the result is noise, and is noticed.
        let wrong = try MaskedVector.sum(sent).subtracting(MaskedVector.sum(Array(masks.dropLast())))
        #expect(throws: DisclosureError.self) { try wrong.counts() }
        #expect(throws: DisclosureError.self) { try sent[0].adding(MaskedVector(count: 29)) }
        #expect(throws: DisclosureError.self) { try MaskedVector.sum([]) }
    }

    @Test("a total less published hospitals, or less one's own number, leaves 0 or k and more of the rest")
    func insiderSubtraction() {
        // Hospitals with 4 to 9 patients each. Whoever takes all shares but one away from the total sees that share: it is 0
        // or 11, and both come up for every true count.
        for count in 4...9 {
            var seen = Set<UInt64>()
            for secret in 1...60 as ClosedRange<UInt64> {
                var ledger = ShareLedger()
                seen.insert(
                    shares(secret).vector(of: [PersonSet(universe: universe, members: 0..<count)], remembering: &ledger).words[0])
            }
            #expect(seen == [0, 11])
        }
    }

    @Test("a total is not opened again without one hospital")
    func dropouts() throws {
        let roster = try TotalRoster(members: ["a", "b", "c", "d", "e", "f", "g", "h", "i"])
        let all = roster.members
        try roster.admit(all, openedBefore: [])
        try roster.admit(all, openedBefore: [all])
        #expect(throws: DisclosureError.self) { try roster.admit(all.subtracting(["i"]), openedBefore: [all]) }
        #expect(throws: DisclosureError.self) { try roster.admit(all.subtracting(["h", "i"]), openedBefore: [all]) }
        try roster.admit(all.subtracting(["g", "h", "i"]), openedBefore: [all])
        // Nor in two steps: the difference to each earlier one counts.
        #expect(throws: DisclosureError.self) {
            try roster.admit(
                all.subtracting(["f", "g", "h", "i"]).union(["i"]), openedBefore: [all, all.subtracting(["g", "h", "i"])])
        }
    }

    @Test("a roster of too few hospitals is refused, and made-up members do not open a total")
    func sybils() throws {
        #expect(throws: DisclosureError.self) { try TotalRoster(members: ["a", "b", "c", "d"]) }
        #expect(throws: DisclosureError.self) { try TotalRoster(members: ["a", "b", "c", "d", "e"], minimum: 3) }
        #expect(throws: DisclosureError.self) { try TotalRoster(members: ["a", "b", "c"], minimum: 2, hasWrittenPolicy: true) }
        let small = try TotalRoster(members: ["a", "b", "c"], minimum: 3, hasWrittenPolicy: true)
        try small.admit(["a", "b", "c"], openedBefore: [])
        #expect(throws: DisclosureError.self) { try small.admit(["a", "b", "x"], openedBefore: []) }
        #expect(throws: DisclosureError.self) { try small.admit(["a", "b"], openedBefore: []) }
        // Even where all others are the attacker's, what is left of the total is one share: 0 or k and more.
        var ledger = ShareLedger()
        let share = shares(9).vector(of: [PersonSet(universe: universe, members: 0..<6)], remembering: &ledger).words[0]
        #expect(share == 0 || share >= 11)
    }

    @Test("A near-repeat of a set that went into a total reuses its share")
    func sharesFollowTheLedger() {
        var ledger = ShareLedger()
        let maker = shares(3)
        let first = maker.vector(of: [PersonSet(universe: universe, members: 0..<57)], remembering: &ledger)
        for extra in 0..<10 {
            let near = PersonSet(universe: universe, members: Array(0..<57) + Array(3_000..<3_000 + extra))
            #expect(maker.vector(of: [near], remembering: &ledger) == first)
        }
        #expect(ledger.count == 1)
    }
}

@Suite("Agreement without a guardian")
struct AgreementNumberTests {
    @Test(
        "More than two thirds, and the minimum at least",
        arguments: [
            (3, 3, 3), (4, 3, 3), (5, 5, 5), (6, 5, 5), (7, 5, 5), (8, 5, 6), (9, 5, 7), (40, 5, 27),
        ])
    func number(_ members: Int, _ minimum: Int, _ expected: Int) {
        // By hand: the whole part of 2n/3, and one.
        #expect(TotalRoster.agreement(of: members, minimum: minimum) == expected)
    }
}

@Suite("Secret sharing")
struct SecretShareTests {
    @Test("Any threshold of the shares gives the secret back, and fewer are consistent with every secret")
    func splitAndJoin() throws {
        var generator = SeededGenerator(seed: 8)
        for length in [1, 7, 8, 32, 64] {
            let secret = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let shares = try SecretShare.split(secret, count: 6, threshold: 4) { generator.next() }
            for _ in 0..<10 {
                #expect(try SecretShare.join(Array(shares.shuffled(using: &generator).prefix(4)), bytes: length) == secret)
            }
            #expect(try SecretShare.join(shares, bytes: length) == secret)
            if length >= 8 { #expect(try SecretShare.join(Array(shares.prefix(3)), bytes: length) != secret) }
        }
    }

    @Test("Shares of a polynomial worked out by hand")
    func handCalculation() throws {
        // Secret 5, slope 3 (the random word is shifted right by three bits): shares 8 and 11, and 5 comes back.
        let shares = try SecretShare.split([5], count: 2, threshold: 2) { 3 << 3 }
        #expect(shares == [.init(index: 1, limbs: [8]), .init(index: 2, limbs: [11])])
        #expect(try SecretShare.join(shares, bytes: 1) == [5])
    }

    @Test("Shares that do not fit are refused")
    func misfits() throws {
        let shares = try SecretShare.split([1, 2, 3], count: 3, threshold: 2) { 77 }
        #expect(throws: DisclosureError.self) { try SecretShare.join([shares[0], shares[0]], bytes: 3) }
        #expect(throws: DisclosureError.self) { try SecretShare.join([], bytes: 3) }
        #expect(throws: DisclosureError.self) { try SecretShare.join(shares, bytes: 20) }
        #expect(throws: DisclosureError.self) { try SecretShare.split([1], count: 3, threshold: 1) { 1 } }
        #expect(throws: DisclosureError.self) { try SecretShare.split([1], count: 3, threshold: 4) { 1 } }
    }
}

@Suite("Distinct patients")
struct DistinctSketchTests {
    @Test(
        "The estimate is within three standard errors from ten to twenty thousand patients",
        arguments: [0, 10, 500, 5_000, 20_000])
    func accuracy(_ number: Int) throws {
        var generator = SeededGenerator(seed: UInt64(number) + 1)
        var sketch = try DistinctSketch(precision: 12)
        for _ in 0..<number { sketch.insert(hash: generator.next()) }
        #expect(abs(sketch.estimate - Double(number)) <= 3 * sketch.standardError * Double(number) + 0.5)
    }

    @Test("A patient at two hospitals counts once")
    func overlap() throws {
        var generator = SeededGenerator(seed: 31)
        let hashes = (0..<6_000).map { _ in generator.next() }
        var one = try DistinctSketch()
        var two = try DistinctSketch()
        for hash in hashes.prefix(4_000) { one.insert(hash: hash) }
        for hash in hashes.suffix(4_000) { two.insert(hash: hash) }
        var both = one
        try both.merge(two)
        #expect(abs(both.estimate - 6_000) < 6_000 * 3 * both.standardError)
        var alone = try DistinctSketch()
        for hash in hashes { alone.insert(hash: hash) }
        #expect(alone == both)
        #expect("\(both)" == "sketch of patients (for the guardian only)")
        #expect(throws: DisclosureError.self) { try both.merge(DistinctSketch(precision: 10)) }
        #expect(throws: DisclosureError.self) {
            try DistinctSketch(precision: 14, registers: [UInt8](repeating: 99, count: 16_384))
        }
    }

    @Test("Packed registers are six bits each, and come back")
    func packing() throws {
        var generator = SeededGenerator(seed: 5)
        var sketch = try DistinctSketch()
        for _ in 0..<40_000 { sketch.insert(hash: generator.next()) }
        #expect(sketch.packed.count == 12_288)
        #expect(try DistinctSketch(packed: sketch.packed) == sketch)
        // By hand: 000001 000010 000011 000100.
        let few = try DistinctSketch(precision: 7, registers: [1, 2, 3, 4] + [UInt8](repeating: 0, count: 124))
        #expect(Array(few.packed.prefix(4)) == [0x04, 0x20, 0xC4, 0])
        for wrong in [[], Array(sketch.packed.dropLast()), sketch.packed + [0, 0, 0], [UInt8](repeating: 0xFF, count: 12_288)] {
            #expect(throws: DisclosureError.self) { try DistinctSketch(packed: wrong) }
        }
    }
}

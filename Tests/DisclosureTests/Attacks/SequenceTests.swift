import CanonicalJSON
@_spi(Hospital) import Disclosure
import Foundation
import Testing

/// A random sequence of questions to one made-up hospital, and what the gate replied: written for an attacker in another
/// language, which shares no code with the gate.
struct MadeSequence {
    /// Patients of each smallest group that the questions can tell apart.
    private var sizes: [Int] = []
    private var atomOf: [[Int]: Int] = [:]
    /// Groups (in or not), then sex and age band, of each patient.
    private var traits: [[Int]] = []
    private let groups: Int
    private var replies: [JSONValue] = []
    private var hospital: MadeHospital
    private var generator: SeededGenerator
    private let number: Int

    private static let dimensions = [
        EvaluatedBreakdown.Dimension(name: "sex", categories: ["F", "M"]),
        EvaluatedBreakdown.Dimension(name: "ageBand", categories: ["0", "1", "2"]),
    ]

    /// - Parameter ledger: off for a gate that must fail.
    init(_ number: Int, questions: Int, ledger: Bool = true) throws {
        self.number = number
        var generator = SeededGenerator(seed: UInt64(number) &* 7_919 &+ 26)
        let universe = 400
        // Every third hospital has an exposure cap that never bites, so that the ledger stands alone.
        let rules = DisclosureRules.made(ledger: ledger, exposureCap: number % 3 == 0 ? 1_000 : 0.2)
        hospital = MadeHospital(universe: universe, rules: rules, secret: UInt64(number) &+ 1)
        groups = Int.random(in: 4...6, using: &generator)
        let hasTables = number % 2 == 0
        traits = [[Int]](repeating: [], count: universe)
        for _ in 0..<groups {
            let size = Int.random(in: 20...200, using: &generator)
            let start = Int.random(in: 0...universe - size, using: &generator)
            for person in 0..<universe {
                let isIn = (start..<start + size).contains(person) && Int.random(in: 0..<8, using: &generator) > 0
                traits[person].append(isIn ? 1 : 0)
            }
        }
        for person in 0..<universe {
            traits[person] +=
                hasTables
                ? [Int.random(in: 0..<5, using: &generator) / 3, Int.random(in: 0..<9, using: &generator) / 4] : [0, 0]
            if let atom = atomOf[traits[person]] {
                sizes[atom] += 1
            } else {
                atomOf[traits[person]] = sizes.count
                sizes.append(1)
            }
        }
        self.generator = generator
        for question in 0..<questions { try ask(question, isTable: hasTables && question % 4 == 3) }
    }

    private mutating func ask(_ question: Int, isTable: Bool) throws {
        let everybody = Int.random(in: 0..<6, using: &generator) == 0
        var terms = everybody ? [] : [(Int.random(in: 0..<groups, using: &generator), 1)]
        for _ in 0..<Int.random(in: 0..<3, using: &generator) {
            terms.append((Int.random(in: 0..<groups, using: &generator), Int.random(in: 0...1, using: &generator)))
        }
        let members = traits.indices.filter { person in terms.allSatisfy { traits[person][$0.0] == $0.1 } }
        let total = hospital.set(members)
        let cohort = terms.map { "\($0.0)\($0.1)" }.sorted().joined(separator: " ")
        let plan = try hospital.gate.plan(
            EvaluatedAnswer(total: total), for: ReleaseRequest(project: "p", cohort: cohort), against: hospital.ledger)
        hospital.ledger.commit(plan)
        let kind = plan.outcomes.fresh > 0 ? "new" : plan.outcomes.known > 0 ? "known" : "hidden"
        add(members, plan.disclosed.total, kind)
        guard isTable else { return }
        var cells: [[String]: [Int]] = [:]
        for person in members {
            cells[["\(traits[person][groups])", "\(traits[person][groups + 1])"], default: []].append(person)
        }
        let inner = Dictionary(
            uniqueKeysWithValues: cells.map { ([Self.dimensions[0].categories[Int($0[0]) ?? 0], $0[1]], hospital.set($1)) })
        let table = try hospital.gate.plan(
            EvaluatedAnswer(total: total, breakdown: EvaluatedBreakdown(dimensions: Self.dimensions, cells: inner)),
            for: ReleaseRequest(project: "p", cohort: cohort), against: hospital.ledger)
        hospital.ledger.commit(table)
        // A table of a cohort that differs by a few patients is the earlier one, and none of its numbers is new.
        let isNew = table.outcomes.fresh > 0
        for cell in table.disclosed.breakdown?.cells.dropLast() ?? [] {
            let persons = members.filter { person in
                (cell.key[0] == "*" || cell.key[0] == Self.dimensions[0].categories[traits[person][groups]])
                    && (cell.key[1] == "*" || cell.key[1] == "\(traits[person][groups + 1])")
            }
            add(persons, cell.count, cell.count.isHidden ? "hiddenCell" : isNew ? "new" : "known")
        }
    }

    /// A reply, with what the attacker is told beyond it: whether the number is new, or is that of another group.
    private mutating func add(_ persons: [Int], _ count: DisclosedCount, _ kind: String) {
        var reply: JSONObject = [
            "atoms": .array(Set(persons.compactMap { atomOf[traits[$0]] }).sorted().map(JSONValue.int)), "kind": .string(kind),
        ]
        if let shown = count.shown { reply["value"] = .int(shown) }
        if let interval = count.interval {
            reply["low"] = .int(interval.low)
            reply["high"] = .int(interval.high)
        }
        replies.append(.object(reply))
    }

    /// One line for the attacker. It uses the true sizes only to say which groups are small and to check its own program.
    var line: String {
        JSONValue.object([
            "sequence": .int(number), "k": .int(hospital.gate.rules.threshold), "d": .int(hospital.gate.rules.offset),
            "base": .int(hospital.gate.rules.roundTo), "smallestShown": .int(hospital.gate.rules.smallestShown),
            "sizes": .array(sizes.map(JSONValue.int)), "replies": .array(replies),
        ]).text()
    }
}

@Suite("Random sequences of questions (attack 26)")
struct SequenceTests {
    @Test(
        "Ten thousand random sequences: the Python attacker finds no small group exactly and none narrower than k",
        .enabled(if: longTests, "long test"))
    func manySequences() throws {
        let count = ProcessInfo.processInfo.environment["DURE_SEQUENCES"].flatMap { Int($0) } ?? 10_000
        let first = ProcessInfo.processInfo.environment["DURE_FIRST_SEQUENCE"].flatMap { Int($0) } ?? 0
        let file = try written(first..<first + count)
        defer { if ProcessInfo.processInfo.environment["DURE_KEEP"] == nil { try? FileManager.default.removeItem(at: file) } }
        let report = try attack(file, [])
        print("attack 26: \(report)")
        #expect(report.hasSuffix("\(count) sequences, 0 with an exact small group, 0 with a narrow one"))

        // Whoever is told which numbers are new, or whose a known number is, too, narrows a group now and then (residual risk), and
        // finds none exactly.
        let told = try attack(file, ["--new"])
        print("attack 26, told which numbers are new: \(told)")
        #expect(told.contains("\(count) sequences, 0 with an exact small group, "))
        #expect(try narrow(told) * 1_000 <= max(count, 1_000))
        let some = min(count, 1_000)
        let whose = try attack(file, ["--told", "--most", "\(some)"])
        print("attack 26, told whose the known numbers are: \(whose)")
        #expect(whose.contains("\(some) sequences, 0 with an exact small group, "))
    }

    @Test("The attacker gets through a gate without a ledger", .enabled(if: longTests, "long test"))
    func withoutLedger() throws {
        let file = try written(0..<100, ledger: false)
        defer { try? FileManager.default.removeItem(at: file) }
        #expect(try narrow(attack(file, [])) > 10)
    }

    private func written(_ numbers: Range<Int>, ledger: Bool = true) throws -> URL {
        let file = FileManager.default.temporaryDirectory.appending(path: "dure-sequences-\(UUID().uuidString).jsonl")
        let lines = try numbers.map { try MadeSequence($0, questions: $0 % 4 == 1 ? 40 : 12, ledger: ledger).line + "\n" }
        try Data(lines.joined().utf8).write(to: file)
        return file
    }

    /// How many sequences have a narrow group, by the last line of a report.
    private func narrow(_ report: String) throws -> Int {
        let words = report.split(separator: "\n").last?.split(separator: " ").map(String.init) ?? []
        return try #require(words.count > 8 ? Int(words[8]) : nil, "\(report)")
    }

    private func attack(_ file: URL, _ options: [String]) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../AttackTests/sequence_attack.py")
        process.arguments = ["python3", script.path] + options + [file.path]
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

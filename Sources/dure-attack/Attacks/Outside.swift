import Cohorts
import Disclosure
import Foundation

/// What can be seen beside the numbers, and what lies on the disk.
enum Outside {
    static let all = [
        Attack(number: 22, name: "side channels: time and size", bar: "AUC at most 0.6 for time, 1 size") {
            try await channels($0)
        },
        Attack(number: 24, name: "the ledger on the disk", bar: "0 sets found without the key") { try await disk($0) },
    ]

    // MARK: 22

    /// Hidden, known and new answers to questions of one form: can they be told apart by when and how large they arrive?
    private static func channels(_ bench: AttackBench) async throws -> Attack.Finding {
        let store = MadeStore(universe: 6_000, seed: bench.seed)
        // The daemon's slots are a second long; a tenth is enough here.
        let node = try await bench.node(store, 22, replySlot: .milliseconds(100))
        let rounds = bench.scaled(60, atLeast: 30)
        var times: [[Double]] = [[], [], []]
        var sizes: [Set<Int>] = [[], [], []]
        for round in 0..<rounds {
            let start = 60 * round
            // New, then known (a group that differs by two), then small; each is another question.
            for (kind, members) in [start..<start + 50, start..<start + 52, 5_000 + round..<5_004 + round].enumerated() {
                let code = Codes.group(3 * round + kind)
                store.define(code, members)
                let seen = try await node.observe(FeasibilityQuestion([code]))
                times[kind].append(seen.seconds)
                sizes[kind].insert(seen.bytes)
            }
        }
        let areas = [(0, 1), (0, 2), (1, 2)].map { area(times[$0], times[$1]) }
        let worst = areas.max() ?? 1
        let allSizes = sizes.reduce(Set<Int>()) { $0.union($1) }
        return Attack.Finding(
            measured:
                "time AUC \(Double(Int(worst * 100)) / 100), \(allSizes.count) size\(allSizes.count == 1 ? "" : "s") of message",
            isWithinBar: worst <= 0.6 && allSizes.count == 1)
    }

    /// The chance that a value of one list is above one of the other, whichever way is better for the attacker.
    private static func area(_ one: [Double], _ two: [Double]) -> Double {
        var sum = 0.0
        for first in one { for second in two { sum += first > second ? 1 : first == second ? 0.5 : 0 } }
        let area = sum / Double(one.count * two.count)
        return max(area, 1 - area)
    }

    // MARK: 24

    /// Looks for every released set in every file, in each form in which it could lie there unsealed.
    private static func disk(_ bench: AttackBench) async throws -> Attack.Finding {
        let store = MadeStore(universe: 2_000, seed: bench.seed)
        let node = try await bench.node(store, 24)
        let sets = (0..<bench.scaled(20)).map { number in (0..<60).map { (37 * number + 31 * $0) % 2_000 }.sorted() }
        for (number, members) in sets.enumerated() {
            store.define(Codes.group(number), members)
            _ = try await node.count(FeasibilityQuestion([Codes.group(number)]))
        }
        let files = try node.files().filter { $0.name != "node-secret" }
        let found = sets.count { members in
            let probes = forms(members, store)
            return files.contains { file in probes.contains { Data(file.bytes).range(of: Data($0)) != nil } }
        }
        return Attack.Finding(measured: "\(found) of \(sets.count) sets found in \(files.count) files", isWithinBar: found == 0)
    }

    /// Eight members in a row: as 4 and 8 byte numbers of either order, as steps, as text, by place and by person.
    private static func forms(_ members: [Int], _ store: MadeStore) -> [[UInt8]] {
        let some = Array(members[20..<28])
        var found: [[UInt8]] = [zip(some.dropFirst(), some).map { UInt8(truncatingIfNeeded: $0 - $1) }]
        for numbers in [some, some.map { Int(store.persons[$0]) }] {
            found.append(numbers.flatMap { number in withUnsafeBytes(of: UInt32(number).littleEndian) { Array($0) } })
            found.append(numbers.flatMap { number in withUnsafeBytes(of: UInt32(number).bigEndian) { Array($0) } })
            found.append(numbers.flatMap { number in withUnsafeBytes(of: UInt64(number).littleEndian) { Array($0) } })
            found.append(numbers.flatMap { number in withUnsafeBytes(of: UInt64(number).bigEndian) { Array($0) } })
            for mark in [",", ", ", " ", "\n"] { found.append(Array(numbers.map(String.init).joined(separator: mark).utf8)) }
        }
        var words = [UInt64](repeating: 0, count: store.universe / 64 + 1)
        for member in members { words[member / 64] |= 1 << UInt64(member % 64) }
        let bits = words.flatMap { word in withUnsafeBytes(of: word.littleEndian) { Array($0) } }
        found.append(Array(bits[16..<48]))
        return found
    }
}

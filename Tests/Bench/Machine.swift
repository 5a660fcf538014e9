import ArgumentParser
import BenchLoops
import CohortEngine
import Cohorts
import EventIndex
import Foundation

/// What the machine can do with the postings that a question touches: the same memory, in the plainest loops, in Swift and in C.
struct Machine {
    let index: EventIndex

    /// How the loops did over some postings.
    struct Result {
        var postings = 0
        /// Processor milliseconds to set each posting's bit, in C: the scatter time.
        var scatter = 0.0
        /// Processor milliseconds of each loop.
        var swift: [String: Double] = [:]
        var c: [String: Double] = [:]
    }

    /// Measures the postings of selections, block by block as the engine takes them; the least of several runs.
    func measure(_ selections: [ConceptSelection], runs: Int = 5) throws -> Result {
        var result = Result()
        let vectors = Vectors()
        for (name, loop) in Self.loops {
            for isC in [true, false] {
                var best = Double.infinity
                for _ in 0..<runs {
                    var postings = 0
                    let before = Usage.now
                    for block in 0..<index.blockCount {
                        vectors.first.clear()
                        for selection in selections {
                            guard let own = try index.postings(selection, block: block) else { continue }
                            postings += own.count
                            if isC { loop.c(own, vectors) } else { loop.swift(own, vectors) }
                        }
                    }
                    best = min(best, Usage.now.since(before).cpu * 1_000)
                    result.postings = postings
                }
                if isC { result.c[name] = best } else { result.swift[name] = best }
            }
        }
        result.scatter = result.c["insert"] ?? .nan
        return result
    }

    private final class Vectors {
        let bits = PersonBits()
        let first = DayVector()
        let windows = WindowVector()
        let counters = PersonCounters()

        init() {
            // Half of the days lie inside.
            for person in 0..<EventIndex.blockSize { windows.set(person, from: 10_000, through: 16_000) }
        }
    }

    private struct Loop {
        let c: (Postings, Vectors) -> Void
        let swift: (Postings, Vectors) -> Void
    }

    private static var loops: [(String, Loop)] {
        [
            (
                "insert",
                Loop(
                    c: { postings, to in
                        postings.forEachStretch { persons, _ in loops_insert(persons.baseAddress, persons.count, to.bits.memory) }
                    }, swift: { postings, to in postings.scatter(into: to.bits) })
            ),
            (
                "lower",
                Loop(
                    c: { postings, to in
                        postings.forEachStretch {
                            loops_lower($0.baseAddress, $1.baseAddress, $0.count, to.first.memory)
                        }
                    }, swift: { postings, to in postings.lower(to.first) })
            ),
            (
                "lower within",
                Loop(
                    c: { postings, to in
                        postings.forEachStretch {
                            loops_lower_within($0.baseAddress, $1.baseAddress, $0.count, to.windows.memory, to.first.memory)
                        }
                    }, swift: { postings, to in _ = postings.lower(to.first, within: to.windows) })
            ),
            (
                "mark",
                Loop(
                    c: { postings, to in
                        postings.forEachStretch {
                            loops_mark($0.baseAddress, $1.baseAddress, $0.count, to.windows.memory, to.bits.memory)
                        }
                    }, swift: { postings, to in postings.mark(to.bits, within: to.windows) })
            ),
            (
                "count",
                Loop(
                    c: { postings, to in
                        postings.forEachStretch {
                            loops_count($0.baseAddress, $1.baseAddress, $0.count, to.windows.memory, to.counters.memory)
                        }
                    }, swift: { postings, to in postings.count(to.counters, within: to.windows) })
            ),
        ]
    }

    /// Gigabytes a second that one thread reads from memory.
    static var readRate: Double {
        let words = 1 << 25
        let memory = UnsafeMutablePointer<UInt64>.allocate(capacity: words)
        memory.initialize(repeating: 1, count: words)
        defer { memory.deallocate() }
        var best = Double.infinity
        for _ in 0..<5 {
            let before = Usage.now
            if loops_sum(memory, words) == 0 { return 0 }
            best = min(best, Usage.now.since(before).cpu)
        }
        return Double(words) * 8 / best / 1e9
    }
}

/// The machine's rates over the postings of all definitions together.
struct Rates: ParsableCommand {
    @Argument var index: String
    @Argument var definitions: [String]

    func run() throws {
        let opened = try EventIndex.open(index, checksums: false)
        let engine = CohortEngine(index: opened)
        var selections: [ConceptSelection] = []
        for definition in definitions {
            let bytes = try Data(contentsOf: URL(filePath: definition))
            selections += try engine.selections(of: try CohortExpression(parsing: Array(bytes)))
        }
        let result = try Machine(index: opened).measure(selections)
        func rates(_ cost: [String: Double]) -> String {
            let each = cost.sorted { $0.key < $1.key }.map { #""\#($0.key)": \#($0.value * 1e6 / Double(result.postings))"# }
            return "{\(each.joined(separator: ", "))}"
        }
        print(
            #"{"postings": \#(result.postings), "c": \#(rates(result.c)), "swift": \#(rates(result.swift)), "readGB": \#(Machine.readRate)}"#
        )
    }
}

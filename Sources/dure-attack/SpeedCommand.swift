import ArgumentParser
@_spi(Hospital) import Disclosure
import Foundation

/// What the gate costs the node: a count against everything that was released, and large tables.
struct SpeedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "speed", abstract: "How long the gate takes: a count against many released sets, and large tables.",
        discussion: """
            Counts: sets of 20 to 200,000 of a million patients were released before, half of them refinements of others; then 20 \
            new sets are planned, half of them refinements, too. Tables: counts as skewed as a hospital's, cells with their sums. \
            Times are of the processor, on one core. Build it with -c release: a debug build is ten times slower.
            """)

    @Option(parsing: .upToNextOption, help: "How many sets were released before; one line for each number.")
    var sets: [Int] = [100, 1_000, 10_000]

    @Option(help: "How many patients.")
    var persons: Int = 1_000_000

    @Option(help: "How many tables of each size; 0 for none.")
    var tables: Int = 3

    func run() throws {
        if tables > 0 { for sizes in [[9, 9], [9, 9, 9], [17, 18, 8], [19, 24, 9]] { try table(sizes) } }
        let numbers = sets.filter { $0 > 0 }.sorted()
        guard !numbers.isEmpty else { return }
        var counts = try CountsForSpeed(persons: persons)
        for number in numbers { print(try counts.measured(with: number)) }
    }

    private func table(_ sizes: [Int]) throws {
        var lines: [(seconds: Double, small: Int, secondary: Int)] = []
        var cells = 0
        for seed in 1...UInt64(tables) {
            let table = MadeTable.skewed(sizes, seed)
            cells = table.cells.count
            let start = ProcessorTime.seconds
            let statuses = try TableProtection(threshold: 11).statuses(of: table, seed: seed)
            lines.append(
                (ProcessorTime.seconds - start, statuses.count { $0 == .primary }, statuses.count { $0 == .secondary }))
        }
        let times = lines.map { ProcessorTime.milliseconds($0.seconds) }.joined(separator: ", ")
        let hidden = lines.map { "\($0.small)+\($0.secondary)" }.joined(separator: ", ")
        print("table of \(cells) cells: \(times) ms; small+secondary \(hidden)")
    }
}

/// Processor time of this process, so that other programs on the machine do not count.
enum ProcessorTime {
    static var seconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// With one place.
    static func milliseconds(_ seconds: Double) -> String { "\((seconds * 10_000).rounded() / 10)" }
}

/// Tables of made-up counts.
enum MadeTable {
    /// All cells of some dimensions with their sums, counts as skewed as a hospital's.
    static func skewed(_ sizes: [Int], _ seed: UInt64) -> SuppressionTable {
        var random = SeededRandom(seed: seed)
        let shares = sizes.map { size in (0..<size).map { _ in 0.1 + random.fraction() * random.fraction() } }
        let values = places(sizes).map { place in
            let mean = zip(place, shares).reduce(300.0) { $0 * $1.1[$1.0] }
            return Int(mean * (0.2 + 1.6 * random.fraction()))
        }
        let cells = places(sizes.map { $0 + 1 }).map { place in
            var atoms = [0]
            for (index, size) in zip(place, sizes) {
                let range = index < size ? index..<index + 1 : 0..<size
                atoms = atoms.flatMap { start in range.map { start * size + $0 } }
            }
            return SuppressionTable.Cell(
                id: place.map(String.init).joined(separator: "|"), atoms: atoms.map(Int32.init),
                value: atoms.reduce(0) { $0 + values[$1] })
        }
        return SuppressionTable(atomValues: values, cells: cells)
    }

    /// All places of a grid, the last index running fastest.
    private static func places(_ sizes: [Int]) -> [[Int]] {
        sizes.reduce([[]]) { places, size in places.flatMap { place in (0..<size).map { place + [$0] } } }
    }
}

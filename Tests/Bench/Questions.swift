import Cohorts
import CohortEngine
@_spi(Hospital) import Disclosure
import EventIndex
import Foundation

/// Answers definitions from an index and says what each cost.
struct Questions {
    let engine: CohortEngine
    let index: EventIndex

    init(index path: String) throws {
        index = try EventIndex.open(path, checksums: false)
        engine = CohortEngine(index: index)
    }

    /// One line of JSON: the count, the median and the least cost of several runs, in milliseconds of processor time and on
    /// the clock.
    func line(_ definition: String, breakdown: [BreakdownDimension], runs: Int) throws -> String {
        let bytes = try Data(contentsOf: URL(filePath: definition))
        let expression = try CohortExpression(parsing: Array(bytes))
        var cpu: [Double] = []
        var wall: [Double] = []
        var persons = 0
        var general = 0.0
        for run in 0..<runs + 1 {
            let before = Usage.now
            let evaluation = try engine.evaluate(expression, breakdown: breakdown)
            let used = Usage.now.since(before)
            persons = evaluation.persons.count.value
            // The first run reads the file.
            if run > 0 || runs == 1 {
                cpu.append(used.cpu * 1_000)
                wall.append(used.wall * 1_000)
            }
        }
        let own = Usage.ownMB ?? .nan
        let before = Usage.now
        let slow = try engine.evaluate(expression, breakdown: breakdown, isCancelled: { false }, mayTakeFastPath: false)
        general = Usage.now.since(before).cpu * 1_000
        guard slow.persons.count.value == persons else { throw BenchFailure("\(definition): the two ways differ") }
        let machine = try Machine(index: index).measure(try engine.selections(of: expression))
        let name = URL(filePath: definition).deletingPathExtension().lastPathComponent
        return #"{"question": "\#(name)", "persons": \#(persons), "cpu": \#(Self.median(cpu)), "wall": \#(Self.median(wall)), "#
            + #""general": \#(general), "postings": \#(machine.postings), "scatter": \#(machine.scatter), "ownMB": \#(own), "peakMB": \#(Usage.peakMB)}"#
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}

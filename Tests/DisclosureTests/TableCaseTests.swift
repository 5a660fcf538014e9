import CanonicalJSON
@_spi(Hospital) import Disclosure
import Testing

@Suite("Published table cases", .enabled(if: CaseFolder.root != nil, "the folder of cases does not stand beside the clone"))
struct TableCaseTests {
    struct Expectation: Sendable, CustomTestStringConvertible {
        let name: String
        let threshold: Int
        /// Secondary cells of the best published exact protection.
        let exact: Int
        var testDescription: String { name }
    }

    static let expectations: [Expectation] = [
        .init(name: "gauss_example1_maxn3", threshold: 4, exact: 2),
        .init(name: "gauss_linked_superconsistent", threshold: 3, exact: 7),
        .init(name: "gauss_z1", threshold: 4, exact: 3),
        .init(name: "gauss_z2_maxn4", threshold: 5, exact: 16),
        .init(name: "sdctable_4x4_before", threshold: 11, exact: 1),
        .init(name: "sdctable_linked_before", threshold: 4, exact: 1),
        .init(name: "sdctable_microdata1_opt", threshold: 3, exact: 3),
        .init(name: "sdctable_vignette168_opt", threshold: 11, exact: 23),
        .init(name: "tau_argus_pp_freq", threshold: 11, exact: 4),
        .init(name: "integer_gap_3d", threshold: 4, exact: 1000),
    ]

    @Test("probe", arguments: expectations)
    func probe(_ expectation: Expectation) throws {
        let given = try CaseFolder.load(expectation.name)
        let table = given.stating(threshold: expectation.threshold)
        let clock = ContinuousClock()
        for goal in TableProtection.Goal.allCases {
            var statuses: [CellStatus] = []
            let time = try clock.measure {
                statuses = try TableProtection(threshold: expectation.threshold, zero: .show, goal: goal).statuses(
                    of: table, seed: 42)
            }
            let secondary = statuses.indices.filter { statuses[$0] == .secondary }
            print(
                "PROBE", expectation.name, goal, "primary", statuses.count { $0 == .primary }, "secondary", secondary.count,
                secondary.reduce(0) { $0 + table.cells[$1].value }, "best", expectation.exact, time)
        }
    }
}

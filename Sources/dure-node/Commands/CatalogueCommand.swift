import ArgumentParser
import CanonicalJSON
import Disclosure
import Federation
import Foundation
import NodeAgent

/// `dure-node catalogue`: what the consortium would be told of the store as a whole.
struct CatalogueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catalogue",
        abstract: "Show the catalogue of the store as it would leave. Sends nothing.",
        discussion: """
            CDM version, vocabulary, observation, persons and records of each table, year and concept, the share of unmapped \
            records, and the data-quality checks: all of it in coarse bands, through the release gate, and nothing below the \
            threshold. It leaves only with `publish: true` under `catalogue` in policy.yaml, after a new load of the data, and not \
            more often than `every_days` says.

            With --output json: exactly the payload that would be signed, but for the time in it.
            """)

    @OptionGroup var options: NodeOptions

    @Option(name: .long, help: "table or json.")
    var output: OutputFormat = .table

    func run() async throws {
        Interrupt.listen()
        let policy = try Policy(file: options.policyFile)
        let office = CatalogueOffice(
            configuration: try NodeConfiguration(file: options.configurationFile), policy: policy,
            state: try StateDirectory(options.stateDirectory))
        let catalogue = try await office.preview(isCancelled: { Interrupt.wasAsked })
        Terminal.say(
            policy.catalogue.isPublished
                ? options.language("The policy lets it leave.", "정책상 공개됩니다.")
                : options.language("The policy does not let it leave.", "정책상 공개되지 않습니다."))
        switch output {
        case .json: Terminal.print(catalogue.json.text(indent: 2))
        case .table: print(catalogue)
        }
    }

    private func print(_ catalogue: Catalogue) {
        let provenance = catalogue.provenance
        Terminal.print(
            "\(catalogue.node)  \(provenance.dataRelease)  CDM \(provenance.cdmVersion)  \(provenance.vocabulary ?? "-")")
        for row in catalogue.amounts.rows {
            let key = row.key.joined(separator: " ")
            Terminal.print(
                "\(key)  \(row.persons.low)-\(row.persons.high) "
                    + options.language("persons", "명") + "  \(row.records.low)-\(row.records.high) "
                    + (row.key == ["observation"] ? options.language("years", "년") : options.language("records", "건")))
        }
        for table in catalogue.tables {
            guard let unmapped = table.unmapped else { continue }
            Terminal.print("\(table.name)  " + options.language("unmapped", "미매핑") + " \(unmapped.text)")
        }
        for state in Catalogue.Quality.State.allCases {
            let checks = catalogue.quality.filter { $0.state == state }
            Terminal.print("\(state.rawValue)  \(checks.count)")
        }
    }
}

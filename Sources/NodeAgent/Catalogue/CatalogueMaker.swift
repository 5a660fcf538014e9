@_spi(Hospital) import Disclosure
import EventIndex
import Federation

/// Makes the catalogue of an index: every amount in it goes through the gate.
struct CatalogueMaker: Sendable {
    let node: HospitalID
    let policy: Policy
    let secret: any StickyKey

    /// - Throws: `STORE` where the index is damaged, `QUESTION` where it was called off.
    func make(
        _ index: EventIndex, _ record: IndexRelease?, _ provenance: Provenance, at now: Timestamp,
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(NodeError) -> Catalogue {
        let counted = try CatalogueAmounts(
            index: index, hidden: sensitiveConcepts(index), most: policy.catalogue.concepts, least: policy.disclosure.threshold,
            isCancelled: isCancelled
        ).count()
        let report = try QualityReport(index, record, today: Int32(clamping: now.seconds / 86_400), isCancelled: isCancelled)
        let amounts: DisclosedCatalogue
        do throws(DisclosureError) {
            amounts = try ReleaseGate(rules: policy.disclosure, key: secret, patients: PatientKeys([])).catalogue(
                EvaluatedCatalogue(rows: counted.rows))
        } catch {
            throw NodeError(.integrity, "\(error.message).", advice: "\(error.advice).")
        }
        let told = Set(amounts.rows.filter { $0.key.count == 1 }.map { $0.key[0] })
        let tables = EventTable.allCases.filter { index.statistics($0).isPresent }.map { table in
            Catalogue.Table(
                name: table.rawValue, unmapped: told.contains(table.rawValue) ? Self.unmapped(table, index) : nil,
                isCut: counted.cut.contains(table))
        }
        return Catalogue(
            node: node, issued: now, provenance: provenance, policy: policy.hash, amounts: amounts,
            tables: tables.sorted { $0.name < $1.name }, quality: report.results.map { quality($0, told) })
    }

    /// Concepts of the policy's sensitive groups, with everything below them.
    private func sensitiveConcepts(_ index: EventIndex) -> Set<Int32> {
        var found: Set<Int32> = []
        for concept in policy.sensitive.flatMap(\.group.concepts).compactMap({ Int32(exactly: $0) }) {
            found.insert(concept)
            found.formUnion((try? index.descendants(of: concept)) ?? [])
        }
        return found
    }

    /// A share of fewer rows than this would tell about single ones.
    static let leastForShares = 1_000

    private static func unmapped(_ table: EventTable, _ index: EventIndex) -> Catalogue.Share? {
        let statistics = index.statistics(table)
        guard table.hasConcept, statistics.records >= leastForShares else { return nil }
        return Catalogue.Share(percent: Double(statistics.unmappedRecords) / Double(statistics.records) * 100)
    }

    /// A check's outcome; not how many rows there are, and nothing of tables of which nothing is shown.
    private func quality(_ result: QualityResult, _ told: Set<String>) -> Catalogue.Quality {
        let isKnown = result.table.map(told.contains) ?? true
        let isTold = result.check == TableThere.word || isKnown && (result.of ?? 0) >= Self.leastForShares
        return Catalogue.Quality(
            check: result.check, category: result.category.rawValue, table: result.table, threshold: result.threshold,
            state: isTold ? .init(result.state) : .notRun,
            failing: isTold && result.check != TableThere.word ? result.percent.map(Catalogue.Share.init(percent:)) : nil)
    }
}

extension Catalogue.Quality.State {
    init(_ state: QualityResult.State) {
        self =
            switch state {
            case .pass: .pass
            case .fail: .fail
            case .notRun: .notRun
            }
    }
}

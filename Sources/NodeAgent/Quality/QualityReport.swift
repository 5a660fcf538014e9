import CanonicalJSON
import EventIndex
import Federation

/// The data-quality checks of one index. Exact numbers of this hospital, which stay in it.
public struct QualityReport: Sendable {
    /// The results, by category, check and table.
    public var results: [QualityResult]
    /// The index's number; nil where it is not one of the node's own.
    public var number: Int?

    static let checks: [any QualityCheck] = [
        TableThere(), KnownPerson(), RequiredFields(), UniqueKey(), KnownConcept(), StandardConcept(), OwnDomain(),
        PersonCompleteness(), ObservedPersons(), PersonRow(), MappedRows(), VisitEnd(), MeasurementUnit(), KnownSex(),
        StartBeforeEnd(), AfterBirth(), BeforeDeath(), WithinObservation(), PlausibleYear(), PeriodsApart(), BirthYear(),
    ]

    /// Makes every check on the index that the node answers from.
    /// - Throws: `STORE` where there is none or it is damaged.
    public static func make(
        _ configuration: NodeConfiguration, state: StateDirectory, clock: NodeClock = .system,
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(NodeError) -> QualityReport {
        let path = state.index(of: configuration.source.id)
        let index: EventIndex
        do throws(EventIndexError) { index = try EventIndex.open(path, checksums: false) } catch { throw NodeError(error) }
        return try QualityReport(
            index, IndexRelease.read(besideIndex: path), today: Int32(clamping: clock.now() / 86_400), isCancelled: isCancelled)
    }

    init(
        _ index: EventIndex, _ record: IndexRelease?, today: Int32, isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(NodeError) {
        let facts = try QualityScan(index: index, record: record, today: today, isCancelled: isCancelled).facts()
        results = Self.checks.flatMap { check in
            guard let tables = check.tables else { return [QualityResult(check, nil, check.count(facts, nil))] }
            return tables.map { QualityResult(check, $0, check.count(facts, $0)) }
        }
        number = record?.number
    }

    /// How many ended how, by category.
    public func count(_ category: QualityCategory, _ state: QualityResult.State) -> Int {
        results.filter { $0.category == category && $0.state == state }.count
    }
}

extension QualityReport: JSONEncodable {
    /// `dure.quality/1`
    public var json: JSONValue {
        var object: JSONObject = ["schema": "dure.quality/1", "results": .array(results.map(\.json))]
        if let number { object["index"] = .int(number) }
        return .object(object)
    }
}

extension QualityResult: JSONEncodable {
    /// `{"check": …, "category": …, "table": …, "thresholdPercent": …, "state": …, "failing": …, "of": …, "reason": …}`
    public var json: JSONValue {
        var object: JSONObject = [
            "check": .string(check), "category": .string(category.rawValue), "thresholdPercent": .double(threshold),
            "state": .string(state.rawValue),
        ]
        if let table { object["table"] = .string(table) }
        if let failing, let of {
            object["failing"] = .int(failing)
            object["of"] = .int(of)
        }
        if let reason { object["reason"] = .string(reason) }
        return .object(object)
    }
}

// A test may fail at once: a missing value here is a mistake in the test.
// swift-format-ignore-file: NeverForceUnwrap

import OMOPStore

/// Small stores full of awkward data: NULLs, ties, orphans, touching intervals, dates at the edges of observation periods,
/// invalid and missing concepts, visits of other persons.
struct RandomStore {
    /// Concepts that events carry. Roots 1, 11, 21 have the rest of their ten below them.
    static let concepts = Array(1...30)
    /// Source concepts; they map to `concept - 100`.
    static let sources = Array(101...130)
    static let genders = [8507, 8532, 0]
    static let small = [1, 2, 3, 11, 12, 21, 0]
    static let types = [32_817, 32_827, 32_838]

    private var random: SeededRandom
    private var store = SmallStore()
    private var visits: [(id: Int, person: Int)] = []
    private var days: [Int] = []

    /// What events are drawn from: the concepts of one or more definitions, so that these find something.
    struct Pool {
        /// Concepts by table.
        var concepts: [CDMTable: [Int]] = [:]
        /// Source concepts beside the usual ones.
        var sources: [Int] = []
        /// Values, units, types and other attributes beside the usual ones.
        var attributes: [Int] = []

        /// Every concept that is named.
        var all: Set<Int> { Set(concepts.values.joined()).union(sources).union(attributes) }
    }

    private let pool: Pool

    /// A store that depends on its seed and pool alone.
    static func make(seed: Int, persons: Int = 40, pool: Pool = Pool()) -> SmallStore {
        var maker = RandomStore(random: SeededRandom(seed), pool: pool)
        maker.vocabulary()
        maker.vocabularyOfPool()
        maker.places()
        for person in 1...persons { maker.person(person * 7) }
        return maker.store
    }

    private init(random: SeededRandom, pool: Pool) {
        self.random = random
        self.pool = pool
    }

    // MARK: Vocabulary

    private mutating func vocabulary() {
        for concept in Self.concepts {
            // Concept 9 hangs in the hierarchy but has no CONCEPT row; 8 and 18 are no longer valid.
            let root = (concept - 1) / 10 * 10 + 1
            let parent = concept == root ? [] : (concept % 10 > 5 ? [root, root + 1] : [root])
            if concept == 9 {
                store.descent(9, of: root)
            } else {
                store.concept(concept, under: parent.filter { $0 != concept }, invalid: concept % 10 == 8 && concept < 20)
            }
        }
        for source in Self.sources where source != 107 {
            store.concept(source, standard: false)
            store.mapping(source, to: source - 100, invalid: source % 7 == 0)
        }
        // A root that is absent from CONCEPT although its descendants are there.
        store.descent(2, of: 999)
        store.descent(12, of: 999)
        for concept in [8507, 8532, 9201, 9202, 32_817, 32_827, 4_155_142, 4_155_143] { store.concept(concept) }
    }

    /// Each concept of the pool, valid nine times in ten, with one descendant of its own.
    private mutating func vocabularyOfPool() {
        let known = Set(store.rows(.concept).compactMap { $0.int("concept_id") })
        for concept in pool.all.subtracting(known).sorted() {
            if !random.chance(5) { store.concept(concept, invalid: random.chance(10)) }
            let child = 1_500_000_000 + concept % 400_000_000
            if !known.contains(child) { store.concept(child, under: [concept], invalid: random.chance(10)) }
        }
        for source in pool.sources { store.mapping(source, to: random.pick(Self.concepts)) }
    }

    private mutating func places() {
        for id in 1...3 {
            store.add(.careSite, ["care_site_id": .int(id), "place_of_service_concept_id": random.cell(Self.small, null: 30)])
            store.add(.provider, ["provider_id": .int(id), "specialty_concept_id": random.cell(Self.small, null: 30)])
        }
    }

    // MARK: Persons

    private mutating func person(_ id: Int) {
        if !random.chance(10) {
            store.add(
                .person,
                [
                    "person_id": .int(id), "year_of_birth": random.chance(5) ? .null : .int(random.int(1940...2018)),
                    "gender_concept_id": random.cell(Self.genders, null: 3), "race_concept_id": attribute(Self.small),
                    "ethnicity_concept_id": attribute(Self.small),
                ])
        }
        let periods = observation(id)
        // Days that events fall on: a handful, so that they tie, with the edges of the periods and the days beside them.
        days = periods.flatMap { [$0.0, $0.0 - 1, $0.1, $0.1 + 1, ($0.0 + $0.1) / 2] }
        for _ in 0..<6 { days.append(random.int(17_500...18_900)) }
        visits = []
        for _ in 0..<random.int(0...4) { visit(id) }
        for _ in 0..<random.int(0...8) { condition(id) }
        for _ in 0..<random.int(0...8) { drug(id) }
        for _ in 0..<random.int(0...5) { measurement(id) }
        for _ in 0..<random.int(0...4) { observation(of: id) }
        for _ in 0..<random.int(0...4) { procedure(id) }
        for _ in 0..<random.int(0...3) { device(id) }
        for _ in 0..<random.int(0...3) { visitDetail(id) }
        for _ in 0..<random.int(0...2) { specimen(id) }
        for _ in 0..<random.int(0...3) { eras(id) }
        for _ in 0..<random.int(0...2) { payer(id) }
        for _ in 0..<random.int(0...2) { episode(id) }
        if random.chance(25) { death(id) }
    }

    private mutating func observation(_ person: Int) -> [(Int, Int)] {
        guard !random.chance(5) else { return [] }
        var periods: [(Int, Int)] = []
        var start = random.int(17_500...18_000)
        for _ in 0..<random.pick([1, 1, 2, 3]) {
            let end = start + random.pick([0, 30, 200, 400, 800])
            periods.append((start, end))
            store.add(
                .observationPeriod,
                [
                    "person_id": .int(person), "observation_period_start_date": .day(start),
                    "observation_period_end_date": .day(end), "period_type_concept_id": .int(random.pick(Self.types)),
                ])
            start = end + random.pick([1, 2, 60])
        }
        return periods
    }

    // MARK: Events

    private mutating func day() -> Int { random.pick(days) + (random.chance(30) ? random.int(-3...3) : 0) }

    private mutating func end(_ start: Int, null percent: Int) -> Cell {
        random.chance(percent) ? .null : .day(start + random.pick([0, 0, 1, 2, 5, 30, 90]))
    }

    /// The datetime beside a date, often unknown.
    private mutating func moment(_ day: Int) -> Cell { random.chance(40) ? .null : .minute(day * 1440 + random.int(0...1439)) }

    /// A concept for a table: mostly of the pool or one below it, where there is a pool.
    private mutating func concept(_ table: CDMTable) -> Cell {
        if let own = pool.concepts[table], !own.isEmpty, random.chance(85) {
            let concept = random.pick(own)
            return .int(random.chance(30) ? 1_500_000_000 + concept % 400_000_000 : concept)
        }
        return random.cell(Self.concepts + [9, 0], null: 3)
    }
    private mutating func source() -> Cell { random.cell(Self.sources + [0] + pool.sources, null: 20) }
    private mutating func attribute(_ usual: [Int]) -> Cell {
        if !pool.attributes.isEmpty, random.chance(70) { return .int(random.pick(pool.attributes)) }
        return random.cell(usual)
    }
    private mutating func number() -> Cell { random.chance(20) ? .null : .double(Double(random.int(0...40)) / 4) }
    private mutating func text() -> Cell {
        random.chance(20) ? .null : .text(random.pick(["abc", "Abc", "a_c", "xbcx", "50%", "5"]))
    }

    /// A visit of the person, of somebody else, one that does not exist, or none.
    private mutating func visitOccurrence() -> Cell {
        switch random.int(0...9) {
        case 0: .null
        case 1: .int(99_999_999)
        case 2:
            store.rows(.visitOccurrence).isEmpty
                ? .null : .int(random.pick(store.rows(.visitOccurrence)).int("visit_occurrence_id")!)
        default: visits.isEmpty ? .null : .int(random.pick(visits).id)
        }
    }

    /// What the tables of single records share.
    private mutating func record(_ person: Int) -> Row {
        [
            "person_id": .int(person), "visit_occurrence_id": visitOccurrence(),
            "provider_id": random.cell([1, 2, 3, 77], null: 30),
        ]
    }

    private mutating func visit(_ person: Int) {
        let start = day()
        let row: Row = [
            "person_id": .int(person),
            "visit_concept_id": .int(random.pick([9201, 9202, 1, 2, 11] + pool.concepts[.visitOccurrence, default: []])),
            "visit_start_date": .day(start), "visit_start_datetime": moment(start), "visit_end_date": end(start, null: 15),
            "visit_type_concept_id": .int(random.pick(Self.types)), "visit_source_concept_id": source(),
            "provider_id": random.cell([1, 2, 3, 77], null: 30), "care_site_id": random.cell([1, 2, 3, 77], null: 30),
        ]
        store.add(.visitOccurrence, row)
        visits.append((store.rows(.visitOccurrence).last!.int("visit_occurrence_id")!, person))
    }

    private mutating func visitDetail(_ person: Int) {
        let start = day()
        var row = record(person)
        row["visit_detail_concept_id"] = concept(.visitDetail)
        row["visit_detail_start_date"] = .day(start)
        row["visit_detail_end_date"] = end(start, null: 15)
        row["visit_detail_type_concept_id"] = .int(random.pick(Self.types))
        row["visit_detail_source_concept_id"] = source()
        row["care_site_id"] = random.cell([1, 2, 3, 77], null: 30)
        store.add(.visitDetail, row)
    }

    private mutating func condition(_ person: Int) {
        let start = day()
        var row = record(person)
        row["condition_concept_id"] = concept(.conditionOccurrence)
        row["condition_start_date"] = .day(start)
        row["condition_start_datetime"] = moment(start)
        row["condition_end_date"] = end(start, null: 30)
        row["condition_type_concept_id"] = .int(random.pick(Self.types))
        row["condition_source_concept_id"] = source()
        row["condition_status_concept_id"] = attribute(Self.small)
        row["stop_reason"] = text()
        store.add(.conditionOccurrence, row)
    }

    private mutating func drug(_ person: Int) {
        let start = day()
        var row = record(person)
        row["drug_concept_id"] = concept(.drugExposure)
        row["drug_exposure_start_date"] = .day(start)
        row["drug_exposure_start_datetime"] = moment(start)
        row["drug_exposure_end_date"] = end(start, null: 50)
        row["days_supply"] = random.cell([0, 1, 7, 30, 90], null: 40)
        row["refills"] = random.cell([0, 1, 2])
        row["quantity"] = number()
        row["drug_type_concept_id"] = .int(random.pick(Self.types))
        row["drug_source_concept_id"] = source()
        row["route_concept_id"] = attribute(Self.small)
        row["stop_reason"] = text()
        row["lot_number"] = text()
        store.add(.drugExposure, row)
    }

    private mutating func measurement(_ person: Int) {
        let day = day()
        var row = record(person)
        row["measurement_concept_id"] = concept(.measurement)
        row["measurement_date"] = .day(day)
        row["measurement_datetime"] = moment(day)
        row["measurement_type_concept_id"] = .int(random.pick(Self.types))
        row["measurement_source_concept_id"] = source()
        row["operator_concept_id"] = attribute(Self.small)
        row["value_as_number"] = number()
        row["value_as_concept_id"] = attribute(Self.small + [4_155_142, 4_155_143])
        row["unit_concept_id"] = attribute(Self.small)
        row["range_low"] = random.chance(10) ? .double(0) : number()
        row["range_high"] = number()
        store.add(.measurement, row)
    }

    private mutating func observation(of person: Int) {
        let day = day()
        var row = record(person)
        row["observation_concept_id"] = concept(.observation)
        row["observation_date"] = .day(day)
        row["observation_datetime"] = moment(day)
        row["observation_type_concept_id"] = .int(random.pick(Self.types))
        row["observation_source_concept_id"] = source()
        row["value_as_number"] = number()
        row["value_as_string"] = text()
        row["value_as_concept_id"] = attribute(Self.small)
        row["qualifier_concept_id"] = attribute(Self.small)
        row["unit_concept_id"] = attribute(Self.small)
        store.add(.observation, row)
    }

    private mutating func procedure(_ person: Int) {
        let day = day()
        var row = record(person)
        row["procedure_concept_id"] = concept(.procedureOccurrence)
        row["procedure_date"] = .day(day)
        row["procedure_datetime"] = moment(day)
        row["procedure_type_concept_id"] = .int(random.pick(Self.types))
        row["procedure_source_concept_id"] = source()
        row["modifier_concept_id"] = attribute(Self.small)
        row["quantity"] = random.cell([0, 1, 2, 5])
        store.add(.procedureOccurrence, row)
    }

    private mutating func device(_ person: Int) {
        let start = day()
        var row = record(person)
        row["device_concept_id"] = concept(.deviceExposure)
        row["device_exposure_start_date"] = .day(start)
        row["device_exposure_end_date"] = end(start, null: 40)
        row["device_type_concept_id"] = .int(random.pick(Self.types))
        row["device_source_concept_id"] = source()
        row["unique_device_id"] = text()
        row["quantity"] = random.cell([0, 1, 2, 5])
        store.add(.deviceExposure, row)
    }

    private mutating func specimen(_ person: Int) {
        store.add(
            .specimen,
            [
                "person_id": .int(person), "specimen_concept_id": concept(.specimen), "specimen_date": .day(day()),
                "specimen_type_concept_id": .int(random.pick(Self.types)), "quantity": number(),
                "unit_concept_id": attribute(Self.small), "anatomic_site_concept_id": attribute(Self.small),
                "disease_status_concept_id": attribute(Self.small), "specimen_source_id": text(),
            ])
    }

    private mutating func eras(_ person: Int) {
        let start = day()
        let end: Cell = .day(start + random.pick([0, 1, 10, 60]))
        store.add(
            .conditionEra,
            [
                "person_id": .int(person), "condition_concept_id": concept(.conditionEra),
                "condition_era_start_date": .day(start),
                "condition_era_end_date": end, "condition_occurrence_count": random.cell([1, 2, 3]),
            ])
        store.add(
            .drugEra,
            [
                "person_id": .int(person), "drug_concept_id": concept(.drugEra), "drug_era_start_date": .day(start),
                "drug_era_end_date": end, "drug_exposure_count": random.cell([1, 2, 3]), "gap_days": random.cell([0, 5, 30]),
            ])
        store.add(
            .doseEra,
            [
                "person_id": .int(person), "drug_concept_id": concept(.drugEra), "dose_era_start_date": .day(start),
                "dose_era_end_date": end, "unit_concept_id": attribute(Self.small), "dose_value": number(),
            ])
    }

    private mutating func payer(_ person: Int) {
        let start = day()
        var row: Row = [
            "person_id": .int(person), "payer_plan_period_start_date": .day(start),
            "payer_plan_period_end_date": .day(start + random.pick([0, 30, 300])),
        ]
        for name in ["payer", "plan", "sponsor", "stop_reason"] {
            row["\(name)_concept_id"] = attribute(Self.small)
            row["\(name)_source_concept_id"] = source()
        }
        store.add(.payerPlanPeriod, row)
    }

    private mutating func episode(_ person: Int) {
        let start = day()
        store.add(
            .episode,
            [
                "person_id": .int(person), "episode_concept_id": concept(.episode), "episode_start_date": .day(start),
                "episode_end_date": end(start, null: 20), "episode_number": random.cell([1, 2, 3]),
                "episode_object_concept_id": attribute(Self.small), "episode_type_concept_id": .int(random.pick(Self.types)),
                "episode_source_concept_id": source(),
            ])
    }

    private mutating func death(_ person: Int) {
        let day = day()
        store.add(
            .death,
            [
                "person_id": .int(person), "death_date": .day(day), "death_datetime": moment(day),
                "death_type_concept_id": random.cell(Self.types), "cause_concept_id": concept(.death),
                "cause_source_concept_id": source(),
            ])
    }
}

/// Everything that one synthetic person's hospital wrote down: what the scripts fill and the writer writes.
///
/// Days are days since 1970-01-01 and moments are minutes since then; `SyntheticCalendar.never` is a missing end.
/// A `visit` is an index into `visits`, or `PatientRecord.noVisit`.
struct PatientRecord: Sendable {
    static let noVisit: Int32 = -1

    struct Person: Sendable {
        var gender: Int32 = SampleConcept.female
        var birth: Int32 = 0
        /// Whether month and day of birth are known.
        var knowsBirthDay = true
    }

    struct Span: Sendable, Hashable {
        var start: Int32
        var end: Int32
    }

    struct Visit: Sendable {
        var concept: Int32
        var start: Int32
        var end: Int32
    }

    struct Stay: Sendable {
        var concept: Int32
        var start: Int32
        var end: Int32
        var visit: Int32
    }

    struct Condition: Sendable {
        var concept: Int32
        var start: Int32
        var end: Int32
        var visit: Int32
        var isMapped = true
    }

    struct Drug: Sendable {
        var concept: Int32
        var start: Int32
        var end: Int32
        var daysSupply: Int32
        var visit: Int32
        var isMapped = true
    }

    struct Procedure: Sendable {
        var concept: Int32
        var start: Int32
        var visit: Int32
        var isMapped = true
    }

    struct Device: Sendable {
        var concept: Int32
        var start: Int32
        var end: Int32
        var visit: Int32
    }

    struct Measurement: Sendable {
        var concept: Int32
        var start: Int32
        var value: Double?
        var valueConcept: Int32 = 0
        /// 0: the unit is not known.
        var unit: Int32 = 0
        var low: Double?
        var high: Double?
        var visit: Int32
        var isMapped = true
    }

    struct Observation: Sendable {
        var concept: Int32
        var start: Int32
        var value: Double?
        var valueConcept: Int32 = 0
        var visit: Int32
        var isMapped = true
    }

    struct Specimen: Sendable {
        var concept: Int32
        var start: Int32
    }

    struct Death: Sendable {
        var start: Int32
        var cause: Int32
    }

    struct Era: Sendable {
        var concept: Int32
        var start: Int32
        var end: Int32
        var count: Int32
        var gapDays: Int32
    }

    var person = Person()
    var periods: [Span] = []
    var visits: [Visit] = []
    var stays: [Stay] = []
    var conditions: [Condition] = []
    var drugs: [Drug] = []
    var procedures: [Procedure] = []
    var devices: [Device] = []
    var measurements: [Measurement] = []
    var observations: [Observation] = []
    var specimens: [Specimen] = []
    var death: Death?

    /// Forgets the person but keeps the memory.
    mutating func clear() {
        person = Person()
        periods.removeAll(keepingCapacity: true)
        visits.removeAll(keepingCapacity: true)
        stays.removeAll(keepingCapacity: true)
        conditions.removeAll(keepingCapacity: true)
        drugs.removeAll(keepingCapacity: true)
        procedures.removeAll(keepingCapacity: true)
        devices.removeAll(keepingCapacity: true)
        measurements.removeAll(keepingCapacity: true)
        observations.removeAll(keepingCapacity: true)
        specimens.removeAll(keepingCapacity: true)
        death = nil
    }

    /// Calendar years of age on a day, as Circe counts them: the years' difference, month and day ignored.
    func age(on day: Int32) -> Int {
        SyntheticCalendar.year(day) - SyntheticCalendar.year(person.birth)
    }

    /// Ends the person's last period, and so the record, with death on `day`.
    mutating func die(on day: Int32, of cause: Int32) {
        death = Death(start: SyntheticCalendar.minute(day, 11, 20), cause: cause)
        if let last = periods.indices.last { periods[last].end = day }
    }
}

extension PatientRecord {
    /// Adds a visit and says which one it is. An `end` of `never` is a visit that has not ended.
    mutating func visit(_ concept: Int32, from start: Int32, to end: Int32) -> Int32 {
        visits.append(Visit(concept: concept, start: start, end: end))
        return Int32(visits.count - 1)
    }

    /// Adds an outpatient visit of half an hour on `day`.
    mutating func clinic(_ day: Int32, hour: Int = 10) -> Int32 {
        let start = SyntheticCalendar.minute(day, hour)
        return visit(SampleConcept.outpatient, from: start, to: start + 30)
    }

    /// Adds a diagnosis on `day`; without `lasting` its end is missing.
    mutating func diagnose(_ concept: Int32, on day: Int32, lasting days: Int32? = nil, visit: Int32 = noVisit) {
        let start = SyntheticCalendar.minute(day, 10, 10)
        conditions.append(
            Condition(concept: concept, start: start, end: days.map { day + $0 } ?? SyntheticCalendar.never, visit: visit))
    }

    /// Adds a prescription of `days` days on `day`. Its end is the last day of intake (start + days - 1).
    mutating func prescribe(_ concept: Int32, on day: Int32, days: Int32, endIsKnown: Bool = true, visit: Int32 = noVisit) {
        drugs.append(
            Drug(
                concept: concept, start: SyntheticCalendar.minute(day, 10, 20),
                end: endIsKnown ? day + days - 1 : SyntheticCalendar.never, daysSupply: days, visit: visit))
    }

    /// Adds a measured number on `day`.
    mutating func measure(_ concept: Int32, on day: Int32, _ value: Double, unit: Int32, visit: Int32 = noVisit) {
        measurements.append(
            Measurement(concept: concept, start: SyntheticCalendar.minute(day, 10, 5), value: value, unit: unit, visit: visit))
    }
}

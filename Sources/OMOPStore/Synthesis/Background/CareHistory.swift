/// The care that nobody planned: visits through the seasons, with what is found, given and measured at them.
///
/// It never writes what a workload's cohort is recognised by (`Planting/`), so that a planted number stays exact: no
/// cancer, no type 2 diabetes, no heart failure, no cardiac arrest, no disease of prematurity, no storage disease.
struct CareHistory: Sendable {
    /// How much of it a person gets.
    enum Extent: Sendable {
        /// Everything.
        case full
        /// For planted persons: clinic visits with generated conditions, drugs and tests, which no question names.
        case quiet
        /// Nothing: the person's script says it all.
        case none
    }

    let hospital: SyntheticHospital
    /// Clinical events (conditions, drugs, procedures, devices, measurements, observations, specimens) a person, about.
    let eventsPerPerson: Double
    private let acute = AcuteTable()
    private let intensive: IntensiveCare
    private let newborns: NewbornCare

    init(hospital: SyntheticHospital, eventsPerPerson: Double) {
        self.hospital = hospital
        self.eventsPerPerson = eventsPerPerson
        intensive = IntensiveCare(hospital: hospital)
        newborns = NewbornCare(hospital: hospital)
    }

    /// Adds the care of one person, whose demographics and periods are known.
    func write(_ record: inout PatientRecord, extent: Extent, _ dice: inout SyntheticRandom) {
        guard extent != .none, !record.periods.isEmpty else { return }
        // A few use most of the care: the square of a uniform number, times three, has mean one.
        let draw = dice.fraction()
        let visits = dice.times(eventsPerPerson * 0.195 * 3 * draw * draw)
        switch extent {
        case .full: writeFull(&record, visits: max(1, visits), &dice)
        case .quiet: writeQuiet(&record, visits: min(visits, 12), &dice)
        case .none: break
        }
    }
}

extension CareHistory {
    private func writeQuiet(_ record: inout PatientRecord, visits: Int, _ dice: inout SyntheticRandom) {
        for _ in 0..<visits {
            let day = self.day(in: record, &dice)
            let visit = record.clinic(day, hour: dice.between(8, 16))
            record.diagnose(GeneratedTree.conditions.pick(&dice), on: day, lasting: 7, visit: visit)
            record.prescribe(GeneratedTree.drugs.pick(&dice), on: day, days: 7, visit: visit)
            record.measure(GeneratedTree.measurements.pick(&dice), on: day, Double(dice.between(1, 100)), unit: 0, visit: visit)
        }
    }

    private func writeFull(_ record: inout PatientRecord, visits: Int, _ dice: inout SyntheticRandom) {
        if record.person.birth == record.periods.first?.start { newborns.write(&record, &dice) }
        let chronic = chronicConditions(of: record, &dice)
        for _ in 0..<visits {
            let day = self.day(in: record, &dice)
            let kind = dice.fraction()
            if kind < 0.87 {
                outpatient(&record, on: day, chronic, &dice)
            } else if kind < 0.945 {
                emergency(&record, on: day, &dice)
            } else {
                admission(&record, on: day, chronic, &dice)
            }
        }
        if dice.chance(0.06) { strayEvent(&record, &dice) }
        let age = record.age(on: record.periods[record.periods.count - 1].end)
        if dice.chance(age > 60 ? 0.08 : 0.004), let last = record.periods.last {
            record.die(on: last.end, of: dice.chance(0.6) ? SampleConcept.respiratoryFailure : 0)
        }
    }

    /// A day in one of the periods, each in proportion to its length.
    private func day(in record: borrowing PatientRecord, _ dice: inout SyntheticRandom) -> Int32 {
        var days = 0
        for period in record.periods { days += Int(period.end - period.start) + 1 }
        var draw = dice.below(days)
        for period in record.periods {
            let length = Int(period.end - period.start) + 1
            if draw < length { return period.start + Int32(draw) }
            draw -= length
        }
        return record.periods[0].start
    }

    private func chronicConditions(of record: borrowing PatientRecord, _ dice: inout SyntheticRandom) -> [ChronicHabit] {
        let age = record.age(on: record.periods[0].start)
        guard age >= 16 else { return [] }
        return ChronicHabit.all.filter { dice.chance($0.share(atAge: age)) }
    }

    private func isMapped(_ dice: inout SyntheticRandom) -> Bool { !dice.chance(hospital.unmappedShare) }

    private func outpatient(
        _ record: inout PatientRecord, on day: Int32, _ chronic: [ChronicHabit], _ dice: inout SyntheticRandom
    ) {
        let start = SyntheticCalendar.minute(day, dice.between(8, 16), dice.below(60))
        let visit = record.visit(SampleConcept.outpatient, from: start, to: start + 30)
        if !chronic.isEmpty, dice.chance(0.6) {
            let habit = dice.pick(chronic)
            add(habit.condition, at: start + 5, lasting: nil, visit, to: &record, &dice)
            prescribe(habit.drug, at: start + 10, days: Int32(30 * dice.between(1, 3)), visit, to: &record, &dice)
        } else {
            let month = SyntheticCalendar.date(day).month
            let habit = acute.pick(age: record.age(on: day), month: month, &dice)
            add(habit.condition, at: start + 5, lasting: Int32(dice.between(3, 14)), visit, to: &record, &dice)
            prescribe(habit.drug, at: start + 10, days: Int32(dice.between(3, 10)), visit, to: &record, &dice)
        }
        if dice.chance(0.4) {
            add(GeneratedTree.conditions.pick(&dice), at: start + 6, lasting: 10, visit, to: &record, &dice)
        }
        if dice.chance(0.4) { prescribe(GeneratedTree.drugs.pick(&dice), at: start + 11, days: 14, visit, to: &record, &dice) }
        if dice.chance(0.45) { measure(dice.between(2, 5), from: start + 8, visit, &record, &dice) }
        if dice.chance(0.2) { perform(at: start + 15, visit, &record, &dice) }
        if dice.chance(0.12) { observe(at: start + 3, visit, &record, &dice) }
    }

    private func emergency(_ record: inout PatientRecord, on day: Int32, _ dice: inout SyntheticRandom) {
        let start = SyntheticCalendar.minute(day, dice.below(22), dice.below(60))
        let visit = record.visit(SampleConcept.emergency, from: start, to: start + Int32(dice.between(60, 600)))
        let habit = acute.pick(age: record.age(on: day), month: SyntheticCalendar.date(day).month, &dice)
        add(habit.condition, at: start + 20, lasting: 3, visit, to: &record, &dice)
        prescribe(habit.drug, at: start + 40, days: 3, visit, to: &record, &dice)
        intensive.vitalSigns(&record, at: start + 10, visit: visit, &dice)
    }

    private func admission(
        _ record: inout PatientRecord, on day: Int32, _ chronic: [ChronicHabit], _ dice: inout SyntheticRandom
    ) {
        let start = SyntheticCalendar.minute(day, dice.between(7, 20), dice.below(60))
        let length = Int32(dice.between(1, 4) * dice.between(1, 4))
        let isLast = day + length > hospital.dataUntil
        let concept = dice.chance(0.3) ? SampleConcept.emergencyThenInpatient : SampleConcept.inpatient
        let end = isLast ? SyntheticCalendar.never : start + length * 1_440
        let visit = record.visit(concept, from: start, to: end)
        for _ in 0..<dice.between(2, 4) {
            add(
                GeneratedTree.conditions.pick(&dice), at: start + 30, lasting: dice.chance(0.3) ? nil : length, visit,
                to: &record, &dice)
        }
        if let habit = chronic.first { add(habit.condition, at: start + 31, lasting: nil, visit, to: &record, &dice) }
        let severe = [
            SampleConcept.pneumonia, SampleConcept.sepsis, SampleConcept.respiratoryFailure, SampleConcept.acuteKidneyInjury,
            SampleConcept.cerebralInfarction, SampleConcept.acuteMyocardialInfarction,
        ]
        if record.age(on: day) >= 18, dice.chance(0.4) {
            add(dice.pick(severe), at: start + 25, lasting: length, visit, to: &record, &dice)
        }
        for offset in 0..<dice.between(3, 6) {
            let drug = GeneratedTree.drugs.pick(&dice)
            prescribe(drug, at: start + 60 + Int32(offset), days: max(1, length), visit, to: &record, &dice)
        }
        measure(dice.between(5, 12), from: start + 45, visit, &record, &dice)
        perform(at: start + 180, visit, &record, &dice)
        if dice.chance(0.25) {
            let device = dice.chance(0.5) ? SampleConcept.infusionPump : GeneratedTree.devices.pick(&dice)
            let lasts = dice.chance(0.5) ? day + length : SyntheticCalendar.never
            record.devices.append(PatientRecord.Device(concept: device, start: start + 90, end: lasts, visit: visit))
        }
        if dice.chance(0.3) {
            record.specimens.append(PatientRecord.Specimen(concept: SampleConcept.bloodSpecimen, start: start + 50))
        }
        if dice.chance(0.1) { intensive.write(&record, visit: visit, from: start + 120, &dice) }
    }

    /// An event outside every period, as real stores have them; Circe does not see it.
    private func strayEvent(_ record: inout PatientRecord, _ dice: inout SyntheticRandom) {
        let day = record.periods[0].start - Int32(dice.between(10, 300))
        guard day > record.person.birth else { return }
        record.diagnose(GeneratedTree.conditions.pick(&dice), on: day)
    }

    private func add(
        _ concept: Int32, at start: Int32, lasting days: Int32?, _ visit: Int32, to record: inout PatientRecord,
        _ dice: inout SyntheticRandom
    ) {
        let end = days.map { SyntheticCalendar.day(ofMinute: start) + $0 } ?? SyntheticCalendar.never
        record.conditions.append(
            PatientRecord.Condition(concept: concept, start: start, end: end, visit: visit, isMapped: isMapped(&dice)))
    }

    private func prescribe(
        _ concept: Int32, at start: Int32, days: Int32, _ visit: Int32, to record: inout PatientRecord,
        _ dice: inout SyntheticRandom
    ) {
        let knowsEnd = !dice.chance(0.08)
        let end = knowsEnd ? SyntheticCalendar.day(ofMinute: start) + days - 1 : SyntheticCalendar.never
        record.drugs.append(
            PatientRecord.Drug(
                concept: concept, start: start, end: end, daysSupply: knowsEnd || dice.chance(0.5) ? days : 0, visit: visit,
                isMapped: isMapped(&dice)))
    }

    private func measure(
        _ count: Int, from start: Int32, _ visit: Int32, _ record: inout PatientRecord, _ dice: inout SyntheticRandom
    ) {
        for offset in 0..<count {
            let moment = start + Int32(offset)
            if dice.chance(0.55) {
                let test = dice.pick(LaboratoryTest.routine)
                record.measurements.append(
                    PatientRecord.Measurement(
                        concept: test.concept, start: moment, value: test.value(&dice), unit: test.unit, low: test.normal.low,
                        high: test.normal.high, visit: visit, isMapped: isMapped(&dice)))
            } else if dice.chance(0.25) {
                let answer = dice.chance(0.3) ? SampleConcept.positive : SampleConcept.negative
                record.measurements.append(
                    PatientRecord.Measurement(
                        concept: GeneratedTree.measurements.pick(&dice), start: moment, valueConcept: answer, visit: visit,
                        isMapped: isMapped(&dice)))
            } else {
                record.measurements.append(
                    PatientRecord.Measurement(
                        concept: GeneratedTree.measurements.pick(&dice), start: moment, value: Double(dice.between(1, 500)) / 10,
                        unit: SampleConcept.milligramPerDecilitre, visit: visit, isMapped: isMapped(&dice)))
            }
        }
    }

    private func perform(at start: Int32, _ visit: Int32, _ record: inout PatientRecord, _ dice: inout SyntheticRandom) {
        let named = [
            SampleConcept.chestImaging, SampleConcept.endoscopy, SampleConcept.bypassSurgery, SampleConcept.kidneyDialysis,
        ]
        let concept = dice.chance(0.3) ? named[min(dice.below(4), dice.below(4))] : GeneratedTree.procedures.pick(&dice)
        record.procedures.append(
            PatientRecord.Procedure(concept: concept, start: start, visit: visit, isMapped: isMapped(&dice)))
    }

    private func observe(at start: Int32, _ visit: Int32, _ record: inout PatientRecord, _ dice: inout SyntheticRandom) {
        let concept = dice.chance(0.3) ? SampleConcept.smoking : GeneratedTree.observations.pick(&dice)
        record.observations.append(
            PatientRecord.Observation(
                concept: concept, start: start, value: Double(dice.between(0, 9)), visit: visit, isMapped: isMapped(&dice)))
    }
}

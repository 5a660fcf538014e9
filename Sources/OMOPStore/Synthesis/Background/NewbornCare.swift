/// The birth of a healthy child: the admission, the weight in the hospital's own unit, the length of pregnancy.
struct NewbornCare: Sendable {
    let hospital: SyntheticHospital

    /// Adds a birth on the first day of the record.
    func write(_ record: inout PatientRecord, _ dice: inout SyntheticRandom) {
        let day = record.person.birth
        let start = SyntheticCalendar.minute(day, dice.between(1, 20), dice.below(60))
        let visit = record.visit(SampleConcept.inpatient, from: start, to: start + Int32(dice.between(2, 4) * 1_440))
        let grams = Int(dice.bell(mean: 3_250, deviation: 330))
        weigh(&record, grams: grams, at: start + 10, visit: visit)
        gestation(&record, days: dice.between(259, 288), at: start + 12, visit: visit)
    }

    /// Adds a birth weight as the hospital writes it.
    func weigh(_ record: inout PatientRecord, grams: Int, at moment: Int32, visit: Int32) {
        let inGrams = hospital.birthWeightUnit == .gram
        record.measurements.append(
            PatientRecord.Measurement(
                concept: SampleConcept.birthWeight, start: moment, value: inGrams ? Double(grams) : Double(grams) / 1_000,
                unit: inGrams ? SampleConcept.gram : SampleConcept.kilogram, visit: visit))
    }

    /// Adds a length of pregnancy as the hospital writes it: completed weeks, or days.
    func gestation(_ record: inout PatientRecord, days: Int, at moment: Int32, visit: Int32) {
        let inWeeks = hospital.gestationUnit == .weeks
        record.measurements.append(
            PatientRecord.Measurement(
                concept: SampleConcept.gestationalAge, start: moment, value: Double(inWeeks ? days / 7 : days),
                unit: inWeeks ? SampleConcept.week : SampleConcept.day, visit: visit))
    }
}

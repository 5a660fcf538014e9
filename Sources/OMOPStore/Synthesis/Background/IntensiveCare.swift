/// Stays in intensive care with their vital signs. Nothing goes wrong here: what goes wrong is planted.
struct IntensiveCare: Sendable {
    let hospital: SyntheticHospital

    /// Adds a stay of one to four days within an admission.
    func write(_ record: inout PatientRecord, visit: Int32, from start: Int32, _ dice: inout SyntheticRandom) {
        let isChild = record.age(on: SyntheticCalendar.day(ofMinute: start)) < 18
        guard !isChild || hospital.hasChildrensIntensiveCare else { return }
        let concept = isChild ? SampleConcept.paediatricIntensiveCare : SampleConcept.intensiveCare
        let length = Int32(dice.between(1, 4) * 1_440)
        let admission = record.visits[Int(visit)]
        let end = admission.end == SyntheticCalendar.never ? admission.end : max(start + 60, min(start + length, admission.end))
        record.stays.append(PatientRecord.Stay(concept: concept, start: start, end: end, visit: visit))
        // Some stays are too short or too badly documented for four sets in a day.
        let sets = dice.chance(0.2) ? dice.between(0, 3) : dice.between(6, 18)
        for set in 0..<sets {
            vitalSigns(&record, at: start + Int32(set * 120 + dice.below(40)), visit: visit, &dice)
        }
        if dice.chance(0.4) {
            record.devices.append(
                PatientRecord.Device(
                    concept: SampleConcept.ventilator, start: start + 20, end: SyntheticCalendar.day(ofMinute: start) + 1,
                    visit: visit))
        }
    }

    /// Adds one set of vital signs.
    func vitalSigns(_ record: inout PatientRecord, at moment: Int32, visit: Int32, _ dice: inout SyntheticRandom) {
        for test in LaboratoryTest.vitalSigns {
            record.measurements.append(
                PatientRecord.Measurement(
                    concept: test.concept, start: moment, value: test.value(&dice), unit: test.unit, low: test.normal.low,
                    high: test.normal.high, visit: visit))
        }
    }
}

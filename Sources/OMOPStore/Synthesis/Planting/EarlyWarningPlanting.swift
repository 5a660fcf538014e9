/// W1: children in intensive care, four sets of vital signs in the first 24 hours, and an arrest or an unplanned transfer
/// 1 to 24 hours after a set.
struct EarlyWarningPlanting: Planting {
    let hospital: SyntheticHospital
    let members: Int

    var roles: [PlantedRole] {
        guard hospital.hasChildrensIntensiveCare else { return [] }
        return memberRoles + nearMisses
    }

    private var memberRoles: [PlantedRole] {
        deal(
            members, "W1", .none,
            [
                ("arrest three hours after the last of five sets", stay([30, 150, 270, 390, 510], arrest: 690)),
                ("arrest exactly 60 minutes after the only set that is old enough", stay([30, 45, 60, 75], arrest: 90)),
                ("arrest exactly 24 hours after the last set", stay([30, 60, 90, 120], arrest: 1_560)),
                ("unplanned transfer, no arrest", stay([20, 140, 260, 380], transfer: 900)),
                ("fourth set at exactly 24 hours", stay([30, 90, 150, 1_440], arrest: 1_700)),
                ("a first stay without, a second with an arrest", twoStays),
            ])
    }

    private var nearMisses: [PlantedRole] {
        func miss(_ story: String, _ write: @escaping @Sendable (inout PatientRecord, inout SyntheticRandom) -> Void)
            -> PlantedRole
        {
            PlantedRole(workload: "W1", story: story, answer: .nonMember, persons: 2, background: .none, write: write)
        }
        return [
            miss("arrest 59 minutes after the first set", stay([31, 45, 60, 75], arrest: 90)),
            miss("arrest 24 hours and a minute after the last set", stay([30, 60, 90, 120], arrest: 1_561)),
            miss("fourth set a minute after the first 24 hours", stay([30, 90, 150, 1_441], arrest: 1_700)),
            miss("three sets only", stay([30, 90, 150], arrest: 400)),
            miss("turns 18 in the year of the stay", stay([30, 150, 270, 390], arrest: 600, age: 18)),
            miss("many sets and no event", stay([30, 90, 150, 210, 270, 330, 390, 450])),
            miss("arrest within hours, but in a later visit", arrestElsewhere),
        ]
    }

    /// One stay; all times in minutes after its start.
    private func stay(
        _ sets: [Int32], arrest: Int32? = nil, transfer: Int32? = nil, age: Int? = nil
    ) -> @Sendable (inout PatientRecord, inout SyntheticRandom) -> Void {
        let hospital = hospital
        return { record, dice in
            let start = Self.begin(&record, age: age, hospital, &dice)
            let visit = Self.admit(&record, at: start, sets: sets, hospital, &dice)
            Self.happen(&record, arrest: arrest.map { start + $0 }, transfer: transfer.map { start + $0 }, visit: visit)
        }
    }

    private var twoStays: @Sendable (inout PatientRecord, inout SyntheticRandom) -> Void {
        let hospital = hospital
        return { record, dice in
            let start = Self.begin(&record, age: nil, hospital, &dice)
            _ = Self.admit(&record, at: start, sets: [30, 150, 270, 390], hospital, &dice)
            let second = start + 30 * 1_440
            let visit = Self.admit(&record, at: second, sets: [15, 75, 135, 195], hospital, &dice)
            Self.happen(&record, arrest: second + 500, transfer: nil, visit: visit)
        }
    }

    private var arrestElsewhere: @Sendable (inout PatientRecord, inout SyntheticRandom) -> Void {
        let hospital = hospital
        return { record, dice in
            let start = Self.begin(&record, age: nil, hospital, &dice)
            _ = Self.admit(&record, at: start, sets: [30, 60, 90, 120], hospital, &dice)
            let visit = record.visit(SampleConcept.emergency, from: start + 400, to: start + 700)
            Self.happen(&record, arrest: start + 420, transfer: nil, visit: visit)
        }
    }

    private static func begin(
        _ record: inout PatientRecord, age: Int?, _ hospital: SyntheticHospital, _ dice: inout SyntheticRandom
    ) -> Int32 {
        let day = Int32(dice.between(Int(hospital.dataFrom) + 800, Int(hospital.dataUntil) - 400))
        let gender = dice.chance(0.5) ? SampleConcept.female : SampleConcept.male
        record.live(
            gender, age: age ?? dice.between(1, 16), on: day, knownFrom: day - Int32(dice.between(5, 300)),
            until: day + Int32(dice.between(60, 390)), &dice)
        return SyntheticCalendar.minute(day, dice.between(0, 23), dice.between(0, 59))
    }

    /// Adds an admission of ten days with three days in the unit, and the sets of vital signs.
    private static func admit(
        _ record: inout PatientRecord, at start: Int32, sets: [Int32], _ hospital: SyntheticHospital,
        _ dice: inout SyntheticRandom
    ) -> Int32 {
        let visit = record.visit(SampleConcept.inpatient, from: start - 90, to: start + 10 * 1_440)
        record.stays.append(
            PatientRecord.Stay(
                concept: SampleConcept.paediatricIntensiveCare, start: start, end: start + 3 * 1_440, visit: visit))
        let care = IntensiveCare(hospital: hospital)
        for set in sets { care.vitalSigns(&record, at: start + set, visit: visit, &dice) }
        return visit
    }

    private static func happen(_ record: inout PatientRecord, arrest: Int32?, transfer: Int32?, visit: Int32) {
        if let arrest {
            record.conditions.append(
                PatientRecord.Condition(
                    concept: SampleConcept.cardiacArrest, start: arrest, end: SyntheticCalendar.day(ofMinute: arrest),
                    visit: visit))
        }
        if let transfer {
            record.observations.append(
                PatientRecord.Observation(concept: SampleConcept.unplannedTransfer, start: transfer, visit: visit))
        }
    }
}

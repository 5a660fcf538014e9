/// Who an unplanned person is: sex, birth, and the time in which the hospital knows them.
struct Demographics {
    let hospital: SyntheticHospital

    /// Fills sex, birth and observation periods.
    func write(_ record: inout PatientRecord, _ dice: inout SyntheticRandom) {
        record.person.gender = dice.chance(0.52) ? SampleConcept.female : SampleConcept.male
        record.person.knowsBirthDay = !dice.chance(0.03)
        let first = Int32(dice.between(Int(hospital.dataFrom), Int(hospital.dataUntil) - 60))
        let (isNewborn, age) = ageAtFirstContact(&dice)
        record.person.birth = isNewborn ? first : first - Int32(age * 365 + 1 + dice.below(364))
        // Most are known for a few years, some for decades.
        let whole = Int(hospital.dataUntil - first)
        let share = dice.fraction()
        let last = first + Int32(max(30, Int(Double(whole) * share * (0.4 + 0.6 * share))))
        let end = min(last, hospital.dataUntil)
        if end - first > 900, dice.chance(0.14) {
            let gapStart = first + (end - first) / 2 - Int32(dice.between(0, 120))
            record.periods.append(PatientRecord.Span(start: first, end: gapStart))
            record.periods.append(PatientRecord.Span(start: gapStart + Int32(dice.between(150, 300)), end: end))
        } else {
            record.periods.append(PatientRecord.Span(start: first, end: end))
        }
    }

    /// Whether the record begins on the day of birth, and else at which age.
    private func ageAtFirstContact(_ dice: inout SyntheticRandom) -> (isNewborn: Bool, age: Int) {
        let shares: (newborn: Double, child: Double, young: Double, middle: Double) =
            switch hospital.patients {
            case .general: (0.03, 0.13, 0.24, 0.36)
            case .children: (0.16, 0.76, 0.05, 0.02)
            case .cancerCentre: (0, 0.03, 0.10, 0.50)
            }
        var draw = dice.fraction()
        if draw < shares.newborn { return (true, 0) }
        draw -= shares.newborn
        if draw < shares.child { return (false, dice.below(hospital.patients == .children ? 15 : 18)) }
        draw -= shares.child
        if draw < shares.young { return (false, dice.between(18, 39)) }
        draw -= shares.young
        if draw < shares.middle { return (false, dice.between(40, 64)) }
        return (false, min(dice.between(65, 82), dice.between(65, 98)))
    }
}

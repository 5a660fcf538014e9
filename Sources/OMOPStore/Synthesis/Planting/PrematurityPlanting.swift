/// W2: newborns under 1,500 g or 32 weeks, admitted within 7 days of birth, with a severe outcome before discharge.
struct PrematurityPlanting: Planting {
    let hospital: SyntheticHospital
    let members: Int

    /// One newborn's story. Days count from birth; nil is "not recorded".
    private struct Story: Sendable {
        var grams: Int?
        var gestationDays: Int?
        var admitted: Int32 = 0
        /// Day of discharge; nil: still in hospital.
        var discharged: Int32? = 60
        var outcomes: [(concept: Int32, day: Int32)] = []
        var dies: Int32?
        /// Whether the weight's unit was recorded.
        var knowsUnit = true
        /// A second admission, if any.
        var readmitted: Int32?
    }

    var roles: [PlantedRole] {
        guard members > 0 else { return [] }
        return memberRoles + nearMisses
    }

    private var memberRoles: [PlantedRole] {
        let lung = SampleConcept.chronicLungOfPrematurity
        let bowel = SampleConcept.bowelNecrosisOfNewborn
        let retina = SampleConcept.retinaOfPrematurity
        let brain = SampleConcept.brainBleedOfNewborn
        return deal(
            members, "W2", .quiet,
            [
                ("1,120 g, lung disease on day 30", tell(Story(grams: 1_120, gestationDays: 203, outcomes: [(lung, 30)]))),
                (
                    "1,499 g and 33 weeks, bowel disease on the first day",
                    tell(Story(grams: 1_499, gestationDays: 231, outcomes: [(bowel, 0)]))
                ),
                (
                    "1,640 g but 31 weeks and 6 days, retina disease on the day of discharge",
                    tell(Story(grams: 1_640, gestationDays: 223, outcomes: [(retina, 60)]))
                ),
                ("29 weeks, no weight, brain bleed on day 4", tell(Story(gestationDays: 203, outcomes: [(brain, 4)]))),
                ("890 g, dies in hospital", tell(Story(grams: 890, gestationDays: 185, discharged: 12, dies: 12))),
                (
                    "born elsewhere, admitted on day 7, 1,210 g",
                    tell(Story(grams: 1_210, gestationDays: 210, admitted: 7, outcomes: [(lung, 20), (retina, 41)]))
                ),
            ])
    }

    private var nearMisses: [PlantedRole] {
        let lung = SampleConcept.chronicLungOfPrematurity
        let retina = SampleConcept.retinaOfPrematurity
        func miss(_ story: String, _ told: Story) -> PlantedRole {
            PlantedRole(workload: "W2", story: story, answer: .nonMember, persons: 2, background: .none, write: tell(told))
        }
        return [
            miss("admitted on day 8", Story(grams: 1_210, gestationDays: 210, admitted: 8, outcomes: [(lung, 20)])),
            miss("exactly 1,500 g and 32 weeks", Story(grams: 1_500, gestationDays: 224, outcomes: [(lung, 30)])),
            miss("premature without severe outcome", Story(grams: 1_180, gestationDays: 207)),
            miss("outcome the day after discharge", Story(grams: 1_180, gestationDays: 207, outcomes: [(retina, 61)])),
            miss(
                "outcome, but still in hospital", Story(grams: 1_020, gestationDays: 196, discharged: nil, outcomes: [(lung, 30)])
            ),
            miss("1,200 without a unit, pregnancy not recorded", Story(grams: 1_200, outcomes: [(lung, 30)], knowsUnit: false)),
            miss("born at term, lung disease", Story(grams: 3_240, gestationDays: 279, discharged: 40, outcomes: [(lung, 30)])),
            miss(
                "outcome in a second admission only",
                Story(grams: 1_330, gestationDays: 213, discharged: 25, outcomes: [(retina, 45)], readmitted: 40)),
        ]
    }

    private func tell(_ story: Story) -> @Sendable (inout PatientRecord, inout SyntheticRandom) -> Void {
        let hospital = hospital
        return { record, dice in
            let latest = story.discharged == nil ? 45 : 420
            let birth =
                story.discharged == nil
                ? hospital.dataUntil - Int32(latest) + Int32(dice.between(0, 5))
                : Int32(dice.between(Int(hospital.dataFrom) + 30, Int(hospital.dataUntil) - latest))
            record.person.gender = dice.chance(0.5) ? SampleConcept.female : SampleConcept.male
            record.person.birth = birth
            let last = story.discharged == nil ? hospital.dataUntil : birth + Int32(dice.between(120, 400))
            record.periods = [PatientRecord.Span(start: birth, end: last)]
            Self.write(story, &record, birth: birth, hospital, &dice)
        }
    }

    private static func write(
        _ story: Story, _ record: inout PatientRecord, birth: Int32, _ hospital: SyntheticHospital,
        _ dice: inout SyntheticRandom
    ) {
        let start = SyntheticCalendar.minute(birth + story.admitted, dice.between(0, 22), dice.between(0, 59))
        let end = story.discharged.map { SyntheticCalendar.minute(birth + $0, 23, 30) } ?? SyntheticCalendar.never
        let visit = record.visit(SampleConcept.inpatient, from: start, to: end)
        record.stays.append(
            PatientRecord.Stay(concept: SampleConcept.neonatalIntensiveCare, start: start + 20, end: end, visit: visit))
        let care = NewbornCare(hospital: hospital)
        if let grams = story.grams {
            care.weigh(&record, grams: grams, at: start + 25, visit: visit)
            if !story.knowsUnit {
                let last = record.measurements.count - 1
                record.measurements[last].value = Double(grams)
                record.measurements[last].unit = 0
            }
        }
        if let days = story.gestationDays { care.gestation(&record, days: days, at: start + 27, visit: visit) }
        var outcomeVisit = visit
        if let readmitted = story.readmitted {
            let again = SyntheticCalendar.minute(birth + readmitted, 9)
            outcomeVisit = record.visit(SampleConcept.inpatient, from: again, to: again + 10 * 1_440)
        }
        for outcome in story.outcomes {
            record.diagnose(outcome.concept, on: birth + outcome.day, lasting: 5, visit: outcomeVisit)
        }
        if let day = story.dies { record.die(on: birth + day, of: SampleConcept.respiratoryFailure) }
    }
}

/// W7: a trial in heart failure with twelve criteria. Members meet all; of the others, each fails exactly one.
struct HeartFailurePlanting: Planting {
    let hospital: SyntheticHospital
    let members: Int

    /// One patient's story: by default a member. Days count from the diagnosis.
    private struct Story: Sendable {
        var codes = [SampleConcept.heartFailure]
        var age: Int?
        var known: Int32?
        var visits: [Int32] = [-150, -60, -20]
        var betaBlocker: Int32? = -30
        var peptide: (day: Int32, value: Double)? = (-3, 1_450)
        var potassium: (day: Int32, value: Double)? = (-3, 4.4)
        var filtration: (day: Int32, value: Double)? = (-10, 58)
        var pressure: (day: Int32, value: Double)? = (-3, 122)
        var infarction: Int32?
        var dialysis: Int32?
        var defibrillator: Int32?
        var palliative: Int32?
        var cancer: Int32?
    }

    var roles: [PlantedRole] { memberRoles + nearMisses }

    private var memberRoles: [PlantedRole] {
        deal(
            members, "W7", .none,
            [
                ("meets all twelve", tell(Story())),
                (
                    "with congestion, every value at its limit",
                    tell(
                        Story(
                            codes: [SampleConcept.heartFailureCongestive], visits: [-180, -1], betaBlocker: -90,
                            peptide: (30, 600),
                            potassium: (-30, 5.2), filtration: (-90, 30), pressure: (30, 100)))
                ),
                ("heart attack 91 days before", tell(Story(infarction: -91))),
                ("stiff heart, youngest", tell(Story(codes: [SampleConcept.heartFailureDiastolic], age: 40))),
                ("oldest", tell(Story(age: 85))),
                ("cancer more than five years before", tell(Story(known: 2_000, cancer: -1_826))),
            ])
    }

    private var nearMisses: [PlantedRole] {
        func miss(
            _ story: String, _ share: Double, _ told: Story, _ answer: PlantedRole.Answer = .nonMember
        ) -> PlantedRole {
            PlantedRole(
                workload: "W7", story: story, answer: answer, persons: Int((Double(members) * share).rounded()),
                background: .none, write: tell(told))
        }
        return [
            miss("1: 39 years old", 0.1, Story(age: 39)),
            miss("1: 86 years old", 0.2, Story(age: 86)),
            miss("2: known for 364 days", 0.25, Story(known: 364)),
            miss("3: one visit in half a year", 0.2, Story(visits: [-181, -20])),
            miss("4: no beta blocker", 0.4, Story(betaBlocker: nil)),
            miss("5: peptide of 599", 0.3, Story(peptide: (-3, 599))),
            miss("5: peptide not measured", 0.3, Story(peptide: nil)),
            miss("6: potassium of 5.3", 0.12, Story(potassium: (-3, 5.3))),
            miss("7: filtration of 29", 0.3, Story(filtration: (-10, 29))),
            miss("8: pressure of 99", 0.15, Story(pressure: (-3, 99))),
            miss("9: heart attack 90 days before", 0.2, Story(infarction: -90)),
            miss("10: on dialysis", 0.08, Story(dialysis: -300), .nonMemberByProcedure),
            miss("11: defibrillator", 0.1, Story(defibrillator: -200)),
            miss("12: palliative care", 0.08, Story(palliative: -5)),
            miss("12: cancer 1,825 days before", 0.1, Story(known: 2_000, cancer: -1_825)),
        ]
    }

    private func tell(_ story: Story) -> @Sendable (inout PatientRecord, inout SyntheticRandom) -> Void {
        let hospital = hospital
        return { record, dice in
            let first = max(hospital.dataFrom + 2_010, SyntheticCalendar.day(2017, 1, 1))
            let index = Int32(dice.between(Int(first), Int(hospital.dataUntil) - 120))
            let known = story.known ?? Int32(dice.between(365, 900))
            record.live(
                dice.chance(0.48) ? SampleConcept.female : SampleConcept.male, age: story.age ?? dice.between(48, 84), on: index,
                knownFrom: index - known, until: index + Int32(dice.between(45, 110)), &dice)
            for day in story.visits { _ = record.clinic(index + day) }
            record.diagnose(story.codes[0], on: index, visit: record.clinic(index))
            Self.treat(story, &record, index)
            Self.complicate(story, &record, index)
        }
    }

    private static func treat(_ story: Story, _ record: inout PatientRecord, _ index: Int32) {
        if let day = story.betaBlocker { record.prescribe(SampleConcept.bisoprolol, on: index + day, days: 28) }
        func measure(_ concept: Int32, _ taken: (day: Int32, value: Double)?, _ unit: Int32) {
            if let taken { record.measure(concept, on: index + taken.day, taken.value, unit: unit) }
        }
        measure(SampleConcept.natriureticPeptide, story.peptide, SampleConcept.picogramPerMillilitre)
        measure(SampleConcept.potassium, story.potassium, SampleConcept.millimolePerLitre)
        measure(SampleConcept.filtration, story.filtration, SampleConcept.filtrationRate)
        measure(SampleConcept.systolicPressure, story.pressure, SampleConcept.millimetreOfMercury)
    }

    private static func complicate(_ story: Story, _ record: inout PatientRecord, _ index: Int32) {
        if let day = story.infarction { record.diagnose(SampleConcept.acuteMyocardialInfarction, on: index + day, lasting: 6) }
        if let day = story.dialysis {
            record.procedures.append(
                PatientRecord.Procedure(
                    concept: SampleConcept.kidneyDialysis, start: SyntheticCalendar.minute(index + day, 9),
                    visit: PatientRecord.noVisit))
        }
        if let day = story.defibrillator {
            record.devices.append(
                PatientRecord.Device(
                    concept: SampleConcept.cardiacPacing, start: SyntheticCalendar.minute(index + day, 9),
                    end: SyntheticCalendar.never, visit: PatientRecord.noVisit))
        }
        if let day = story.palliative {
            record.observations.append(
                PatientRecord.Observation(
                    concept: SampleConcept.palliativeCare, start: SyntheticCalendar.minute(index + day, 9),
                    visit: PatientRecord.noVisit))
        }
        if let day = story.cancer { record.diagnose(SampleConcept.colonCancer, on: index + day) }
    }
}

/// W6: adults with type 2 diabetes in the last five years, HbA1c of 7 % or more, on metformin, no insulin.
struct DiabetesPlanting: Planting {
    /// The five years of the question.
    static let from = SyntheticCalendar.day(2021, 10, 1)

    let hospital: SyntheticHospital
    let members: Int

    /// One patient's story. Days count from the first record in the five years.
    private struct Story: Sendable {
        var codes = [SampleConcept.type2Diabetes]
        /// Days of the diagnosis.
        var visits: [Int32] = [0, 120, 260]
        /// Whether all of it happened before the five years.
        var isOld = false
        var age: Int?
        var sugar: [(day: Int32, value: Double)] = []
        var sugarUnit = SampleConcept.percent
        var metformin: [Int32] = []
        var insulin: [Int32] = []
    }

    var roles: [PlantedRole] { memberRoles + nearMisses }

    private var memberRoles: [PlantedRole] {
        deal(
            members, "W6", .quiet,
            [
                (
                    "8.4 %, on metformin",
                    tell(Story(sugar: [(-10, 8.4), (110, 7.9)], metformin: [0, 30, 60, 120, 150]))
                ),
                (
                    "exactly 7.0 %, a year before the first record",
                    tell(Story(visits: [0], sugar: [(-365, 7.0)], metformin: [10]))
                ),
                (
                    "harm to the kidneys, 9.1 %, 90 days after the record",
                    tell(Story(codes: [SampleConcept.type2DiabetesKidney], visits: [0], sugar: [(90, 9.1)], metformin: [-365]))
                ),
                (
                    "6.6 % at first, 7.8 % later",
                    tell(Story(visits: [0, 500], sugar: [(-5, 6.6), (480, 7.8)], metformin: [0, 400]))
                ),
                (
                    "insulin from 40 days after the first record",
                    tell(Story(sugar: [(-20, 10.2)], metformin: [0, 90], insulin: [40, 70]))
                ),
                (
                    "three records, 7.5 %, tablets",
                    tell(
                        Story(
                            codes: [SampleConcept.type2DiabetesDisorder, SampleConcept.type2Diabetes],
                            sugar: [(0, 7.5), (200, 7.2)], metformin: [0, 60, 240]))
                ),
            ])
    }

    private var nearMisses: [PlantedRole] {
        func miss(_ story: String, _ share: Double, _ told: Story) -> PlantedRole {
            PlantedRole(
                workload: "W6", story: story, answer: .nonMember, persons: Int((Double(members) * share).rounded()),
                background: .quiet, write: tell(told))
        }
        let high: [(Int32, Double)] = [(-10, 8.2)]
        return [
            miss("well controlled: 6.9 %", 0.4, Story(sugar: [(-10, 6.9), (110, 6.4)], metformin: [0, 90])),
            miss("8.1 without a unit", 0.05, Story(sugar: [(-10, 8.1)], sugarUnit: 0, metformin: [0, 90])),
            miss("8.2 %, 91 days after the last record", 0.05, Story(visits: [0], sugar: [(91, 8.2)], metformin: [0])),
            miss("no metformin", 0.35, Story(sugar: high)),
            miss("metformin 366 days before", 0.05, Story(visits: [0], sugar: high, metformin: [-366])),
            miss("insulin for a year before", 0.2, Story(sugar: high, metformin: [0], insulin: [-400, -300])),
            miss("insulin on the day of the only record", 0.05, Story(visits: [0], sugar: high, metformin: [0], insulin: [0])),
            miss("fifteen years old", 0.02, Story(age: 15, sugar: high, metformin: [0])),
            miss("last recorded before the five years", 0.3, Story(isOld: true, sugar: high, metformin: [0])),
            miss("type 1", 0.06, Story(codes: [SampleConcept.type1Diabetes], sugar: high, metformin: [0])),
        ]
    }

    private func tell(_ story: Story) -> @Sendable (inout PatientRecord, inout SyntheticRandom) -> Void {
        let hospital = hospital
        return { record, dice in
            let lasts = (story.visits.max() ?? 0) + 100
            let last = min(hospital.dataUntil, SyntheticCalendar.day(2026, 9, 30)) - lasts
            let index =
                story.isOld
                ? Self.from - 300 - Int32(dice.between(0, 500)) : Int32(dice.between(Int(Self.from), Int(last)))
            let known = min(index - 500 - Int32(dice.between(0, 2_000)), Self.from - 1_200)
            record.live(
                dice.chance(0.44) ? SampleConcept.female : SampleConcept.male, age: story.age ?? dice.between(36, 86), on: index,
                knownFrom: max(hospital.dataFrom, known),
                until: min(hospital.dataUntil, index + lasts + Int32(dice.between(0, 400))),
                &dice)
            for (count, day) in story.visits.enumerated() {
                record.diagnose(story.codes[count % story.codes.count], on: index + day, visit: record.clinic(index + day))
            }
            for sugar in story.sugar {
                record.measure(SampleConcept.glycatedHaemoglobin, on: index + sugar.day, sugar.value, unit: story.sugarUnit)
            }
            for (count, day) in story.metformin.enumerated() {
                let drug = count % 2 == 0 ? SampleConcept.metforminTablet : SampleConcept.metformin
                record.prescribe(drug, on: index + day, days: 30, endIsKnown: count % 3 != 2)
            }
            for (count, day) in story.insulin.enumerated() {
                let drug = count % 2 == 0 ? SampleConcept.insulinPen : SampleConcept.insulinAspart
                record.prescribe(drug, on: index + day, days: 28)
            }
        }
    }
}

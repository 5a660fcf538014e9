/// W3: adults with a first breast cancer, receptor results within 90 days, and a year of follow-up.
struct BreastCancerPlanting: Planting {
    let hospital: SyntheticHospital
    let members: Int

    /// One patient's story. Days count from the diagnosis.
    private struct Story: Sendable {
        var code = SampleConcept.breastCancer
        var gender = SampleConcept.female
        var age: Int?
        /// Receptor results: which, and when.
        var results: [(receptor: Int32, day: Int32)] = []
        /// Whether results have an answer; else they are a bare record.
        var resultsHaveAnswers = true
        /// Days known after the diagnosis.
        var followUp: Int32?
        /// A breast cancer record before the first day of observation.
        var earlierOutside = false
        /// A breast cancer record without results, some 200 days before.
        var earlierInside = false
        /// Another record of the same cancer later.
        var again: Int32?
    }

    var roles: [PlantedRole] { memberRoles + nearMisses }

    private var memberRoles: [PlantedRole] {
        let her2 = SampleConcept.receptorHER2
        let oestrogen = SampleConcept.receptorOestrogen
        let progesterone = SampleConcept.receptorProgesterone
        return deal(
            members, "W3", .quiet,
            [
                (
                    "all three receptors within two weeks",
                    tell(Story(results: [(her2, 9), (oestrogen, 7), (progesterone, 7)], again: 200))
                ),
                (
                    "of the ducts, result the day before",
                    tell(Story(code: SampleConcept.breastCancerDuctal, results: [(her2, -1)], again: 30))
                ),
                ("result exactly 90 days after", tell(Story(results: [(oestrogen, 90)]))),
                (
                    "of the lobules, result exactly 90 days before",
                    tell(Story(code: SampleConcept.breastCancerLobular, results: [(progesterone, -90)]))
                ),
                ("exactly 365 days of follow-up", tell(Story(results: [(her2, 3), (oestrogen, 3)], followUp: 365))),
                ("first results late, then again in time", tell(Story(results: [(her2, 120), (oestrogen, 12)]))),
                ("all three receptors within a month", tell(Story(results: [(her2, 28), (oestrogen, 21), (progesterone, 21)]))),
                (
                    "of the ducts, all three receptors",
                    tell(Story(code: SampleConcept.breastCancerDuctal, results: [(her2, 5), (oestrogen, 5), (progesterone, 5)]))
                ),
                ("two receptors", tell(Story(results: [(oestrogen, 14), (progesterone, 14)], again: 400))),
                ("a man", tell(Story(gender: SampleConcept.male, results: [(her2, 4), (oestrogen, 4)]))),
            ])
    }

    private var nearMisses: [PlantedRole] {
        let her2 = SampleConcept.receptorHER2
        func miss(_ story: String, _ share: Double, _ told: Story) -> PlantedRole {
            PlantedRole(
                workload: "W3", story: story, answer: .nonMember, persons: Int((Double(members) * share).rounded()),
                background: .quiet, write: tell(told))
        }
        return [
            miss("no result", 0.2, Story()),
            miss("result 91 days after", 0.04, Story(results: [(her2, 91)])),
            miss("result without an answer", 0.05, Story(results: [(her2, 10)], resultsHaveAnswers: false)),
            miss("364 days of follow-up", 0.05, Story(results: [(her2, 10)], followUp: 364)),
            miss("lost after some months", 0.12, Story(results: [(her2, 10)], followUp: 150)),
            miss("seventeen years old", 0.02, Story(age: 17, results: [(her2, 10)])),
            miss("first breast cancer before observation began", 0.1, Story(results: [(her2, 10)], earlierOutside: true)),
            miss("first breast cancer 200 days before, without results", 0.06, Story(results: [(her2, 10)], earlierInside: true)),
        ]
    }

    private func tell(_ story: Story) -> @Sendable (inout PatientRecord, inout SyntheticRandom) -> Void {
        let hospital = hospital
        return { record, dice in
            let first = max(hospital.dataFrom + 800, SyntheticCalendar.day(2015, 1, 1))
            let index = Int32(dice.between(Int(first), Int(hospital.dataUntil) - 800))
            let age = story.age ?? dice.between(34, 78)
            record.live(
                story.gender, age: age, on: index, knownFrom: index - Int32(dice.between(300, 700)),
                until: index + (story.followUp ?? Int32(dice.between(366, 780))), &dice)
            let visit = record.clinic(index)
            record.diagnose(story.code, on: index, visit: visit)
            for result in story.results {
                Self.write(result.receptor, on: index + result.day, story.resultsHaveAnswers, &record, hospital, &dice)
            }
            if story.earlierOutside, let period = record.periods.first {
                record.diagnose(SampleConcept.breastCancer, on: period.start - 400)
            }
            if story.earlierInside { record.diagnose(SampleConcept.breastCancer, on: index - 200, lasting: 20) }
            if let again = story.again { record.diagnose(SampleConcept.breastCancer, on: index + again, lasting: 30) }
            record.specimens.append(
                PatientRecord.Specimen(concept: SampleConcept.tissueSpecimen, start: SyntheticCalendar.minute(index, 13)))
        }
    }

    private static func write(
        _ receptor: Int32, on day: Int32, _ hasAnswer: Bool, _ record: inout PatientRecord, _ hospital: SyntheticHospital,
        _ dice: inout SyntheticRandom
    ) {
        let answer = !hasAnswer ? 0 : dice.chance(0.6) ? SampleConcept.positive : SampleConcept.negative
        let start = SyntheticCalendar.minute(day, 14, 30)
        if hospital.keepsReceptorsAsObservations {
            record.observations.append(
                PatientRecord.Observation(
                    concept: receptor, start: start, valueConcept: answer, visit: PatientRecord.noVisit))
        } else {
            record.measurements.append(
                PatientRecord.Measurement(concept: receptor, start: start, valueConcept: answer, visit: PatientRecord.noVisit))
        }
    }
}

/// W4, two arms: cancer after at least 90 days of metformin, and cancer without metformin ever; in both, recurrence or
/// death within five years.
struct MetforminPlanting: Planting {
    let hospital: SyntheticHospital
    let exposed: Int
    let unexposed: Int

    private static let cancers = [
        SampleConcept.colonCancer, SampleConcept.rectalCancer, SampleConcept.lungCancer, SampleConcept.liverCancer,
        SampleConcept.stomachCancer, SampleConcept.thyroidCancer,
    ]

    /// What became of the patient.
    private enum Outcome: Sendable {
        case none
        case spreads(Int32)
        case recurs(Int32)
        case dies(Int32)
    }

    /// One patient's story. Days count from the diagnosis.
    private struct Story: Sendable {
        var outcome = Outcome.none
        /// Prescriptions of metformin: first day and days of supply.
        var metformin: [(day: Int32, days: Int32)] = []
        var age: Int?
        /// Days known before the diagnosis.
        var known: Int32?
        /// A remark "earlier cancer", on this day.
        var history: Int32?
    }

    var roles: [PlantedRole] { exposedRoles + unexposedRoles + nearMisses }

    /// A year of metformin that ends with the diagnosis.
    private static let yearOfMetformin: [(day: Int32, days: Int32)] = (0..<12).map { (-400 + Int32($0) * 30, 30) }

    private var exposedRoles: [PlantedRole] {
        let year = Self.yearOfMetformin
        return deal(
            exposed, "W4", .quiet,
            [
                ("a year of metformin, spreads after 300 days", tell(Story(outcome: .spreads(300), metformin: year))),
                ("a year of metformin, dies after two years", tell(Story(outcome: .dies(730), metformin: year))),
                ("a year of metformin, back in place after 3 years", tell(Story(outcome: .recurs(1_100), metformin: year))),
                (
                    "an era of exactly 90 days that began 90 days before, spreads",
                    tell(Story(outcome: .spreads(90), metformin: [(-90, 91)]))
                ),
                ("dies exactly 1,825 days after", tell(Story(outcome: .dies(1_825), metformin: year))),
            ])
    }

    private var unexposedRoles: [PlantedRole] {
        deal(
            unexposed, "W4-without", .quiet,
            [
                ("never metformin, spreads after 200 days", tell(Story(outcome: .spreads(200)))),
                ("never metformin, dies after a year", tell(Story(outcome: .dies(365)))),
                ("never metformin, back in place after 2 years", tell(Story(outcome: .recurs(800)))),
                ("never metformin, spreads exactly 1,825 days after", tell(Story(outcome: .spreads(1_825)))),
            ])
    }

    private var nearMisses: [PlantedRole] {
        let year = Self.yearOfMetformin
        func miss(_ story: String, _ persons: Int, _ share: Double, _ told: Story) -> PlantedRole {
            PlantedRole(
                workload: "W4", story: story, answer: .nonMember, persons: Int((Double(persons) * share).rounded()),
                background: .quiet, write: tell(told))
        }
        return [
            miss("a year of metformin, no outcome", exposed, 0.8, Story(metformin: year)),
            miss("a year of metformin, spreads after 1,826 days", exposed, 0.1, Story(outcome: .spreads(1_826), metformin: year)),
            miss("an era of 89 days, spreads", exposed, 0.15, Story(outcome: .spreads(300), metformin: [(-200, 90)])),
            miss(
                "an era that began 89 days before, spreads", exposed, 0.15, Story(outcome: .spreads(300), metformin: [(-89, 120)])
            ),
            miss(
                "two eras of 60 days with a gap, dies", exposed, 0.15,
                Story(outcome: .dies(400), metformin: [(-400, 60), (-200, 60)])),
            miss("earlier cancer noted, spreads", exposed, 0.2, Story(outcome: .spreads(300), metformin: year, history: -600)),
            miss(
                "known for 364 days only, dies", exposed, 0.15, Story(outcome: .dies(300), metformin: [(-300, 120)], known: 364)),
            miss("seventeen, dies", exposed, 0.05, Story(outcome: .dies(300), metformin: year, age: 17)),
            miss("never metformin, no outcome", unexposed, 0.8, Story()),
            miss(
                "metformin only after the diagnosis, spreads", unexposed, 0.1,
                Story(outcome: .spreads(400), metformin: [(30, 90)])),
            miss(
                "never metformin, earlier cancer noted on the same day, dies", unexposed, 0.1,
                Story(outcome: .dies(200), history: 0)),
        ]
    }

    private func tell(_ story: Story) -> @Sendable (inout PatientRecord, inout SyntheticRandom) -> Void {
        let hospital = hospital
        return { record, dice in
            let first = max(hospital.dataFrom + 900, SyntheticCalendar.day(2012, 1, 1))
            let index = Int32(dice.between(Int(first), Int(hospital.dataUntil) - 1_860))
            let known = story.known ?? Int32(dice.between(700, 880))
            record.live(
                dice.chance(0.45) ? SampleConcept.female : SampleConcept.male, age: story.age ?? dice.between(45, 82), on: index,
                knownFrom: index - known, until: index + Int32(dice.between(1_830, 1_855)), &dice)
            record.diagnose(dice.pick(Self.cancers), on: index, visit: record.clinic(index))
            for prescription in story.metformin {
                let drug = dice.chance(0.5) ? SampleConcept.metforminTablet : SampleConcept.metformin
                record.prescribe(drug, on: index + prescription.day, days: prescription.days)
            }
            if let history = story.history {
                record.observations.append(
                    PatientRecord.Observation(
                        concept: SampleConcept.historyOfCancer, start: SyntheticCalendar.minute(index + history, 9),
                        visit: PatientRecord.noVisit))
            }
            switch story.outcome {
            case .none: break
            case .spreads(let day): record.diagnose(SampleConcept.metastasis, on: index + day)
            case .recurs(let day): record.diagnose(SampleConcept.localRecurrence, on: index + day)
            case .dies(let day): record.die(on: index + day, of: SampleConcept.cancer)
            }
        }
    }
}

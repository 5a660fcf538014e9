/// W5: anyone with the rare disease, ever.
struct RareDiseasePlanting: Planting {
    let hospital: SyntheticHospital
    let members: Int

    var roles: [PlantedRole] {
        deal(
            members, "W5", .quiet,
            [
                (
                    "the disease, twice recorded",
                    write([(SampleConcept.storageDisease, 100), (SampleConcept.storageDisease, 200)])
                ),
                ("its late form", write([(SampleConcept.storageDiseaseLateForm, 30)])),
                ("on the last day of observation", write([(SampleConcept.storageDisease, 365)])),
            ]) + [
                miss("only before observation began", [(SampleConcept.storageDisease, -20)]),
                miss("only after observation ended", [(SampleConcept.storageDisease, 366)]),
                miss("only under a withdrawn code", [(SampleConcept.storageDiseaseOldCode, 50)]),
            ]
    }

    private func miss(_ story: String, _ records: [(Int32, Int32)]) -> PlantedRole {
        PlantedRole(
            workload: "W5", story: story, answer: .nonMember, persons: 1, background: .quiet, write: write(records))
    }

    /// Records of the disease; days count from the first of a year of observation.
    private func write(_ records: [(Int32, Int32)]) -> @Sendable (inout PatientRecord, inout SyntheticRandom) -> Void {
        let hospital = hospital
        return { record, dice in
            let first = Int32(dice.between(Int(hospital.dataFrom) + 30, Int(hospital.dataUntil) - 400))
            let isChild = hospital.patients == .children
            record.live(
                dice.chance(0.5) ? SampleConcept.female : SampleConcept.male,
                age: isChild ? dice.between(2, 15) : dice.between(8, 60), on: first, knownFrom: first, until: first + 365, &dice)
            for (concept, day) in records { record.diagnose(concept, on: first + day, lasting: 10) }
        }
    }
}

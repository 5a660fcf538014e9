/// An invented data holding under a hospital's identifier: how its store looks, what it lacks, what is planted in it.
///
/// The six of the sample consortium differ in the ways in which real stores do: ages, years covered, vocabulary release,
/// share of unmapped records, units, and where a result is kept. All of it is invented; nothing is known of the hospitals.
public struct SyntheticHospital: Sendable, Hashable {
    /// Who comes to the hospital.
    public enum Patients: String, Sendable, Hashable, CaseIterable {
        /// All ages.
        case general
        /// Mostly younger than 18.
        case children
        /// Mostly 40 and older.
        case cancerCentre
    }

    /// How birth weight is recorded.
    public enum BirthWeightUnit: String, Sendable, Hashable, CaseIterable {
        /// As 1,320 g.
        case gram
        /// As 1.32 kg.
        case kilogram
    }

    /// How the length of pregnancy at birth is recorded.
    public enum GestationUnit: String, Sendable, Hashable, CaseIterable {
        /// In completed weeks.
        case weeks
        /// In days.
        case days
    }

    /// The identifier in the roster ("KR-H-0009").
    public var id: String
    /// The name in English, with "(synthetic)" behind it wherever it is written.
    public var englishName: String
    /// The name in Korean.
    public var koreanName: String
    /// Who comes here.
    public var patients: Patients
    /// First day of the data (days since 1970-01-01).
    public var dataFrom: Int32
    /// Last day of the data: the data release's date.
    public var dataUntil: Int32
    /// The release of the vocabulary.
    public var vocabularyRelease: String
    /// Share of the background's records that have concept 0 (0 ... 1).
    public var unmappedShare: Double
    /// Whether procedures have concepts at all; else `procedure_concept_id` is 0 in every row.
    public var mapsProcedures: Bool
    /// Unit of birth weights.
    public var birthWeightUnit: BirthWeightUnit
    /// Unit of gestational ages.
    public var gestationUnit: GestationUnit
    /// Whether there is a children's intensive care unit.
    public var hasChildrensIntensiveCare: Bool
    /// Whether tumour receptor results are kept as observations and not as measurements.
    public var keepsReceptorsAsObservations: Bool
    /// What is planted at 20,000 persons.
    public var planted: PlantedCounts

    /// The identifier's number, which sets hospitals' person ids and dice apart.
    var number: Int { Int(id.suffix(4)) ?? 0 }
}

/// How many persons belong to each workload's cohort.
///
/// The rare ones (W1, W2, W5) are the same whatever the size of the store; the others are meant for 20,000 persons and
/// grow with it.
public struct PlantedCounts: Sendable, Hashable {
    /// W1: children in intensive care with an arrest or an unplanned transfer.
    public var earlyWarning: Int
    /// W2: premature newborns with a severe outcome.
    public var prematurity: Int
    /// W3: first breast cancer with receptor results and a year of follow-up.
    public var breastCancer: Int
    /// W4: cancer after metformin, with recurrence or death.
    public var cancerAfterMetformin: Int
    /// W4's other arm: cancer without metformin ever, with recurrence or death.
    public var cancerWithoutMetformin: Int
    /// W5: the rare disease.
    public var rareDisease: Int
    /// W6: type 2 diabetes, poorly controlled, on metformin, without insulin.
    public var diabetes: Int
    /// W7: patients who meet all twelve criteria of the trial.
    public var heartFailureTrial: Int

    /// The counts in a store of `persons` persons.
    public func scaled(toPersons persons: Int) -> PlantedCounts {
        func scaled(_ count: Int) -> Int { (count * persons + SyntheticStore.demoPersons / 2) / SyntheticStore.demoPersons }
        var counts = self
        counts.breastCancer = scaled(breastCancer)
        counts.cancerAfterMetformin = scaled(cancerAfterMetformin)
        counts.cancerWithoutMetformin = scaled(cancerWithoutMetformin)
        counts.diabetes = scaled(diabetes)
        counts.heartFailureTrial = scaled(heartFailureTrial)
        return counts
    }

    /// The persons in the cohort of a question, by its file's name ("W1", "W4-without").
    public subscript(workload: String) -> Int? {
        switch workload {
        case "W1": earlyWarning
        case "W2": prematurity
        case "W3": breastCancer
        case "W4": cancerAfterMetformin
        case "W4-without": cancerWithoutMetformin
        case "W5": rareDisease
        case "W6": diabetes
        case "W7": heartFailureTrial
        default: nil
        }
    }
}

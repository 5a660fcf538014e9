/// A part that some persons of a synthetic store play: one story about one workload question, told by hand.
///
/// Members of a cohort and those who miss it narrowly (one minute too late, one gramme too heavy) are both planted, so that
/// an engine that rounds, ignores a unit or forgets an end date gives a wrong number.
struct PlantedRole: Sendable {
    /// What the question should say about these persons.
    enum Answer: Sendable, Hashable {
        case member
        case nonMember
        /// Not a member, but only a mapped procedure tells: a store without them takes the person for one.
        case nonMemberByProcedure
    }

    /// The question's file name: "W1".
    let workload: String
    /// Who these persons are.
    let story: String
    let answer: Answer
    /// How many persons.
    let persons: Int
    /// What else happens to them.
    let background: CareHistory.Extent
    /// Writes one of them.
    let write: @Sendable (inout PatientRecord, inout SyntheticRandom) -> Void
}

/// The parts of one workload question.
protocol Planting {
    var roles: [PlantedRole] { get }
}

extension Planting {
    /// Deals `persons` to the stories in turn, so that each story has its share.
    func deal(
        _ persons: Int, _ workload: String, _ background: CareHistory.Extent = .quiet,
        _ stories: [(String, @Sendable (inout PatientRecord, inout SyntheticRandom) -> Void)]
    ) -> [PlantedRole] {
        stories.enumerated().map { index, story in
            PlantedRole(
                workload: workload, story: story.0, answer: .member,
                persons: persons / stories.count + (index < persons % stories.count ? 1 : 0), background: background,
                write: story.1)
        }
    }
}

/// All parts in one hospital's store.
struct Plantings {
    let roles: [PlantedRole]

    /// The parts in a store of `persons` persons.
    init(hospital: SyntheticHospital, persons: Int) {
        let counts = hospital.planted.scaled(toPersons: persons)
        let plantings: [any Planting] = [
            EarlyWarningPlanting(hospital: hospital, members: counts.earlyWarning),
            PrematurityPlanting(hospital: hospital, members: counts.prematurity),
            BreastCancerPlanting(hospital: hospital, members: counts.breastCancer),
            MetforminPlanting(
                hospital: hospital, exposed: counts.cancerAfterMetformin, unexposed: counts.cancerWithoutMetformin),
            RareDiseasePlanting(hospital: hospital, members: counts.rareDisease),
            DiabetesPlanting(hospital: hospital, members: counts.diabetes),
            HeartFailurePlanting(hospital: hospital, members: counts.heartFailureTrial),
        ]
        roles = plantings.flatMap(\.roles).filter { $0.persons > 0 }
    }
}

extension PatientRecord {
    /// Makes the person one of `age` calendar years on `index`, known from `from` to `until`.
    mutating func live(
        _ gender: Int32, age: Int, on index: Int32, knownFrom from: Int32, until: Int32, _ dice: inout SyntheticRandom
    ) {
        person.gender = gender
        let year = SyntheticCalendar.year(index) - age
        person.birth = min(SyntheticCalendar.day(year, dice.between(1, 12), dice.between(1, 28)), from)
        periods = [Span(start: from, end: until)]
    }
}

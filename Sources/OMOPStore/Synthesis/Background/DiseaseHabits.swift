/// How a condition that comes and goes behaves: whom it strikes, in which months, and what is given for it.
struct AcuteHabit: Sendable {
    let condition: Int32
    let drug: Int32
    /// Relative frequency in children, adults to 64, and the old.
    let weights: (child: Int, adult: Int, old: Int)
    let season: Season

    enum Season: Sendable {
        case none, winter, deepWinter, summer, pollen

        /// Relative frequency in a month (1 ... 12).
        func factor(_ month: Int) -> Int {
            switch self {
            case .none: 10
            case .winter: [18, 16, 13, 9, 7, 5, 4, 4, 7, 11, 14, 17][month - 1]
            case .deepWinter: [40, 26, 9, 3, 1, 0, 0, 0, 1, 2, 8, 34][month - 1]
            case .summer: [5, 5, 6, 8, 11, 15, 19, 19, 13, 8, 6, 5][month - 1]
            case .pollen: [5, 6, 13, 18, 15, 8, 5, 7, 17, 13, 7, 5][month - 1]
            }
        }
    }

    static let all: [AcuteHabit] = [
        AcuteHabit(
            condition: SampleConcept.upperRespiratory, drug: SampleConcept.paracetamol, weights: (30, 12, 8), season: .winter),
        AcuteHabit(condition: SampleConcept.bronchitis, drug: SampleConcept.amoxicillin, weights: (16, 7, 7), season: .winter),
        AcuteHabit(condition: SampleConcept.influenza, drug: SampleConcept.paracetamol, weights: (9, 5, 4), season: .deepWinter),
        AcuteHabit(condition: SampleConcept.pneumonia, drug: SampleConcept.amoxicillin, weights: (5, 2, 9), season: .winter),
        AcuteHabit(condition: SampleConcept.diarrhoea, drug: SampleConcept.paracetamol, weights: (9, 5, 4), season: .summer),
        AcuteHabit(condition: SampleConcept.fever, drug: SampleConcept.ibuprofen, weights: (14, 2, 2), season: .none),
        AcuteHabit(condition: SampleConcept.cough, drug: SampleConcept.paracetamol, weights: (8, 5, 5), season: .winter),
        AcuteHabit(condition: SampleConcept.atopicDermatitis, drug: SampleConcept.paracetamol, weights: (8, 2, 1), season: .none),
        AcuteHabit(
            condition: SampleConcept.allergicRhinitis, drug: SampleConcept.salbutamol, weights: (7, 6, 2), season: .pollen),
        AcuteHabit(
            condition: SampleConcept.urinaryInfection, drug: SampleConcept.amoxicillin, weights: (2, 5, 8), season: .summer),
        AcuteHabit(condition: SampleConcept.headache, drug: SampleConcept.ibuprofen, weights: (2, 8, 4), season: .none),
        AcuteHabit(condition: SampleConcept.migraine, drug: SampleConcept.ibuprofen, weights: (1, 3, 1), season: .none),
        AcuteHabit(condition: SampleConcept.abdominalPain, drug: SampleConcept.paracetamol, weights: (5, 6, 5), season: .none),
        AcuteHabit(condition: SampleConcept.backPain, drug: SampleConcept.ibuprofen, weights: (0, 9, 9), season: .none),
        AcuteHabit(condition: SampleConcept.chestPain, drug: SampleConcept.aspirin, weights: (0, 4, 7), season: .winter),
        AcuteHabit(condition: SampleConcept.anaemia, drug: SampleConcept.paracetamol, weights: (1, 3, 5), season: .none),
    ]
}

/// How a lasting condition behaves: from which age, how often, and with which drug.
struct ChronicHabit: Sendable {
    let condition: Int32
    let drug: Int32
    let from: Int
    /// Share of people who have it at 80, growing evenly from none at `from`.
    let shareAt80: Double

    static let all: [ChronicHabit] = [
        ChronicHabit(condition: SampleConcept.essentialHypertension, drug: SampleConcept.amlodipine, from: 32, shareAt80: 0.62),
        ChronicHabit(condition: SampleConcept.hyperlipidaemia, drug: SampleConcept.atorvastatin, from: 30, shareAt80: 0.45),
        ChronicHabit(condition: SampleConcept.arthrosis, drug: SampleConcept.ibuprofen, from: 42, shareAt80: 0.42),
        ChronicHabit(condition: SampleConcept.atrialFibrillation, drug: SampleConcept.bisoprolol, from: 50, shareAt80: 0.13),
        ChronicHabit(condition: SampleConcept.kidneyDisease, drug: SampleConcept.amlodipine, from: 45, shareAt80: 0.16),
        ChronicHabit(condition: SampleConcept.obstructiveLung, drug: SampleConcept.salbutamol, from: 45, shareAt80: 0.14),
        ChronicHabit(condition: SampleConcept.thyroidLow, drug: SampleConcept.levothyroxine, from: 25, shareAt80: 0.10),
        ChronicHabit(condition: SampleConcept.depression, drug: GeneratedTree.drugs.first + 3, from: 16, shareAt80: 0.12),
        ChronicHabit(condition: SampleConcept.anxiety, drug: GeneratedTree.drugs.first + 4, from: 16, shareAt80: 0.10),
        ChronicHabit(condition: SampleConcept.dementia, drug: GeneratedTree.drugs.first + 5, from: 62, shareAt80: 0.20),
    ]

    /// The share of people of an age who have it.
    func share(atAge age: Int) -> Double {
        age <= from ? 0 : shareAt80 * Double(min(age, 85) - from) / Double(80 - from)
    }
}

/// Acute conditions by age group and month, ready to draw from.
struct AcuteTable: Sendable {
    private var cumulative: [[Int]] = []

    init() {
        for month in 1...12 {
            for group in 0..<3 {
                var sum = 0
                cumulative.append(
                    AcuteHabit.all.map { habit in
                        let weight = [habit.weights.child, habit.weights.adult, habit.weights.old][group]
                        sum += weight * habit.season.factor(month)
                        return sum
                    })
            }
        }
    }

    /// One acute condition for a person of `age` in `month`.
    func pick(age: Int, month: Int, _ dice: inout SyntheticRandom) -> AcuteHabit {
        let group = age < 18 ? 0 : age < 65 ? 1 : 2
        let sums = cumulative[(month - 1) * 3 + group]
        let draw = dice.below(sums[sums.count - 1])
        var index = 0
        while sums[index] <= draw { index += 1 }
        return AcuteHabit.all[index]
    }
}

/// A measurement that the background makes, with its unit, normal range and spread.
struct LaboratoryTest: Sendable {
    let concept: Int32
    let unit: Int32
    let normal: (low: Double, high: Double)
    let mean: Double
    let deviation: Double
    /// Values are rounded to steps of 1 / `steps`.
    let steps: Double

    /// One value.
    func value(_ dice: inout SyntheticRandom) -> Double {
        (max(0, dice.bell(mean: mean, deviation: deviation)) * steps).rounded() / steps
    }

    /// What is measured at the bedside, in the order in which a set of vital signs is written down.
    static let vitalSigns: [LaboratoryTest] = [
        LaboratoryTest(
            concept: SampleConcept.heartRate, unit: SampleConcept.perMinute, normal: (60, 100), mean: 88, deviation: 16, steps: 1),
        LaboratoryTest(
            concept: SampleConcept.respiratoryRate, unit: SampleConcept.perMinute, normal: (12, 20), mean: 19, deviation: 4,
            steps: 1),
        LaboratoryTest(
            concept: SampleConcept.oxygenSaturation, unit: SampleConcept.percent, normal: (94, 100), mean: 96, deviation: 1.6,
            steps: 1),
        LaboratoryTest(
            concept: SampleConcept.bodyTemperature, unit: SampleConcept.degreeCelsius, normal: (36, 37.5), mean: 36.9,
            deviation: 0.5, steps: 10),
    ]

    /// What clinics and wards order.
    static let routine: [LaboratoryTest] = [
        LaboratoryTest(
            concept: SampleConcept.systolicPressure, unit: SampleConcept.millimetreOfMercury, normal: (90, 140), mean: 127,
            deviation: 16, steps: 1),
        LaboratoryTest(
            concept: SampleConcept.diastolicPressure, unit: SampleConcept.millimetreOfMercury, normal: (60, 90), mean: 78,
            deviation: 10, steps: 1),
        LaboratoryTest(
            concept: SampleConcept.creatinine, unit: SampleConcept.milligramPerDecilitre, normal: (0.6, 1.2), mean: 0.95,
            deviation: 0.25, steps: 100),
        LaboratoryTest(
            concept: SampleConcept.potassium, unit: SampleConcept.millimolePerLitre, normal: (3.5, 5.1), mean: 4.2,
            deviation: 0.35, steps: 10),
        LaboratoryTest(
            concept: SampleConcept.glycatedHaemoglobin, unit: SampleConcept.percent, normal: (4, 5.7), mean: 5.5, deviation: 0.4,
            steps: 10),
        LaboratoryTest(
            concept: SampleConcept.filtration, unit: SampleConcept.filtrationRate, normal: (60, 120), mean: 84, deviation: 17,
            steps: 1),
        LaboratoryTest(
            concept: SampleConcept.bodyWeight, unit: SampleConcept.kilogram, normal: (45, 90), mean: 63, deviation: 11, steps: 10),
    ]
}

// The six hospitals of the sample consortium. Names are those of the published roster; every figure is invented.

extension SyntheticHospital {
    /// The six, in the order of their identifiers.
    public static let sampleConsortium: [SyntheticHospital] = [
        chonnam, hwasunChonnam, busan, yangsanBusan, kyungpook, chilgokKyungpook,
    ]

    /// The hospital with this identifier, if it is one of the six.
    public static func withID(_ id: String) -> SyntheticHospital? {
        sampleConsortium.first { $0.id == id }
    }

    private static let chonnam = SyntheticHospital(
        id: "KR-H-0009", englishName: "Chonnam National University Hospital", koreanName: "전남대학교병원",
        patients: .general, dataFrom: SyntheticCalendar.day(2005, 3, 1), dataUntil: SyntheticCalendar.day(2026, 9, 30),
        vocabularyRelease: "Dure sample 2026-02", unmappedShare: 0.04, mapsProcedures: true, birthWeightUnit: .gram,
        gestationUnit: .weeks, hasChildrensIntensiveCare: true, keepsReceptorsAsObservations: false,
        planted: PlantedCounts(
            earlyWarning: 7, prematurity: 12, breastCancer: 120, cancerAfterMetformin: 30, cancerWithoutMetformin: 150,
            rareDisease: 3, diabetes: 620, heartFailureTrial: 46))

    private static let hwasunChonnam = SyntheticHospital(
        id: "KR-H-0010", englishName: "Chonnam National University Hwasun Hospital", koreanName: "화순전남대학교병원",
        patients: .cancerCentre, dataFrom: SyntheticCalendar.day(2006, 1, 1), dataUntil: SyntheticCalendar.day(2026, 8, 31),
        vocabularyRelease: "Dure sample 2026-02", unmappedShare: 0.06, mapsProcedures: true, birthWeightUnit: .gram,
        gestationUnit: .weeks, hasChildrensIntensiveCare: false, keepsReceptorsAsObservations: true,
        planted: PlantedCounts(
            earlyWarning: 0, prematurity: 0, breastCancer: 260, cancerAfterMetformin: 85, cancerWithoutMetformin: 400,
            rareDisease: 5, diabetes: 180, heartFailureTrial: 18))

    private static let busan = SyntheticHospital(
        id: "KR-H-0011", englishName: "Busan National University Hospital", koreanName: "부산대학교병원",
        patients: .general, dataFrom: SyntheticCalendar.day(2003, 1, 1), dataUntil: SyntheticCalendar.day(2026, 9, 30),
        vocabularyRelease: "Dure sample 2025-08", unmappedShare: 0.03, mapsProcedures: true, birthWeightUnit: .gram,
        gestationUnit: .days, hasChildrensIntensiveCare: true, keepsReceptorsAsObservations: false,
        planted: PlantedCounts(
            earlyWarning: 8, prematurity: 17, breastCancer: 140, cancerAfterMetformin: 35, cancerWithoutMetformin: 170,
            rareDisease: 4, diabetes: 700, heartFailureTrial: 61))

    private static let yangsanBusan = SyntheticHospital(
        id: "KR-H-0012", englishName: "Yangsan Busan National University Hospital", koreanName: "양산부산대학교병원",
        patients: .children, dataFrom: SyntheticCalendar.day(2009, 1, 1), dataUntil: SyntheticCalendar.day(2026, 10, 15),
        vocabularyRelease: "Dure sample 2026-02", unmappedShare: 0.05, mapsProcedures: true, birthWeightUnit: .gram,
        gestationUnit: .weeks, hasChildrensIntensiveCare: true, keepsReceptorsAsObservations: false,
        planted: PlantedCounts(
            earlyWarning: 9, prematurity: 31, breastCancer: 0, cancerAfterMetformin: 0, cancerWithoutMetformin: 0,
            rareDisease: 6, diabetes: 4, heartFailureTrial: 0))

    private static let kyungpook = SyntheticHospital(
        id: "KR-H-0013", englishName: "Kyungpook National University Hospital", koreanName: "경북대학교병원",
        patients: .general, dataFrom: SyntheticCalendar.day(2008, 7, 1), dataUntil: SyntheticCalendar.day(2026, 6, 30),
        vocabularyRelease: "Dure sample 2025-02", unmappedShare: 0.12, mapsProcedures: true, birthWeightUnit: .kilogram,
        gestationUnit: .weeks, hasChildrensIntensiveCare: true, keepsReceptorsAsObservations: false,
        planted: PlantedCounts(
            earlyWarning: 6, prematurity: 14, breastCancer: 110, cancerAfterMetformin: 28, cancerWithoutMetformin: 140,
            rareDisease: 2, diabetes: 640, heartFailureTrial: 52))

    private static let chilgokKyungpook = SyntheticHospital(
        id: "KR-H-0014", englishName: "Kyungpook National University Chilgok Hospital", koreanName: "칠곡경북대학교병원",
        patients: .general, dataFrom: SyntheticCalendar.day(2011, 1, 1), dataUntil: SyntheticCalendar.day(2026, 9, 30),
        vocabularyRelease: "Dure sample 2025-08", unmappedShare: 0.08, mapsProcedures: false, birthWeightUnit: .gram,
        gestationUnit: .weeks, hasChildrensIntensiveCare: true, keepsReceptorsAsObservations: false,
        planted: PlantedCounts(
            earlyWarning: 4, prematurity: 6, breastCancer: 95, cancerAfterMetformin: 22, cancerWithoutMetformin: 120,
            rareDisease: 4, diabetes: 520, heartFailureTrial: 39))
}

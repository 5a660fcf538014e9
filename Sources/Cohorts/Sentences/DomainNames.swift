extension CriterionDomain {
    /// The domain's name in a sentence: singular in English.
    public func name(_ language: SentenceLanguage) -> String {
        let names = names
        return language == .english ? names.en : names.ko
    }

    /// The plural in English; Korean has none.
    func plural(_ language: SentenceLanguage) -> String {
        guard language == .english else { return names.ko }
        return self == .death ? "deaths" : names.en + "s"
    }

    private var names: (en: String, ko: String) {
        switch self {
        case .conditionOccurrence: ("condition", "진단")
        case .drugExposure: ("drug exposure", "약물 노출")
        case .procedureOccurrence: ("procedure", "수술·처치")
        case .measurement: ("measurement", "검사")
        case .observation: ("observation", "관찰 기록")
        case .deviceExposure: ("device exposure", "의료기기 사용")
        case .visitOccurrence: ("visit", "방문")
        case .visitDetail: ("visit detail", "세부 방문")
        case .specimen: ("specimen", "검체")
        case .death: ("death", "사망")
        case .conditionEra: ("condition era", "진단 지속 기간")
        case .drugEra: ("drug era", "약물 지속 기간")
        case .doseEra: ("dose era", "용량 지속 기간")
        case .observationPeriod: ("observation period", "관찰기간")
        case .payerPlanPeriod: ("payer plan period", "보험 자격 기간")
        case .episode: ("episode", "에피소드")
        case .locationRegion: ("region of residence", "거주 지역")
        case .customEra: ("custom era", "사용자 정의 기간")
        }
    }
}

extension CriterionAttribute {
    /// The attribute's name in a sentence.
    public func name(_ language: SentenceLanguage) -> String {
        let names = names
        return language == .english ? names.en : names.ko
    }

    private var names: (en: String, ko: String) {
        switch self {
        case .startDate: ("start date", "시작일")
        case .endDate: ("end date", "종료일")
        case .length: ("length", "기간")
        case .age: ("age", "나이")
        case .ageAtStart: ("age at start", "시작 시 나이")
        case .ageAtEnd: ("age at end", "종료 시 나이")
        case .gender: ("sex", "성별")
        case .race: ("race", "인종")
        case .ethnicity: ("ethnicity", "민족")
        case .type: ("record type", "기록 유형")
        case .visitType: ("kind of visit", "방문 유형")
        case .providerSpecialty: ("provider specialty", "진료과")
        case .placeOfService: ("place of service", "진료 장소")
        case .placeOfServiceLocation: ("region of the place of service", "진료 장소의 지역")
        case .status: ("condition status", "진단 상태")
        case .stopReason: ("stop reason", "중단 사유")
        case .refills: ("refills", "재처방 횟수")
        case .quantity: ("quantity", "수량")
        case .daysSupply: ("days supplied", "투약 일수")
        case .route: ("route", "투여 경로")
        case .effectiveDrugDose: ("effective drug dose", "유효 용량")
        case .doseUnit: ("dose unit", "용량 단위")
        case .lotNumber: ("lot number", "제조 번호")
        case .uniqueDeviceID: ("device identifier", "의료기기 고유 식별자")
        case .operatorConcept: ("operator", "부등호")
        case .valueAsNumber: ("value", "수치")
        case .valueAsConcept: ("value (concept)", "결과 개념")
        case .valueAsString: ("value (text)", "결과 문구")
        case .unit: ("unit", "단위")
        case .rangeLow: ("lower reference limit", "참고치 하한")
        case .rangeHigh: ("upper reference limit", "참고치 상한")
        case .rangeLowRatio: ("value ÷ lower reference limit", "참고치 하한 대비 비율")
        case .rangeHighRatio: ("value ÷ upper reference limit", "참고치 상한 대비 비율")
        case .abnormal: ("abnormal result", "비정상 결과")
        case .qualifier: ("qualifier", "한정어")
        case .modifier: ("modifier", "수식어")
        case .anatomicSite: ("anatomic site", "채취 부위")
        case .diseaseStatus: ("disease status", "질병 상태")
        case .sourceID: ("source identifier", "원천 식별자")
        case .occurrenceCount: ("number of occurrences", "발생 횟수")
        case .gapDays: ("gap days", "공백 일수")
        case .doseValue: ("dose", "용량")
        case .episodeNumber: ("episode number", "에피소드 번호")
        case .episodeObjectConcept: ("episode object", "에피소드 대상")
        case .payer: ("payer", "보험자")
        case .plan: ("plan", "보험 종류")
        case .sponsor: ("sponsor", "보험 가입 주체")
        case .payerStopReason: ("stop reason", "종료 사유")
        case .payerSource: ("payer (source)", "보험자(원천)")
        case .planSource: ("plan (source)", "보험 종류(원천)")
        case .sponsorSource: ("sponsor (source)", "보험 가입 주체(원천)")
        case .payerStopReasonSource: ("stop reason (source)", "종료 사유(원천)")
        }
    }
}

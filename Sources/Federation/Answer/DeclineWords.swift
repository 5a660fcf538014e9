extension DeclineCode {
    /// What the code says to a person. A code is what crosses the wire; these words are the reader's own.
    public var words: BilingualText {
        switch self {
        case .projectUnknown: BilingualText(ko: "이 병원과 합의되지 않은 과제입니다", en: "the hospital has no agreement for this project")
        case .projectEnded: BilingualText(ko: "과제의 합의 기간이 끝났습니다", en: "the agreement for this project has ended")
        case .purposeScope: BilingualText(ko: "합의된 활용 목적을 벗어납니다", en: "outside the agreed purposes")
        case .organisationScope: BilingualText(ko: "합의된 기관이 아닙니다", en: "not one of the agreed organisations")
        case .conceptScope: BilingualText(ko: "합의된 분야를 벗어나는 개념이 있습니다", en: "a concept lies outside the agreed areas")
        case .sensitiveConcept: BilingualText(ko: "민감한 개념이 포함되어 있습니다", en: "it touches a sensitive concept")
        case .releaseMode: BilingualText(ko: "이 공개 방식은 허용되지 않습니다", en: "this way of showing answers is not allowed")
        case .totalsRoster:
            BilingualText(ko: "합산 참여 명단을 이 병원이 인정하지 않습니다", en: "the hospital does not accept the totals roster")
        case .totalsKind:
            BilingualText(
                ko: "이 병원은 이 방식으로 개봉하는 합산에 참여하지 않습니다", en: "the hospital takes no part in totals that are opened in this way")
        case .outputNotAllowed: BilingualText(ko: "이 출력 항목은 허용되지 않습니다", en: "attrition or a breakdown is not allowed")
        case .breakdownDimensions: BilingualText(ko: "세부 분포의 항목 수가 너무 많습니다", en: "the breakdown has too many dimensions")
        case .quota: BilingualText(ko: "과제의 공개 한도를 모두 사용했습니다", en: "the project's quota here is used up")
        case .tooLarge: BilingualText(ko: "정의가 너무 큽니다", en: "the definition is too large")
        case .notSupported: BilingualText(ko: "이 노드가 지원하지 않는 조건이 있습니다", en: "it uses what this node does not evaluate")
        case .paused: BilingualText(ko: "병원에서 일시 중지했습니다", en: "the hospital has paused")
        case .ticketExpired: BilingualText(ko: "응답 기한이 지났습니다", en: "its time had run out")
        case .ticketInvalid: BilingualText(ko: "요청의 검증에 실패했습니다", en: "the request did not verify")
        case .declinedByPerson: BilingualText(ko: "병원 담당자가 거절했습니다", en: "a person at the hospital declined")
        case .purposeUnclear: BilingualText(ko: "병원 담당자가 거절: 활용 목적이 분명하지 않습니다", en: "a person declined: the purpose is not clear")
        case .reviewNeeded:
            BilingualText(ko: "병원 담당자가 거절: 심의(IRB·DRB)가 먼저 필요합니다", en: "a person declined: a review board has to decide first")
        case .tooDetailed:
            BilingualText(ko: "병원 담당자가 거절: 결과가 너무 상세합니다", en: "a person declined: the answer would be too detailed")
        case .approvalExpired: BilingualText(ko: "기한 안에 승인되지 않았습니다", en: "nobody at the hospital decided in time")
        case .stopped: BilingualText(ko: "병원에서 모든 처리를 중단했습니다", en: "the hospital stopped everything")
        }
    }
}

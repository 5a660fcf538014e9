/// A definition in Korean.
struct KoreanGrammar: SentenceGrammar {
    func heading(_ section: SentenceLine.Section) -> String {
        switch section {
        case .entry: "진입 이벤트"
        case .additional: "추가 조건"
        case .rules: "포함 기준(대상자 선정 순서)"
        case .exit: "코호트 종료"
        case .conceptSets: "개념 집합"
        case .outputs: "출력"
        }
    }

    func event(_ criterion: Criterion, _ names: SetNames) -> String { noun(criterion, names) }

    /// "기준일 365일 전부터 기준일까지 '당화혈색소' 검사(수치 7 이상)가 1회 이상 있음"
    func counted(_ counted: CorrelatedCriterion, _ names: SetNames) -> String {
        var places = [KoreanWindow.clause(counted)]
        if counted.restrictVisit { places.append("기준 이벤트와 같은 방문에서") }
        if counted.ignoreObservationPeriod { places.append("관찰기간 밖의 기록까지 포함하여") }
        return places.joined(separator: ", ") + " " + amount(counted, names)
    }

    func demographic(_ criterion: DemographicCriterion, _ names: SetNames) -> String {
        let parts = criterion.filters.map { filter in
            switch (filter.attribute, filter.test) {
            case (.startDate, .date(let range)): "기준일이 \(KoreanFilter.date(range))"
            case (.endDate, .date(let range)): "기준 이벤트 종료일이 \(KoreanFilter.date(range))"
            case (.age, _): "기준일 나이 \(KoreanFilter.phrase(filter, names))"
            default: KoreanFilter.phrase(filter, names)
            }
        }
        return parts.isEmpty ? "환자 정보가 있음" : parts.joined(separator: ", ")
    }

    func introduction(_ rule: CriteriaGroup.Rule) -> String {
        switch rule {
        case .all: "다음을 모두 만족:"
        case .any: "다음 중 하나 이상을 만족:"
        case .atLeast(let count): "다음 중 최소 \(count)개를 만족:"
        case .atMost(let count): "다음 중 최대 \(count)개만 만족:"
        }
    }

    func nestedIntroduction() -> String { "그 기록을 기준으로 다음을 만족:" }

    func anyOf() -> String { "다음 이벤트 중 하나:" }

    func emptyGroup() -> String { "조건이 없어 모두 통과" }

    // MARK: Nouns

    /// "생애 첫 '제2형 당뇨병' 진단(18세 이상, 성별: 여성)"
    private func noun(_ criterion: Criterion, _ names: SetNames) -> String {
        var words: [String] = []
        if criterion.first { words.append("생애 첫") }
        if let id = criterion.sourceCodesetID { words.append("원천 코드가 \(names.quoted(id))에 속하는") }
        if let id = criterion.codesetID { words.append(names.quoted(id)) }
        words.append(criterion.domain.name(.korean))
        var details = criterion.filters.map { KoreanFilter.phrase($0, names) }
        if let adjustment = criterion.dateAdjustment { details.append(Self.adjustment(adjustment)) }
        if let period = criterion.userDefinedPeriod { details.append("\(Korean.with(Self.period(period), .direction)) 지정") }
        if criterion.domain == .customEra { details.append("아래 기록을 이은 기간") }
        return words.joined(separator: " ") + (details.isEmpty ? "" : "(\(details.joined(separator: ", ")))")
    }

    private func amount(_ counted: CorrelatedCriterion, _ names: SetNames) -> String {
        let noun = noun(counted.criterion, names)
        let occurrence = counted.occurrence
        if occurrence.count == 0, occurrence.kind != .atLeast { return "\(Korean.with(noun, .subject)) 없음" }
        let number = SentenceNumber.text(occurrence.count)
        if let column = occurrence.distinctColumn {
            let unit = "서로 다른 \(Korean.with(Self.column(column), .subject))"
            return "\(noun)에서 \(unit) \(quantity(occurrence.kind, number, "개")) 있음"
        }
        return "\(Korean.with(noun, .subject)) \(quantity(occurrence.kind, number, "회")) 있음"
    }

    private func quantity(_ kind: Occurrence.Kind, _ number: String, _ unit: String) -> String {
        switch kind {
        case .exactly: "정확히 \(number)\(unit)"
        case .atMost: "\(number)\(unit) 이하로"
        case .atLeast: "\(number)\(unit) 이상"
        }
    }

    private static func column(_ column: CountColumn) -> String {
        switch column {
        case .daysSupply: "투약 일수"
        case .domainConcept: "개념"
        case .domainSourceConcept: "원천 개념"
        case .duration: "기간"
        case .endDate: "종료일"
        case .eraOccurrences: "발생 횟수"
        case .gapDays: "공백 일수"
        case .quantity: "수량"
        case .rangeHigh: "참고치 상한"
        case .rangeLow: "참고치 하한"
        case .refills: "재처방 횟수"
        case .startDate: "시작일"
        case .unit: "단위"
        case .valueAsNumber: "수치"
        case .visitID: "방문"
        case .visitDetailID: "세부 방문"
        }
    }

    private static func adjustment(_ adjustment: DateAdjustment) -> String {
        func date(_ anchor: DateAdjustment.Anchor, _ offset: Int) -> String {
            let base = anchor == .start ? "시작일" : "종료일"
            if offset == 0 { return base }
            return "\(base) \(SentenceNumber.text(Int(offset.magnitude)))일 \(offset > 0 ? "후" : "전")"
        }
        return "기간을 \(date(adjustment.startWith, adjustment.startOffset))부터 "
            + "\(date(adjustment.endWith, adjustment.endOffset))까지로 조정"
    }

    static func period(_ period: Period) -> String {
        switch (period.start, period.end) {
        case (let start?, let end?): "\(start)부터 \(end)까지"
        case (let start?, nil): "\(start) 이후(당일 포함)"
        case (nil, let end?): "\(end) 이전(당일 포함)"
        case (nil, nil): "모든 기간"
        }
    }

    static func days(_ count: Int) -> String { "\(SentenceNumber.text(Int(count.magnitude)))일" }
}

// MARK: - Limits, rules, exit

extension KoreanGrammar {
    func observation(_ window: ObservationWindow) -> String? {
        switch (window.priorDays, window.postDays) {
        case (0, 0): nil
        case (let prior, 0): "이벤트 이전에 \(Self.days(prior)) 이상 관찰됨"
        case (0, let post): "이벤트 이후에 \(Self.days(post)) 이상 관찰됨"
        case (let prior, let post): "이벤트 이전에 \(Self.days(prior)) 이상, 이후에 \(Self.days(post)) 이상 관찰됨"
        }
    }

    func entryLimit(_ limit: EventLimit) -> String {
        switch limit {
        case .all: "환자의 모든 해당 이벤트를 검토합니다."
        case .first: "환자별 첫 번째 해당 이벤트만 검토합니다."
        case .last: "환자별 마지막 해당 이벤트만 검토합니다."
        }
    }

    func qualifiedLimit(_ limit: EventLimit) -> String {
        switch limit {
        case .all: "이 조건을 만족하는 모든 이벤트를 유지합니다."
        case .first: "이 중 환자별 첫 번째 이벤트만 유지합니다."
        case .last: "이 중 환자별 마지막 이벤트만 유지합니다."
        }
    }

    func expressionLimit(_ limit: EventLimit) -> String {
        switch limit {
        case .all: "모든 기준을 통과한 이벤트를 모두 유지합니다."
        case .first: "모든 기준을 통과한 이벤트 중 환자별 첫 번째 이벤트만 유지합니다."
        case .last: "모든 기준을 통과한 이벤트 중 환자별 마지막 이벤트만 유지합니다."
        }
    }

    func rule(_ number: Int, _ rule: InclusionRule) -> String {
        rule.name.trimmed.isEmpty ? "\(number)." : "\(number). \(rule.name.trimmed)"
    }

    func exit(_ strategy: EndStrategy?, _ names: SetNames) -> String {
        switch strategy {
        case nil: return "관찰이 끝날 때까지 코호트 기간이 이어집니다."
        case .dateOffset(let exit):
            let date = exit.field == .start ? "이벤트 시작일" : "이벤트 종료일"
            let moment = exit.offset == 0 ? "\(date)에" : "\(date) \(Self.days(exit.offset)) \(exit.offset > 0 ? "후에" : "전에")"
            return "\(moment) 코호트 기간이 끝나며, 관찰이 먼저 끝나면 그때 끝납니다."
        case .customEra(let exit):
            var details = ["\(Self.days(exit.gapDays)) 이하의 공백 허용"]
            if exit.offset != 0 { details.append("종료일에 \(Self.days(exit.offset)) \(exit.offset > 0 ? "추가" : "차감")") }
            if let supply = exit.daysSupplyOverride { details.append("노출 1건을 \(Korean.with(Self.days(supply), .direction)) 계산") }
            return "\(names.quoted(exit.drugCodesetID))의 연속 노출이 끝나거나(\(details.joined(separator: ", "))) "
                + "관찰이 끝나면 코호트 기간도 끝납니다."
        }
    }

    func censoring() -> String { "다음 이벤트가 처음 발생하면 그날 코호트 기간이 끝납니다:" }

    func collapse(_ settings: CollapseSettings) -> String? {
        settings.eraPad == 0 ? nil : "같은 환자의 기간이 \(Self.days(settings.eraPad)) 이내로 떨어져 있으면 하나로 합칩니다."
    }

    func censorWindow(_ period: Period) -> String { "코호트 기간을 \(Korean.with(Self.period(period), .direction)) 제한합니다." }

    func conceptSet(_ set: ConceptSet) -> String {
        let included = set.items.filter { !$0.isExcluded }.map(item)
        let excluded = set.items.filter(\.isExcluded).map(item)
        let name = set.name.trimmed.isEmpty ? "개념 집합 \(set.id)" : "'\(set.name.trimmed)'"
        let holds = included.isEmpty ? "없음" : Self.shortened(included)
        return "\(name): \(holds)" + (excluded.isEmpty ? "" : "; 제외: \(Self.shortened(excluded))")
    }

    private func item(_ item: ConceptSetItem) -> String {
        let extras = [item.includeDescendants ? "하위 개념" : nil, item.includeMapped ? "매핑된 코드" : nil].compactMap { $0 }
        let name = "\(item.concept.name?.trimmed ?? "개념")(\(item.concept.id))"
        return extras.isEmpty ? name : "\(name) 및 \(extras.joined(separator: "·"))"
    }

    private static func shortened(_ items: [String]) -> String {
        items.count <= 8 ? items.joined(separator: ", ") : items.prefix(7).joined(separator: ", ") + " 외 \(items.count - 7)개"
    }
}

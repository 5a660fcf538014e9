import CanonicalJSON

/// What a question wants to see of its counts, in words.
struct OutputWords {
    private let question: FeasibilityQuestion
    private let language: SentenceLanguage
    private let names: SetNames

    init(_ question: FeasibilityQuestion, _ language: SentenceLanguage) {
        self.question = question
        self.language = language
        names = SetNames(question.cohort, language)
    }

    var lines: [SentenceLine] {
        let grammar: any SentenceGrammar = language == .english ? EnglishGrammar() : KoreanGrammar()
        let place = JSONPointer.root.appending("outputs")
        func line(_ level: Int, _ text: String, _ pointer: JSONPointer) -> SentenceLine {
            SentenceLine(section: .outputs, level: level, text: text, pointer: pointer)
        }
        var lines = [
            line(0, grammar.heading(.outputs), place),
            line(1, say("how many patients are in the cohort", "코호트의 환자 수"), place),
        ]
        if question.attrition {
            lines.append(
                line(1, say("how many are left after each step", "단계별로 남은 환자 수"), place.appending("attrition")))
        }
        if question.distinct {
            let words = say(
                "how many different patients all hospitals have together, each counted once (an estimate)",
                "모든 병원을 합한 서로 다른 환자 수(한 환자를 한 번만 셈, 추정치)")
            lines.append(line(1, words, place.appending("distinct")))
        }
        if !question.breakdown.isEmpty {
            let pointer = place.appending("breakdown")
            lines.append(line(1, say("the patients by, in one table:", "다음 항목별 환자 수(하나의 표):"), pointer))
            lines += question.breakdown.enumerated().map { line(2, words($1), pointer.appending($0)) }
        }
        return lines
    }

    private func say(_ english: String, _ korean: String) -> String { language == .english ? english : korean }

    private func words(_ dimension: BreakdownDimension) -> String {
        switch dimension {
        case .sex: say("sex", "성별")
        case .ageBand: say("age band at the index date", "기준일의 연령대")
        case .indexYear: say("year of the index date", "기준일의 연도")
        case .indexMonth: say("month of the index date", "기준일의 연월")
        case .visitType: say("kind of visit of the index event", "기준 이벤트의 방문 유형")
        case .conceptSet: conceptSet
        }
    }

    private var conceptSet: String {
        guard let set = question.breakdownSet else { return say("a concept set", "개념 집합") }
        let (noun, name) = (set.domain.name(language), names.quoted(set.codesetID))
        return say(
            "whether \(EnglishGrammar.article(noun)) \(noun) of \(name) is recorded, at any time",
            "\(name) \(noun) 기록이 있는지(시점 무관)")
    }
}

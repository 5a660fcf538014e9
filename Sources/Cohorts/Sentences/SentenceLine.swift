import CanonicalJSON

/// One line of a definition said in words.
public struct SentenceLine: Sendable, Hashable, JSONEncodable {
    /// What part of the definition a line belongs to.
    public enum Section: String, Sendable, Hashable, CaseIterable {
        /// Which events enter.
        case entry
        /// What entry events must also satisfy.
        case additional
        /// The inclusion rules, steps of attrition.
        case rules
        /// How persons leave.
        case exit
        /// What the names of concept sets stand for.
        case conceptSets
        /// What is shown of the counts.
        case outputs
    }

    /// The part.
    public let section: Section
    /// 0 for the part's heading, then one more for each step inwards.
    public let level: Int
    /// The words.
    public let text: String
    /// What the line is about.
    public let pointer: JSONPointer

    /// `{"section": …, "level": …, "text": …, "pointer": …}`
    public var json: JSONValue {
        [
            "section": .string(section.rawValue), "level": .int(level), "text": .string(text),
            "pointer": .string(pointer.description),
        ]
    }
}

extension CohortExpression {
    /// The whole definition in words: entry, additional criteria, rules, exit and concept sets, in the order of evaluation.
    public func sentences(_ language: SentenceLanguage) -> [SentenceLine] {
        var readBack = ReadBack(self, language)
        return readBack.lines()
    }
}

extension FeasibilityQuestion {
    /// The whole question in words: the definition, then what is shown of its counts.
    public func sentences(_ language: SentenceLanguage) -> [SentenceLine] {
        cohort.sentences(language) + OutputWords(self, language).lines
    }
}

extension [SentenceLine] {
    /// The lines as indented text, headings without a bullet.
    public func text() -> String {
        map { line in
            line.level == 0 ? line.text : String(repeating: "  ", count: line.level - 1) + "- " + line.text
        }.joined(separator: "\n")
    }
}

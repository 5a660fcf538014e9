import CanonicalJSON

/// A title in the languages of the consortium.
public struct QuestionTitle: Sendable, Hashable, JSONEncodable {
    /// English.
    public var en: String?
    /// Korean.
    public var ko: String?

    /// The longest title, in bytes.
    public static let longest = 400

    /// A title in one or both languages.
    public init(en: String? = nil, ko: String? = nil) {
        self.en = en
        self.ko = ko
    }

    /// The title in the asked language, or in the other.
    public func text(_ language: SentenceLanguage) -> String? {
        switch language {
        case .english: en ?? ko
        case .korean: ko ?? en
        }
    }

    /// `{"en": …, "ko": …}`
    public var json: JSONValue {
        var object = JSONObject()
        object["en"] = en.map { .string($0) }
        object["ko"] = ko.map { .string($0) }
        return .object(object)
    }
}

/// The languages that the house speaks to people.
public enum SentenceLanguage: String, Sendable, Hashable, CaseIterable {
    /// English.
    case english = "en"
    /// Korean.
    case korean = "ko"
}

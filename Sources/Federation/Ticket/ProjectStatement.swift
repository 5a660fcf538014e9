import CanonicalJSON

/// A text in Korean and English; one of the two may be absent, not both.
public struct BilingualText: Sendable, Hashable, JSONEncodable, JSONDecodable {
    /// The Korean text.
    public var ko: String?
    /// The English text.
    public var en: String?

    /// Creates a text.
    public init(ko: String? = nil, en: String? = nil) {
        self.ko = ko
        self.en = en
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["ko", "en"])
        ko = try object.optional("ko")?.string(maxLength: 4_000)
        en = try object.optional("en")?.string(maxLength: 4_000)
        guard ko != nil || en != nil else { throw json.fail(.missing, "needs a text in ko or en") }
    }

    public var json: JSONValue {
        var object = JSONObject()
        if let ko { object["ko"] = .string(ko) }
        if let en { object["en"] = .string(en) }
        return .object(object)
    }

    /// The text in `language` ("ko" or "en"), or in the other where that is absent.
    public func text(_ language: String) -> String { (language == "ko" ? ko ?? en : en ?? ko) ?? "" }
}

/// Under what the question is asked: a hospital's policy decides by it.
public struct ProjectStatement: Sendable, Hashable, JSONEncodable, JSONDecodable {
    /// What kind of use is meant.
    public enum PurposeClass: String, Sendable, CaseIterable {
        case protocolFeasibility = "protocol-feasibility"
        case trialSiteSelection = "trial-site-selection"
        case methodDevelopment = "method-development"
        case publicHealth = "public-health"
        case education
    }

    /// The project.
    public var id: ProjectID
    /// Its title.
    public var title: BilingualText
    /// Why the question is asked, in the researcher's words.
    public var purpose: String
    /// The kind of use.
    public var purposeClass: PurposeClass
    /// The requesting organisation's identifier (`ORG-0007`).
    public var organisation: String

    /// Creates a statement.
    public init(id: ProjectID, title: BilingualText, purpose: String, purposeClass: PurposeClass, organisation: String) {
        self.id = id
        self.title = title
        self.purpose = purpose
        self.purposeClass = purposeClass
        self.organisation = organisation
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["id", "title", "purpose", "purposeClass", "organisation"])
        id = try object.required("id").decode(ProjectID.self)
        title = try object.required("title").decode(BilingualText.self)
        purpose = try object.required("purpose").string(maxLength: 8_000)
        purposeClass = try object.required("purposeClass").choice(PurposeClass.self)
        organisation = try object.required("organisation").string(maxLength: 64)
    }

    public var json: JSONValue {
        [
            "id": id.json, "title": title.json, "purpose": .string(purpose), "purposeClass": .string(purposeClass.rawValue),
            "organisation": .string(organisation),
        ]
    }
}

/// How the answers of a project's hospitals may be seen.
public enum ReleaseMode: String, Sendable, CaseIterable {
    /// Each hospital's disclosed counts, by name.
    case named
    /// Each hospital's disclosed counts, under codes shuffled per query.
    case coded
    /// Only the masked sum over hospitals.
    case secureTotal = "secure-total"
}

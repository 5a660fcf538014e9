import CanonicalJSON

/// How much a finding matters.
public enum LintSeverity: String, Sendable, Hashable, CaseIterable, Comparable {
    /// Good to know; the definition does what it says.
    case information
    /// Probably not what the author meant.
    case warning
    /// The part can match nobody, or no hospital can answer it.
    case error

    /// The mildest first.
    public static func < (left: LintSeverity, right: LintSeverity) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .information: 0
        case .warning: 1
        case .error: 2
        }
    }
}

/// Something that a check noticed in a definition that can be read.
public struct LintFinding: Sendable, Hashable, JSONEncodable {
    /// The check's name, which is stable: `unusedConceptSet`.
    public let check: String
    /// How much it matters.
    public let severity: LintSeverity
    /// Where it is.
    public let pointer: JSONPointer
    /// What it is, in English.
    public let english: String
    /// What it is, in Korean.
    public let korean: String

    /// What it is, in a person's language.
    public func message(_ language: SentenceLanguage) -> String {
        language == .english ? english : korean
    }

    /// `{"check": …, "severity": …, "pointer": …, "message": {"en": …, "ko": …}}`
    public var json: JSONValue {
        [
            "check": .string(check), "severity": .string(severity.rawValue), "pointer": .string(pointer.description),
            "message": ["en": .string(english), "ko": .string(korean)],
        ]
    }
}

/// A check: a small type that looks at one thing in a definition and says where it found it.
protocol LintCheck: Sendable {
    /// A stable name.
    static var name: String { get }
    /// How much its findings matter.
    static var severity: LintSeverity { get }
    /// What it found.
    static func hits(in walk: DefinitionWalk) -> [LintHit]
}

/// A place and what is to be said about it.
struct LintHit {
    let pointer: JSONPointer
    let english: String
    let korean: String

    init(_ pointer: JSONPointer, en english: String, ko korean: String) {
        self.pointer = pointer
        self.english = english
        self.korean = korean
    }
}

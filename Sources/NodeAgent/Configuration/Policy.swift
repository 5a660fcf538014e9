import CanonicalJSON
import Disclosure
import Federation

/// `policy.yaml`: what this hospital answers, to whom, and in which form.
///
/// The file is the hospital's word: a coordinator's wish or a project's entry can only make it stricter.
public struct Policy: Sendable, Hashable {
    /// Counts up with each change.
    public var version: Int
    /// Who changed it last.
    public var changedBy: String
    /// Why.
    public var reason: String
    /// What holds for every project.
    public var defaults: Terms
    /// The disclosure rules for every project.
    public var disclosure: DisclosureRules
    /// What happens with a project that is not listed.
    public var unlisted: UnlistedProjects
    /// What the hospital agreed with each project.
    public var projects: [ProjectID: Project]
    /// Projects that get no answer whatever else is said.
    public var blockedProjects: Set<ProjectID>
    /// Organisations that get no answer whatever else is said.
    public var blockedOrganisations: Set<String>

    /// What happens with a project that the file does not list.
    public enum UnlistedProjects: String, Sendable, Hashable, CaseIterable {
        /// Its questions are declined with PROJECT_UNKNOWN.
        case decline
        /// Its questions are answered under the defaults.
        case answer
    }

    /// What may be asked for: an answer's form.
    public struct Terms: Sendable, Hashable {
        /// The release modes that are answered.
        public var releaseModes: Set<ReleaseMode>
        /// Whether attrition by inclusion rule may leave.
        public var attrition: Bool
        /// Whether a breakdown may leave.
        public var breakdown: Bool
        /// How many dimensions a breakdown may have.
        public var breakdownDimensions: Int

        /// Both at once: nothing in `other` can add anything.
        func tightened(by other: Terms) -> Terms {
            Terms(
                releaseModes: releaseModes.intersection(other.releaseModes), attrition: attrition && other.attrition,
                breakdown: breakdown && other.breakdown,
                breakdownDimensions: min(breakdownDimensions, other.breakdownDimensions))
        }
    }

    /// What the hospital agreed with one project.
    public struct Project: Sendable, Hashable {
        /// Organisations that may ask under it; nil for any.
        public var organisations: Set<String>?
        /// Kinds of use agreed; nil for any.
        public var purposes: Set<ProjectStatement.PurposeClass>?
        /// The last day, `2026-12-31`; nil for no end.
        public var until: String?
        /// The form of its answers, already no looser than the defaults.
        public var terms: Terms
        /// Its disclosure rules, already no looser than the defaults.
        public var disclosure: DisclosureRules
    }

    /// The terms and rules for a project: its own, or the defaults.
    public func agreement(for project: ProjectID) -> (terms: Terms, disclosure: DisclosureRules) {
        guard let listed = projects[project] else { return (defaults, disclosure) }
        return (listed.terms, listed.disclosure)
    }

    /// The digest of everything that has an effect; comments, order, the version and the reason have none.
    public var hash: Digest256 { Digest256(of: json) }
}

extension Policy: JSONEncodable {
    /// The policy as a canonical value: what `hash` is made of and `dure-node policy` shows.
    public var json: JSONValue {
        [
            "schema": "dure.policy/1", "defaults": defaults.json(disclosure),
            "unlisted": .string(unlisted.rawValue),
            "projects": .array(
                projects.sorted { $0.key < $1.key }.map { id, project in
                    var object: JSONObject = ["id": id.json, "terms": project.terms.json(project.disclosure)]
                    if let organisations = project.organisations { object["organisations"] = .words(organisations) }
                    if let purposes = project.purposes { object["purposes"] = .words(purposes.map(\.rawValue)) }
                    if let until = project.until { object["until"] = .string(until) }
                    return .object(object)
                }),
            "blocked": [
                "projects": .words(blockedProjects.map(\.rawValue)), "organisations": .words(blockedOrganisations),
            ],
        ]
    }
}

extension Policy.Terms {
    fileprivate func json(_ rules: DisclosureRules) -> JSONValue {
        [
            "releaseModes": .words(releaseModes.map(\.rawValue)), "attrition": .bool(attrition),
            "breakdown": .bool(breakdown), "breakdownDimensions": .number(JSONNumber(breakdownDimensions)),
            "disclosure": rules.json,
        ]
    }
}

extension JSONValue {
    /// A set of words, sorted.
    fileprivate static func words(_ words: some Sequence<String>) -> JSONValue {
        .array(words.sorted().map(JSONValue.string))
    }
}

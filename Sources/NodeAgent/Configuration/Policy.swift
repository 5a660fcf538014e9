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
    /// Who may ask, what for and about what, for every project.
    public var scope: Scope
    /// When an answer may leave, for every project.
    public var decision: ReleaseDecision
    /// How many answers a project gets, for every project.
    public var quota: Quota
    /// The disclosure rules for every project.
    public var disclosure: DisclosureRules
    /// What happens with a project that is not listed.
    public var unlisted: UnlistedProjects
    /// What one question may cost, and when questions are worked on.
    public var limits: Limits
    /// Classes of questions with a stricter decision.
    public var classes: [ReleaseClass]
    /// Areas of concepts that an agreement may be limited to.
    public var areas: [String: ConceptGroup]
    /// Concepts that are answered more strictly.
    public var sensitive: [SensitiveGroup]
    /// What the hospital agreed with each project.
    public var projects: [ProjectID: Project]
    /// Projects that get no answer whatever else is said.
    public var blockedProjects: Set<ProjectID>
    /// Organisations that get no answer whatever else is said.
    public var blockedOrganisations: Set<String>
    /// The persons who decide, by their names on this machine; nil for whoever may work as the node's user.
    public var desk: Set<String>?
    /// How answers leave as files.
    public var courier: Courier
    /// What the consortium is told of the store as a whole.
    public var catalogue: Publication
    /// For how many years the audit log and what it speaks of are kept.
    public var keepYears: Int

    /// What consortium totals must be like for this hospital to take part; nil where it takes part in none.
    public var totals: TotalsPolicy?

    /// How answers leave as files.
    public struct Courier: Sendable, Hashable {
        /// How many different persons say yes before a file leaves.
        public var approvers = 2
        /// How many printed pages a file may fill, of 60 lines of 100 characters; a single answer may take more.
        public var pages = 40
    }

    /// Whether and how often a catalogue of the store is published.
    public struct Publication: Sendable, Hashable {
        /// Whether it leaves at all.
        public var isPublished = false
        /// The least number of days between two of them.
        public var everyDays = 30
        /// How many concepts of a table are listed at most.
        public var concepts = 500
    }

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

    /// Who may ask, what for and about what; nil for any.
    public struct Scope: Sendable, Hashable {
        /// Organisations that may ask.
        public var organisations: Set<String>?
        /// Kinds of use.
        public var purposes: Set<ProjectStatement.PurposeClass>?
        /// Domains that a question may read.
        public var domains: Set<ClinicalDomain>?
        /// Areas, by their ids, that every concept of a question must lie in.
        public var areas: Set<String>?

        /// Both at once.
        func tightened(by other: Scope) -> Scope {
            Scope(
                organisations: Self.both(organisations, other.organisations), purposes: Self.both(purposes, other.purposes),
                domains: Self.both(domains, other.domains), areas: Self.both(areas, other.areas))
        }

        private static func both<Element>(_ one: Set<Element>?, _ other: Set<Element>?) -> Set<Element>? {
            guard let one else { return other }
            return other.map(one.intersection) ?? one
        }
    }

    /// How many different questions of a project are answered; nil for no limit of this kind.
    public struct Quota: Sendable, Hashable {
        /// In 24 hours.
        public var perDay: Int?
        /// In seven days.
        public var perWeek: Int?

        /// Both at once.
        func tightened(by other: Quota) -> Quota {
            Quota(
                perDay: [perDay, other.perDay].compactMap(\.self).min(),
                perWeek: [perWeek, other.perWeek].compactMap(\.self).min())
        }
    }

    /// What one question may cost, and when questions are worked on.
    public struct Limits: Sendable, Hashable {
        /// Criteria in a definition, nested ones included. Each criterion is one more handle to single out patients with.
        public var criteria = 30
        /// Concept sets in a definition.
        public var conceptSets = 40
        /// When questions are evaluated; at other hours they wait.
        public var hours = AnswerHours.always
    }

    /// What the hospital agreed with one project.
    public struct Project: Sendable, Hashable {
        /// Who may ask, what for and about what, already no wider than the defaults.
        public var scope: Scope
        /// The first day, `2026-12-01`; nil for at once.
        public var from: String?
        /// The last day, `2026-12-31`; nil for no end.
        public var until: String?
        /// When its answers may leave, already no looser than the defaults.
        public var decision: ReleaseDecision
        /// How many answers it gets, already no more than by the defaults.
        public var quota: Quota
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

    /// Who may ask under a project, what for and about what.
    public func scope(for project: ProjectID) -> Scope { projects[project]?.scope ?? scope }

    /// How many answers a project gets.
    public func quota(for project: ProjectID) -> Quota { projects[project]?.quota ?? quota }

    /// The concept sets of a question that touch something sensitive.
    func touches(_ request: PolicyRequest) -> [SensitiveTouch] { request.concepts.touches(sensitive) }

    /// When the answer to `request` may leave: the strictest word of everything that speaks of it, and why.
    func decision(on request: PolicyRequest) -> (decision: ReleaseDecision, why: [String]) {
        var found = projects[request.project.id]?.decision ?? decision
        var why = found.mode == .auto ? [] : [projects[request.project.id] == nil ? "defaults" : "\(request.project.id)"]
        let touched = Set(touches(request).map(\.group))
        for group in sensitive where touched.contains(group.id) {
            guard let stricter = group.decision, stricter.mode != .auto else { continue }
            found = found.tightened(by: stricter)
            why.append(group.id)
        }
        for one in classes where one.decision.mode != .auto && one.holds(for: request, touching: touched) {
            found = found.tightened(by: one.decision)
            why.append(one.id)
        }
        return (found, why)
    }

    /// The digest of everything that has an effect; comments, order, the version and the reason have none.
    public var hash: Digest256 { Digest256(of: json) }
}

import Disclosure
import Federation

/// Where a changed policy lets out more than the one before: what takes a second person.
public struct PolicyComparison: Sendable {
    /// The keys that became looser, each with the place: `defaults.threshold`, `projects.P-0042.until`.
    public let looser: [String]

    /// Compares `new` with `old`. What it is not sure about counts as looser.
    public init(_ new: Policy, with old: Policy) {
        var found: [String] = []
        func note(_ isLooser: Bool, _ key: String) { if isLooser { found.append(key) } }
        note(new.unlisted == .answer && old.unlisted == .decline, "defaults.unlisted_projects")
        note(!new.blockedProjects.isSuperset(of: old.blockedProjects), "blocked.projects")
        note(!new.blockedOrganisations.isSuperset(of: old.blockedOrganisations), "blocked.organisations")
        note(Self.isWider(new.desk, old.desk), "desk.approvers")
        note(new.keepYears < old.keepYears, "log.keep_years")
        // Whose signatures are believed: any other set of them counts, but taking part in no total any more.
        note(new.totals != nil && new.totals != old.totals, "totals")
        note(new.courier.approvers < old.courier.approvers, "courier.approvers_needed")
        note(new.courier.pages > old.courier.pages, "courier.max_pages")
        note(new.catalogue.isPublished && !old.catalogue.isPublished, "catalogue.publish")
        note(new.catalogue.everyDays < old.catalogue.everyDays, "catalogue.every_days")
        note(new.catalogue.concepts > old.catalogue.concepts, "catalogue.concepts")
        note(new.limits.criteria > old.limits.criteria, "defaults.max_criteria")
        note(new.limits.conceptSets > old.limits.conceptSets, "defaults.max_concept_sets")
        // Hours are the machine's, not the patients': changing them lets out nothing that would have stayed.
        found += Self.terms("defaults", new.defaults, new.disclosure, old.defaults, old.disclosure)
        found += Self.scope("defaults", new.scope, old.scope)
        note(Self.isLooser(new.decision, old.decision), "defaults.mode")
        note(Self.isMore(new.quota, old.quota), "defaults.answers_per_day")
        for (id, project) in new.projects.sorted(by: { $0.key < $1.key }) where project != old.projects[id] {
            found += Self.project("projects.\(id)", id, project, old)
        }
        // Areas, sensitive groups and classes: only what was added, or is the same, is surely no looser.
        note(Self.areas(new, old), "areas")
        note(old.sensitive.contains { !Self.keeps(new.sensitive, $0) }, "sensitive")
        note(old.classes.contains { !new.classes.contains($0) }, "classes")
        looser = found
    }

    private static func project(_ place: String, _ id: ProjectID, _ new: Policy.Project, _ old: Policy) -> [String] {
        guard let before = old.projects[id] else {
            // A new agreement answers what was declined, unless everybody was answered already.
            return old.unlisted == .answer ? [] : [place]
        }
        var found = terms(place, new.terms, new.disclosure, before.terms, before.disclosure)
        found += scope(place, new.scope, before.scope)
        if isLooser(new.decision, before.decision) { found.append("\(place).mode") }
        if isMore(new.quota, before.quota) { found.append("\(place).answers_per_day") }
        if let from = before.from, new.from.map({ $0 < from }) ?? true { found.append("\(place).from") }
        if let until = before.until, new.until.map({ $0 > until }) ?? true { found.append("\(place).until") }
        return found
    }

    private static func terms(
        _ place: String, _ new: Policy.Terms, _ newRules: DisclosureRules, _ old: Policy.Terms, _ oldRules: DisclosureRules
    ) -> [String] {
        var found: [String] = []
        // Tightening by the old changes nothing in what is no looser than it.
        if new.tightened(by: old) != new { found.append("\(place).release_modes, outputs") }
        if newRules.tightened(by: oldRules) != newRules { found.append("\(place).threshold and the other disclosure values") }
        return found
    }

    private static func scope(_ place: String, _ new: Policy.Scope, _ old: Policy.Scope) -> [String] {
        var found: [String] = []
        if isWider(new.organisations, old.organisations) { found.append("\(place).organisations") }
        if isWider(new.purposes, old.purposes) { found.append("\(place).purposes") }
        if isWider(new.domains, old.domains) { found.append("\(place).domains") }
        if isWider(new.areas, old.areas) { found.append("\(place).areas") }
        return found
    }

    private static func isWider<Element>(_ new: Set<Element>?, _ old: Set<Element>?) -> Bool {
        guard let old else { return false }
        return new.map { !$0.isSubset(of: old) } ?? true
    }

    private static func isLooser(_ new: ReleaseDecision, _ old: ReleaseDecision) -> Bool { new.tightened(by: old) != new }

    private static func isMore(_ new: Policy.Quota, _ old: Policy.Quota) -> Bool { new.tightened(by: old) != new }

    private static func areas(_ new: Policy, _ old: Policy) -> Bool {
        new.areas.contains { id, group in old.areas[id].map { !group.concepts.isSubset(of: $0.concepts) } ?? false }
    }

    /// Whether a sensitive group is still there, with no fewer concepts and no looser word.
    private static func keeps(_ groups: [SensitiveGroup], _ old: SensitiveGroup) -> Bool {
        guard let new = groups.first(where: { $0.id == old.id }) else { return false }
        let isDecided =
            switch (new.decision, old.decision) {
            case (nil, _): true
            case (_?, nil): false
            case (let new?, let old?): !isLooser(new, old)
            }
        return isDecided && new.group.concepts.isSuperset(of: old.group.concepts) && (new.fromAbove || !old.fromAbove)
            && (new.threshold ?? 0) >= (old.threshold ?? 0)
    }
}

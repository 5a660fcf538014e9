import CanonicalJSON
import Disclosure
import Federation

extension Policy {
    /// Reads `policy.yaml`.
    /// - Throws: `CONFIGURATION` with every problem, `FILE` where the file itself cannot be read.
    public init(file path: String) throws(NodeError) {
        try self.init(text: try Files.text(path, what: "the hospital's policy"), name: Files.name(of: path))
    }

    /// Reads a text as if it were the file `name`.
    public init(text: String, name: String) throws(NodeError) {
        let file = YAMLFile(name: name, text: text)
        let root = file.root
        root.schema("dure.policy/1")
        version = root.int("version", in: 1...1_000_000, default: 1)
        if !root.has("version") { root.report("version", "is missing") }
        changedBy = root.requiredString("changed_by")
        reason = root.requiredString("reason")

        let map = root.map("defaults")
        decision = ReleaseDecision.read(map, default: ReleaseDecision(.auto))
        let widest = Terms(releaseModes: [.named, .coded], attrition: true, breakdown: true, breakdownDimensions: 2)
        defaults = Terms(map, default: widest)
        disclosure = DisclosureRules.read(map, default: .standard)
        unlisted = map.choice("unlisted_projects", default: UnlistedProjects.decline)
        areas = Self.areas(root)
        scope = Scope(map, areas: areas)
        quota = Quota(map)
        limits = Limits(map)
        sensitive = Self.sensitive(root)
        classes = Self.classes(root, sensitive: Set(sensitive.map(\.id)))
        (desk, keepYears) = Self.house(root)
        let carried = root.map("courier")
        courier = Courier(
            approvers: carried.int("approvers_needed", in: 1...2, default: 2),
            pages: carried.int("max_pages", in: 1...1_000, default: 40))

        let published = root.map("catalogue")
        catalogue = Publication(
            isPublished: published.bool("publish", default: false),
            everyDays: published.int("every_days", in: 7...365, default: 30),
            concepts: published.int("concepts", in: 0...1_000, default: 500))

        let blocked = root.map("blocked")
        blockedProjects = Set(
            (blocked.strings("projects") ?? []).compactMap { text in
                if ProjectID(rawValue: text) == nil { blocked.report("projects", "\"\(text)\" is not a project") }
                return ProjectID(rawValue: text)
            })
        blockedOrganisations = Set(blocked.strings("organisations") ?? [])
        projects = [:]
        for map in root.maps("projects") {
            let text = map.requiredString("id")
            guard let id = ProjectID(rawValue: text) else {
                map.report("id", "\"\(text)\" is not a project; it looks like \(ProjectID.example)")
                continue
            }
            if projects[id] != nil { map.report("id", "\(id) stands twice") }
            projects[id] = Project(map, within: self)
        }
        totals = TotalsPolicy(root.map("totals"), isThere: root.has("totals"))
        if totals == nil, defaults.releaseModes.contains(.secureTotal) {
            root.report("totals", "is missing: release_modes holds secure-total, which needs the officers' keys")
        }
        try file.finish()
    }
}

extension Policy.Terms {
    private enum Output: String, CaseIterable { case total, attrition, breakdown }
    private enum Mode: String, CaseIterable {
        case named, coded
        case secureTotal = "secure-total"
    }

    init(_ map: YAMLMap, default standard: Self) {
        let modes: [Mode]? = map.choices("release_modes")
        releaseModes = modes.map { Set($0.compactMap { ReleaseMode(rawValue: $0.rawValue) }) } ?? standard.releaseModes
        if let outputs: [Output] = map.choices("outputs") {
            if !outputs.contains(.total) { map.report("outputs", "must hold total; leave the project out if nothing may leave") }
            attrition = outputs.contains(.attrition)
            breakdown = outputs.contains(.breakdown)
        } else {
            attrition = standard.attrition
            breakdown = standard.breakdown
        }
        breakdownDimensions = map.int("breakdown_max_dimensions", in: 0...3, default: standard.breakdownDimensions)
    }
}

extension Policy.Project {
    init(_ map: YAMLMap, within policy: Policy) {
        scope = policy.scope.tightened(by: Policy.Scope(map, areas: policy.areas))
        from = Self.day(map, "from")
        until = Self.day(map, "until")
        // The one value that a project may have looser than the defaults: an agreement may say that nobody needs to look.
        decision = ReleaseDecision.read(map, default: policy.decision)
        let asked = Policy.Terms(map, default: policy.defaults)
        let askedRules = DisclosureRules.read(map, default: policy.disclosure)
        let askedQuota = Policy.Quota(map)
        terms = policy.defaults.tightened(by: asked)
        disclosure = policy.disclosure.tightened(by: askedRules)
        quota = policy.quota.tightened(by: askedQuota)
        // A project's entry that would loosen something is a mistake of whoever wrote it, and must not look as if it held.
        if terms != asked {
            map.report("id", "release_modes, outputs and breakdown_max_dimensions may only be stricter than defaults")
        }
        if disclosure != askedRules { map.report("id", "disclosure values may only be stricter than defaults") }
        if askedQuota.perDay.map({ $0 != quota.perDay }) ?? false || askedQuota.perWeek.map({ $0 != quota.perWeek }) ?? false {
            map.report("id", "answers_per_day and answers_per_week may only be smaller than in defaults")
        }
    }

    private static func day(_ map: YAMLMap, _ key: String) -> String? {
        guard let text = map.string(key) else { return nil }
        if CalendarDay(text) == nil { map.report(key, "\"\(text)\" is not a day like \"2026-12-31\"") }
        return text
    }
}

extension DisclosureRules {
    /// The disclosure values of a map; what is absent keeps the default.
    static func read(_ map: YAMLMap, default standard: DisclosureRules) -> DisclosureRules {
        let threshold = map.int("threshold", in: DisclosureRules.floorThreshold...1_000, default: standard.threshold)
        let offset = map.int("offset", in: 0...1_000, default: standard.offset)
        let roundTo = map.int("round_to", in: 1...1_000, default: standard.roundTo)
        let rounding = map.choice("rounding", default: standard.rounding)
        let zero = map.choice("zero", default: standard.zero)
        let ledger = map.bool("ledger", default: standard.ledger)
        let branchSupport = map.bool("branch_support", default: standard.branchSupport)
        let exposureCap = map.double("exposure_cap", default: standard.exposureCap)
        let releases = map.int("releases_per_project", in: 0...1_000_000, default: standard.releasesPerProject)
        do throws(DisclosureError) {
            return try DisclosureRules(
                threshold: threshold, offset: offset, roundTo: roundTo, rounding: rounding, zero: zero, ledger: ledger,
                branchSupport: branchSupport, exposureCap: exposureCap, releasesPerProject: releases)
        } catch {
            map.report("exposure_cap", "\(error.message). \(error.advice)")
            return standard
        }
    }
}

import CanonicalJSON

/// What a hospital lets out, as its policy file sets it. A coordinator or a project can only make it stricter.
public struct DisclosureRules: Sendable, Hashable {
    /// How a zero is treated.
    public enum ZeroRule: String, Sendable, Hashable, CaseIterable {
        /// Zero is one symbol with the small counts (default: "nobody" is knowledge about everybody).
        case merge
        /// Zero is shown as 0.
        case show
    }

    /// How counts are rounded.
    public enum Rounding: String, Sendable, Hashable, CaseIterable {
        /// Up or down with the probability that keeps the mean, drawn by a key from the set itself: the same set is always
        /// rounded the same way, and sums of many counts stay unbiased.
        case sticky
        /// To the nearest multiple, halves up.
        case halfUp = "half-up"
    }

    /// The smallest threshold that any policy can set.
    public static let floorThreshold = 5
    /// Nothing is shown below this while rounding is on.
    public static let floorShown = 15

    /// k: counts below it are hidden.
    public let threshold: Int
    /// d: the ledger hides up to this much more, drawn by a key from the set, against insiders who pad a group to k - 1.
    public let offset: Int
    /// Base of rounding; 1 is none.
    public let roundTo: Int
    /// How counts are rounded.
    public let rounding: Rounding
    /// How a zero is treated.
    public let zero: ZeroRule
    /// Whether released sets are remembered and new ones compared with them.
    public let ledger: Bool
    /// Whether criteria that change the answer by fewer than k patients are ignored.
    public let branchSupport: Bool
    /// E: what a patient may be exposed to in an epoch, as a sum of 1/|R| over the released sets R that hold the patient.
    public let exposureCap: Double
    /// Sets that one project may have released in an epoch. Sets that can hold one and the same patient count one by one: a
    /// total, each attrition step, and all cells of a table together. A question costs at least one.
    public let releasesPerProject: Int

    /// The defaults.
    public static let standard = DisclosureRules(
        unchecked: 11, offset: 4, roundTo: 5, rounding: .sticky, zero: .merge, ledger: true, branchSupport: true,
        exposureCap: 0.2, releasesPerProject: 500)

    private init(
        unchecked threshold: Int, offset: Int, roundTo: Int, rounding: Rounding, zero: ZeroRule, ledger: Bool,
        branchSupport: Bool, exposureCap: Double, releasesPerProject: Int
    ) {
        self.threshold = threshold
        self.offset = offset
        self.roundTo = roundTo
        self.rounding = rounding
        self.zero = zero
        self.ledger = ledger
        self.branchSupport = branchSupport
        self.exposureCap = exposureCap
        self.releasesPerProject = releasesPerProject
    }

    /// Rules as a policy states them; what it does not state keeps the default.
    /// - Throws: `badRule` with the name of the rule and the allowed range.
    public init(
        threshold: Int = 11, offset: Int = 4, roundTo: Int = 5, rounding: Rounding = .sticky, zero: ZeroRule = .merge,
        ledger: Bool = true, branchSupport: Bool = true, exposureCap: Double = 0.2, releasesPerProject: Int = 500
    ) throws(DisclosureError) {
        try Self.check("threshold", threshold, Self.floorThreshold...1_000)
        try Self.check("offset", offset, 0...1_000)
        try Self.check("roundTo", roundTo, 1...1_000)
        try Self.check("releasesPerProject", releasesPerProject, 0...1_000_000)
        guard exposureCap > 0, exposureCap <= 1_000 else {
            throw DisclosureError(
                .badRule, "exposureCap is \(exposureCap)", advice: "Set it above 0; the default is 0.2, larger is less strict")
        }
        self.init(
            unchecked: threshold, offset: offset, roundTo: roundTo, rounding: rounding, zero: zero, ledger: ledger,
            branchSupport: branchSupport, exposureCap: exposureCap, releasesPerProject: releasesPerProject)
    }

    private static func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws(DisclosureError) {
        guard range.contains(value) else {
            throw DisclosureError(
                .badRule, "\(name) is \(value)", advice: "Set it between \(range.lowerBound) and \(range.upperBound)")
        }
    }

    /// Both sets of rules at once: of each rule the stricter value. Nothing in `other` can loosen anything.
    public func tightened(by other: DisclosureRules) -> DisclosureRules {
        DisclosureRules(
            unchecked: max(threshold, other.threshold), offset: max(offset, other.offset),
            roundTo: max(roundTo, other.roundTo), rounding: rounding == .sticky ? .sticky : other.rounding,
            zero: zero == .merge ? .merge : other.zero, ledger: ledger || other.ledger,
            branchSupport: branchSupport || other.branchSupport, exposureCap: min(exposureCap, other.exposureCap),
            releasesPerProject: min(releasesPerProject, other.releasesPerProject))
    }

    /// The smallest number that can be shown for a count of at least `threshold`.
    public var smallestShown: Int { Self.smallestShown(threshold: threshold, roundTo: roundTo) }

    /// The smallest number that can be shown: without rounding the threshold; else a multiple of the base, at least 15, and so
    /// large that it stands for k to 2k and more.
    ///
    /// The last is for groups inside groups. Where a group is shown with the smallest number, and a smaller one inside it is shown,
    /// too, the smaller one has k patients or more. If the smallest number stood for at most 2k - 2, those who make the difference
    /// would be fewer than k for all to see (with 15 for 11 to 19: at most 8).
    static func smallestShown(threshold: Int, roundTo: Int) -> Int {
        guard roundTo > 1 else { return threshold }
        return (max(floorShown, threshold, 2 * threshold - roundTo + 1) + roundTo - 1) / roundTo * roundTo
    }

    /// The largest count that can stand behind the small-count symbol of a single count: k + d - 1 with the ledger, else k - 1.
    public var largestSmall: Int { threshold + (ledger ? offset : 0) - 1 }
}

extension DisclosureRules: JSONEncodable, JSONDecodable {
    /// The rules by name, as they stand in a ticket or a policy page.
    public var json: JSONValue {
        .object(
            JSONObject([
                ("threshold", .int(threshold)), ("offset", .int(offset)), ("roundTo", .int(roundTo)),
                ("rounding", .string(rounding.rawValue)), ("zero", .string(zero.rawValue)), ("ledger", .bool(ledger)),
                ("branchSupport", .bool(branchSupport)), ("exposureCap", .double(exposureCap)),
                ("releasesPerProject", .int(releasesPerProject)),
            ]))
    }

    /// Reads rules; what is absent keeps the default, unknown names are errors.
    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: [
            "threshold", "offset", "roundTo", "rounding", "zero", "ledger", "branchSupport", "exposureCap",
            "releasesPerProject",
        ])
        let standard = DisclosureRules.standard
        do {
            try self.init(
                threshold: object.optional("threshold")?.int() ?? standard.threshold,
                offset: object.optional("offset")?.int() ?? standard.offset,
                roundTo: object.optional("roundTo")?.int() ?? standard.roundTo,
                rounding: object.optional("rounding")?.choice(Rounding.self) ?? standard.rounding,
                zero: object.optional("zero")?.choice(ZeroRule.self) ?? standard.zero,
                ledger: object.optional("ledger")?.bool() ?? standard.ledger,
                branchSupport: object.optional("branchSupport")?.bool() ?? standard.branchSupport,
                exposureCap: object.optional("exposureCap")?.double() ?? standard.exposureCap,
                releasesPerProject: object.optional("releasesPerProject")?.int() ?? standard.releasesPerProject)
        } catch let error as JSONError {
            throw error
        } catch let error as DisclosureError {
            throw json.fail(.outOfRange, "\(error.message). \(error.advice)")
        } catch {
            throw json.fail(.badValue, "\(error)")
        }
    }
}

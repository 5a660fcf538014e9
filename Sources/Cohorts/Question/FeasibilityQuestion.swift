import CanonicalJSON

/// A feasibility question: a cohort and what is wanted of its counts (schema `dure.question/1`).
///
/// ```json
/// {"schema": "dure.question/1", "title": {"en": "…", "ko": "…"}, "cohort": {Circe expression},
///  "outputs": {"attrition": true, "distinct": true, "breakdown": ["sex", "conceptSet"], "conceptSet": {"id": 3, "domain": "DrugExposure"}}}
/// ```
public struct FeasibilityQuestion: Sendable, Hashable, JSONEncodable {
    /// What the question is called.
    public var title: QuestionTitle
    /// The cohort.
    public var cohort: CohortExpression
    /// Whether persons are counted after each inclusion rule.
    public var attrition: Bool
    /// Whether the patients of all hospitals together are counted too, each once: for a secure total that a guardian opens.
    public var distinct: Bool
    /// The dimensions of the breakdown, at most `BreakdownDimension.most`, each once.
    public var breakdown: [BreakdownDimension]
    /// The further concept set; there exactly if `breakdown` has `.conceptSet`.
    public var breakdownSet: BreakdownSet?

    /// The schema's name.
    public static let schema = "dure.question/1"

    /// A question.
    public init(
        _ cohort: CohortExpression, title: QuestionTitle = QuestionTitle(), attrition: Bool = true,
        distinct: Bool = false, breakdown: [BreakdownDimension] = [], breakdownSet: BreakdownSet? = nil
    ) {
        self.cohort = cohort
        self.title = title
        self.attrition = attrition
        self.distinct = distinct
        self.breakdown = breakdown
        self.breakdownSet = breakdownSet
    }

    /// The whole question.
    public var json: JSONValue {
        var object: JSONObject = ["schema": .string(Self.schema)]
        if title.en != nil || title.ko != nil { object["title"] = title.json }
        object["cohort"] = cohort.source
        object["outputs"] = outputs
        return .object(object)
    }

    /// What is asked, without what it is called: the bytes (RFC 8785) that are hashed and signed, so that one question has one
    /// hash whatever its title. The order of the breakdown counts.
    public var canonicalBytes: [UInt8] {
        JSONValue.object(["schema": .string(Self.schema), "cohort": cohort.source, "outputs": outputs]).canonicalBytes()
    }

    private var outputs: JSONValue {
        var outputs: JSONObject = [
            "attrition": .bool(attrition), "breakdown": .array(breakdown.map { .string($0.rawValue) }),
        ]
        // Only where it is asked for: what was asked before has the digest that it had.
        if distinct { outputs["distinct"] = true }
        outputs["conceptSet"] = breakdownSet?.json
        return .object(outputs)
    }
}

import CanonicalJSON

/// Which number of a total's vector stands for what: the same at every hospital, because it follows from the question and from
/// the fixed registers of categories, never from data.
///
/// The cohort has a number of its own, each attrition step has one, and each inner cell of the breakdown; marginals are sums of
/// inner cells. The cohort's own number keeps its error small, whatever it is broken down by. It tells nothing that the parts
/// hide: every number is a share of 0, or of k and more, by itself, and two groups that differ by fewer than k patients have the
/// same share (`TotalShares`), so the difference of two numbers is never a small group.
public struct TotalLayout: Sendable, Hashable {
    /// Most numbers in a vector.
    public static let largest = 5_000

    /// The attrition steps, in their order; the last is the cohort itself.
    public let steps: [String]
    /// The breakdown's dimensions with all their categories; empty without one.
    public let dimensions: [EvaluatedBreakdown.Dimension]

    /// A layout.
    /// - Throws: `tableTooLarge` beyond `largest` numbers.
    public init(steps: [String], dimensions: [EvaluatedBreakdown.Dimension]) throws(DisclosureError) {
        self.steps = steps
        self.dimensions = dimensions
        var cells = dimensions.isEmpty ? 0 : 1
        for dimension in dimensions {
            guard !dimension.categories.isEmpty, dimension.categories.count <= Self.largest else { throw Self.tooLarge }
            cells *= dimension.categories.count
            guard cells <= Self.largest else { throw Self.tooLarge }
        }
        guard 1 + steps.count + cells <= Self.largest else { throw Self.tooLarge }
    }

    private static let tooLarge = DisclosureError(
        .tableTooLarge, "a total of more than \(largest) numbers", advice: "Ask for fewer dimensions")

    /// Numbers in the vector: the cohort, the steps, the inner cells.
    public var count: Int { 1 + steps.count + innerKeys.count }

    /// The keys of the inner cells, the last dimension running fastest; none without a breakdown.
    public var innerKeys: [[String]] {
        guard !dimensions.isEmpty else { return [] }
        return dimensions.reduce([[]]) { keys, dimension in keys.flatMap { key in dimension.categories.map { key + [$0] } } }
    }

    /// Where the first inner cell stands.
    private var firstCell: Int { 1 + steps.count }

    /// All cells of the breakdown with its marginals, each with the places that make it up.
    var cells: [(key: [String], places: [Int])] {
        guard !dimensions.isEmpty else { return [] }
        let inner = innerKeys
        let keys = dimensions.reduce([[]]) { keys, dimension in
            keys.flatMap { key in (dimension.categories + [DisclosedBreakdown.all]).map { key + [$0] } }
        }
        return keys.map { key in
            if key.allSatisfy({ $0 == DisclosedBreakdown.all }) { return (key, [0]) }
            let places = inner.indices.filter { index in
                zip(key, inner[index]).allSatisfy { $0 == DisclosedBreakdown.all || $0 == $1 }
            }
            return (key, places.map { $0 + firstCell })
        }
    }
}

extension TotalLayout {
    /// The layout of an evaluated answer.
    /// - Throws: `tableTooLarge`.
    init(of answer: EvaluatedAnswer) throws(DisclosureError) {
        try self.init(steps: answer.attrition.map(\.name), dimensions: answer.breakdown?.dimensions ?? [])
    }

    /// The persons of the inner cells of `answer`, in the layout's order.
    func innerCells(of answer: EvaluatedAnswer) -> [PersonSet] {
        let nobody = PersonSet(universe: answer.total.universe)
        return innerKeys.map { answer.breakdown?.cells[$0] ?? nobody }
    }
}

extension TotalLayout: JSONEncodable, JSONDecodable {
    /// `{"steps": […], "dimensions": [{"name": …, "categories": […]}]}`
    public var json: JSONValue {
        [
            "steps": .array(steps.map(JSONValue.string)),
            "dimensions": .array(
                dimensions.map { dimension in
                    ["name": .string(dimension.name), "categories": .array(dimension.categories.map(JSONValue.string))]
                }),
        ]
    }

    /// Reads a layout; unknown members are errors.
    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["steps", "dimensions"])
        var steps: [String] = []
        for step in try object.required("steps").array(maxCount: Self.largest) { steps.append(try step.string(maxLength: 2_000)) }
        var dimensions: [EvaluatedBreakdown.Dimension] = []
        for item in try object.required("dimensions").array(maxCount: 4) {
            let dimension = try item.object(allowing: ["name", "categories"])
            var categories: [String] = []
            for category in try dimension.required("categories").array(maxCount: Self.largest) {
                categories.append(try category.string(maxLength: 64))
            }
            dimensions.append(.init(name: try dimension.required("name").string(maxLength: 64), categories: categories))
        }
        do throws(DisclosureError) {
            try self.init(steps: steps, dimensions: dimensions)
        } catch {
            throw json.fail(.outOfRange, error.message)
        }
    }
}

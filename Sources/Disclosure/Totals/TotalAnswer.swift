import CanonicalJSON

/// The rules that one hospital's shares were made under; they say how far a share can be from the count behind it.
public struct ShareTerms: Sendable, Hashable, JSONEncodable, JSONDecodable {
    /// k: counts below it became 0 or k.
    public let threshold: Int
    /// The base that larger counts were rounded to.
    public let roundTo: Int

    /// Terms.
    public init(threshold: Int, roundTo: Int) {
        self.threshold = threshold
        self.roundTo = roundTo
    }

    /// The terms of a hospital's rules.
    public init(_ rules: DisclosureRules) { self.init(threshold: rules.threshold, roundTo: max(2, rules.roundTo)) }

    /// The largest variance that a share can have: that of a draw between two neighbours so far apart.
    var variance: Double {
        let gap = Double(max(threshold, roundTo))
        return gap * gap / 4
    }

    /// `{"threshold": 11, "roundTo": 5}`
    public var json: JSONValue { ["threshold": .int(threshold), "roundTo": .int(roundTo)] }

    /// Reads terms.
    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["threshold", "roundTo"])
        threshold = try object.required("threshold").int(in: 1...1_000_000)
        roundTo = try object.required("roundTo").int(in: 1...1_000_000)
    }
}

/// One number of an opened total: an unbiased estimate of the consortium's records with its error, never a hospital's count.
public struct TotalCount: Sendable, Hashable, JSONEncodable, JSONDecodable {
    /// The estimate; nil where it is below the largest threshold of the hospitals.
    public let value: Int?
    /// At most so large is the standard error of the estimate.
    public let standardError: Double
    /// With 95 % certainty the records are at least so many ...
    public let low: Int
    /// ... and at most so many.
    public let high: Int

    /// The number that `groups` places of the opened vector add up to.
    init(sum: Int, groups: Int, terms: [ShareTerms]) {
        let variance = terms.reduce(0) { $0 + $1.variance } * Double(groups)
        let error = variance.squareRoot()
        // Rounded up to a decimal, so that what is said is never less than what holds.
        standardError = (error * 10).rounded(.up) / 10
        let reach = Int((1.96 * error).rounded(.up))
        value = sum >= (terms.map(\.threshold).max() ?? 1) ? sum : nil
        low = max(0, sum - reach)
        high = sum + reach
    }

    /// The patients that the hospitals' merged sketches stand for, each counted once.
    ///
    /// Rounded to the nearest multiple of the largest base (5 at least) and of nothing else: a reworded question with another salt
    /// is rounded alike, so that repeating it gives nothing to average. Below the largest threshold it is hidden, and its bounds
    /// do not depend on it. The error holds the sketch's own, the rounding's, and the draws of hospitals with 1 to k - 1 patients.
    public init(distinct sketch: DistinctSketch, terms: [ShareTerms]) {
        let base = Double(terms.reduce(5) { max($0, $1.roundTo) })
        let threshold = terms.map(\.threshold).max() ?? 1
        let estimate = sketch.estimate
        let shown = max(threshold, Int((estimate / base).rounded() * base))
        let ofSketch = sketch.standardError * Double(shown)
        let draws = terms.reduce(0.0) { $0 + Double($1.threshold * $1.threshold) / 4 }
        let error = (ofSketch * ofSketch + base * base / 4 + draws).squareRoot()
        standardError = (error * 10).rounded(.up) / 10
        let reach = Int((1.96 * error).rounded(.up))
        let isShown = Int(estimate.rounded()) >= threshold
        value = isShown ? shown : nil
        low = isShown ? max(0, shown - reach) : 0
        high = shown + reach
    }

    /// `{"value": 33, "standardError": 13.5, "low": 6, "high": 60}`; no `value` where it is hidden.
    public var json: JSONValue {
        var object: JSONObject = ["standardError": .double(standardError), "low": .int(low), "high": .int(high)]
        if let value { object["value"] = .int(value) }
        return .object(object)
    }

    /// Reads a number.
    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["value", "standardError", "low", "high"])
        let numbers = 0...1_000_000_000_000
        value = try object.optional("value")?.int(in: numbers)
        standardError = try object.required("standardError").double()
        low = try object.required("low").int(in: numbers)
        high = try object.required("high").int(in: numbers)
        guard low <= high else { throw json.fail(.badValue, "low is above high") }
    }
}

/// An opened consortium total with its attrition and its breakdown.
public struct TotalAnswer: Sendable, Hashable {
    /// What remains after one step.
    public struct Step: Sendable, Hashable {
        /// Name of the inclusion rule.
        public let name: String
        /// Records that remain.
        public let count: TotalCount
    }

    /// One cell.
    public struct Cell: Sendable, Hashable {
        /// One category of each dimension, `*` for all.
        public let key: [String]
        /// Records in it.
        public let count: TotalCount
    }

    /// Records in the cohort.
    public let total: TotalCount
    /// Attrition.
    public let attrition: [Step]
    /// Names of the breakdown's dimensions; empty without one.
    public let dimensions: [String]
    /// Cells, the sums included.
    public let cells: [Cell]

    /// The answer that an opened vector gives.
    /// - Parameters:
    ///   - opened: the sum of the hospitals' shares, the masks taken off.
    ///   - terms: of each hospital in it.
    /// - Throws: `mismatch` where the vector is not of the layout, or is no vector of counts.
    public init(_ opened: MaskedVector, layout: TotalLayout, terms: [ShareTerms]) throws(DisclosureError) {
        guard opened.count == layout.count else {
            throw DisclosureError(
                .mismatch, "the opened total has \(opened.count) numbers, its layout \(layout.count)",
                advice: "All hospitals must answer the same question with the same release of the software")
        }
        let counts = try opened.counts(through: DisclosedCount.largest)
        func count(_ places: [Int]) -> TotalCount {
            TotalCount(sum: places.reduce(0) { $0 + counts[$1] }, groups: places.count, terms: terms)
        }
        total = count([0])
        attrition = layout.steps.indices.map { Step(name: layout.steps[$0], count: count([1 + $0])) }
        dimensions = layout.dimensions.map(\.name)
        cells = layout.cells.map { Cell(key: $0.key, count: count($0.places)) }
    }
}

extension TotalAnswer: JSONEncodable, JSONDecodable {
    /// `{"total": …, "attrition": […], "breakdown": {"dimensions", "cells"}}`
    public var json: JSONValue {
        var object: JSONObject = [
            "total": total.json,
            "attrition": .array(attrition.map { ["name": .string($0.name), "count": $0.count.json] }),
        ]
        if !dimensions.isEmpty {
            object["breakdown"] = [
                "dimensions": .array(dimensions.map(JSONValue.string)),
                "cells": .array(cells.map { ["key": .array($0.key.map(JSONValue.string)), "count": $0.count.json] }),
            ]
        }
        return .object(object)
    }

    /// Reads an answer; unknown members are errors.
    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["total", "attrition", "breakdown"])
        total = try object.required("total").decode(TotalCount.self)
        var attrition: [Step] = []
        for item in try object.required("attrition").array(maxCount: TotalLayout.largest) {
            let step = try item.object(allowing: ["name", "count"])
            attrition.append(
                Step(
                    name: try step.required("name").string(maxLength: 2_000),
                    count: try step.required("count").decode(TotalCount.self)))
        }
        self.attrition = attrition
        var dimensions: [String] = []
        var cells: [Cell] = []
        if let breakdown = try object.optional("breakdown")?.object(allowing: ["dimensions", "cells"]) {
            for name in try breakdown.required("dimensions").array(maxCount: 4) {
                dimensions.append(try name.string(maxLength: 64))
            }
            for item in try breakdown.required("cells").array(maxCount: 100_000) {
                let cell = try item.object(allowing: ["key", "count"])
                var key: [String] = []
                for part in try cell.required("key").array(maxCount: 4) { key.append(try part.string(maxLength: 64)) }
                cells.append(Cell(key: key, count: try cell.required("count").decode(TotalCount.self)))
            }
        }
        self.dimensions = dimensions
        self.cells = cells
    }
}

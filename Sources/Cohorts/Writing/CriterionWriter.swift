import CanonicalJSON

extension Criterion {
    /// The criterion in Circe's JSON: a wrapper object with the domain's name.
    public var written: JSONValue {
        var body = JSONObject()
        if domain == .customEra {
            body["CriteriaList"] = .array(eraMembers.map(\.written))
            body["GapDays"] = eraGapDays.map { .int($0) }
        }
        body["CodesetId"] = codesetID.map { .int($0) }
        if first { body["First"] = true }
        if let key = domain.sourceConceptKey { body[key] = sourceCodesetID.map { .int($0) } }
        body["DateAdjustment"] = dateAdjustment?.written
        body["UserDefinedPeriod"] = userDefinedPeriod?.written
        FilterWriter.write(filters, CriterionSchema.attributes(of: domain), into: &body)
        body["CorrelatedCriteria"] = correlated?.written
        return .object([domain.rawValue: .object(body)])
    }
}

extension DateAdjustment {
    var written: JSONValue {
        [
            "StartWith": .string(startWith.rawValue), "StartOffset": .int(startOffset), "EndWith": .string(endWith.rawValue),
            "EndOffset": .int(endOffset),
        ]
    }
}

extension CriteriaGroup {
    /// The group in Circe's JSON.
    public var written: JSONValue {
        var object = JSONObject()
        switch rule {
        case .all: object["Type"] = "ALL"
        case .any: object["Type"] = "ANY"
        case .atLeast(let count): (object["Type"], object["Count"]) = ("AT_LEAST", .int(count))
        case .atMost(let count): (object["Type"], object["Count"]) = ("AT_MOST", .int(count))
        }
        object["CriteriaList"] = .array(criteria.map(\.written))
        object["DemographicCriteriaList"] = .array(demographics.map(\.written))
        object["Groups"] = .array(groups.map(\.written))
        return .object(object)
    }
}

extension DemographicCriterion {
    var written: JSONValue {
        var object = JSONObject()
        FilterWriter.write(filters, CriterionSchema.demographic, into: &object)
        return .object(object)
    }
}

extension CorrelatedCriterion {
    var written: JSONValue {
        var object: JSONObject = ["Criteria": criterion.written, "StartWindow": startWindow.written]
        object["EndWindow"] = endWindow?.written
        object["RestrictVisit"] = .bool(restrictVisit)
        object["IgnoreObservationPeriod"] = .bool(ignoreObservationPeriod)
        object["Occurrence"] = occurrence.written
        return .object(object)
    }
}

extension Occurrence {
    var written: JSONValue {
        var object: JSONObject = ["Type": .int(kind.rawValue), "Count": .int(count), "IsDistinct": .bool(isDistinct)]
        object["CountColumn"] = countColumn.map { .string($0.rawValue) }
        return .object(object)
    }
}

extension Window {
    var written: JSONValue {
        [
            "Start": start.written, "End": end.written, "UseIndexEnd": .bool(indexDate == .end),
            "UseEventEnd": .bool(eventDate == .end),
        ]
    }
}

extension WindowEndpoint {
    var written: JSONValue {
        var object: JSONObject = ["Days": days.map { .int($0) } ?? .null, "Coeff": .int(coefficient)]
        object["DureHours"] = hours.map { .int($0) }
        return .object(object)
    }
}

/// Writes filters under the keys that the schema of their domain gives them.
enum FilterWriter {
    static func write(_ filters: [CriterionFilter], _ schema: [AttributeDeclaration], into object: inout JSONObject) {
        for declaration in schema {
            for filter in filters where filter.attribute == declaration.attribute {
                write(filter.test, declaration, into: &object)
            }
        }
    }

    private static func write(_ test: FilterTest, _ declaration: AttributeDeclaration, into object: inout JSONObject) {
        switch (test, declaration.kind) {
        case (.date(let range), .date):
            object[declaration.key] = self.range(range.op, range.value.json, range.extent?.json)
        case (.number(let range), .integer), (.number(let range), .decimal):
            object[declaration.key] = self.range(range.op, number(range.value), range.extent.map(number))
        case (.concepts(let concepts, let isExclusion), .concepts(let excludeKey)):
            object[declaration.key] = .array(concepts.map(\.written))
            if let excludeKey { object[excludeKey] = .bool(isExclusion) }
        case (.selection(let selection), .selection): object[declaration.key] = selection.written
        case (.conceptSet(let id), .conceptSet): object[declaration.key] = .int(id)
        case (.text(let filter), .text):
            object[declaration.key] = [
                "Text": .string(filter.text), "Op": .string((filter.isNegated ? "!" : "") + filter.placement.rawValue),
            ]
        case (.isTrue, .flag): object[declaration.key] = true
        default: break
        }
    }

    private static func range(_ op: RangeOperator, _ value: JSONValue, _ extent: JSONValue?) -> JSONValue {
        var object: JSONObject = ["Value": value]
        object["Extent"] = extent
        object["Op"] = .string(op.rawValue)
        return .object(object)
    }

    private static func number(_ value: Double) -> JSONValue {
        Int(exactly: value).map { .int($0) } ?? .double(value)
    }
}

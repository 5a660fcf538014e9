import CanonicalJSON

/// Reads the attributes of a criterion by the schema of its domain.
enum FilterReader {
    /// The filters that are present, in the schema's order; `known` gains the keys of the schema.
    static func filters(
        _ node: DefinitionNode, _ schema: [AttributeDeclaration], _ known: inout [String]
    ) -> [CriterionFilter] {
        schema.compactMap { declaration in
            known.append(declaration.key)
            var isExclusion = false
            if case .concepts(let excludeKey?) = declaration.kind {
                known.append(excludeKey)
                isExclusion = node.flag(excludeKey)
            }
            guard let child = node.child(declaration.key), let test = test(child, declaration, node, isExclusion) else {
                return nil
            }
            return CriterionFilter(declaration.attribute, test, pointer: child.pointer)
        }
    }

    private static func test(
        _ node: DefinitionNode, _ declaration: AttributeDeclaration, _ parent: DefinitionNode, _ isExclusion: Bool
    ) -> FilterTest? {
        switch declaration.kind {
        case .date: return dateRange(node).map { .date($0) }
        case .integer: return numericRange(node, isInteger: true).map { .number($0) }
        case .decimal: return numericRange(node, isInteger: false).map { .number($0) }
        case .selection: return selection(node).map { .selection($0) }
        case .conceptSet: return node.integer().map { .conceptSet($0) }
        case .text: return textFilter(node).map { .text($0) }
        case .flag: return parent.flag(declaration.key) ? .isTrue : nil
        case .concepts:
            let concepts = parent.list(declaration.key).compactMap(CriterionReader.concept)
            return concepts.isEmpty ? nil : .concepts(concepts, isExclusion: isExclusion)
        }
    }

    private static func op(_ node: DefinitionNode) -> RangeOperator? {
        let all = RangeOperator.allCases.map(\.rawValue).joined(separator: ", ")
        guard node.required("Op", "Use one of: \(all).") != nil else { return nil }
        return node.word("Op", RangeOperator.self)
    }

    private static func dateRange(_ node: DefinitionNode) -> DateRange? {
        guard node.object() != nil else { return nil }
        node.noteUnknownKeys(except: ["Value", "Op", "Extent"])
        let op = op(node)
        let value = node.required("Value", "Add the date to compare with.").flatMap { _ in node.day("Value") }
        guard let op, let value else { return nil }
        guard op.needsExtent else { return DateRange(op, value) }
        guard node.required("Extent", "Add the second date.") != nil, let extent = node.day("Extent") else { return nil }
        return DateRange(op, value, extent)
    }

    private static func numericRange(_ node: DefinitionNode, isInteger: Bool) -> NumericRange? {
        guard node.object() != nil else { return nil }
        node.noteUnknownKeys(except: ["Value", "Op", "Extent"])
        let op = op(node)
        let value = bound(node, "Value", isInteger)
        guard let op, let value else { return nil }
        guard op.needsExtent else { return NumericRange(op, value) }
        guard let extent = bound(node, "Extent", isInteger) else { return nil }
        return NumericRange(op, value, extent)
    }

    private static func bound(_ node: DefinitionNode, _ key: String, _ isInteger: Bool) -> Double? {
        guard let child = node.required(key, "Add the number to compare with.") else { return nil }
        return isInteger ? child.integer().map(Double.init) : child.number().map(RangeDecimal.rounded)
    }

    private static func selection(_ node: DefinitionNode) -> ConceptSetSelection? {
        guard node.object() != nil else { return nil }
        node.noteUnknownKeys(except: ["CodesetId", "IsExclusion"])
        return ConceptSetSelection(codesetID: node.integer("CodesetId"), isExclusion: node.flag("IsExclusion"))
    }

    private static func textFilter(_ node: DefinitionNode) -> TextFilter? {
        guard node.object() != nil else { return nil }
        node.noteUnknownKeys(except: ["Text", "Op"])
        let words = TextFilter.Placement.allCases.map(\.rawValue)
        let advice = "Use one of: \((words + words.map { "!" + $0 }).joined(separator: ", "))."
        let text = node.required("Text", "Add the text to look for.").flatMap { _ in node.text("Text") }
        guard let op = node.required("Op", advice), let word = node.text("Op") else { return nil }
        guard let placement = TextFilter.Placement(rawValue: word.hasPrefix("!") ? String(word.dropFirst()) : word) else {
            op.report(.badValue, "\(op.value.text()) is not known here", advice: advice)
            return nil
        }
        return text.map { TextFilter(placement, $0, isNegated: word.hasPrefix("!")) }
    }
}

/// Bounds of decimal attributes as the official SQL writes them: with four decimals, half away from zero, rounding the shortest
/// decimal form of the number.
enum RangeDecimal {
    static func rounded(_ value: Double) -> Double {
        guard value.magnitude < 1e15 else { return value }
        // Doubles below 1e15 have at most 17 digits; four more than needed are cut from the decimal form, not from the binary one.
        let text = JSONNumber(value.magnitude).text
        guard !text.contains("e"), let point = text.firstIndex(of: ".") else { return value.magnitude < 0.00005 ? 0 : value }
        let fraction = text[text.index(after: point)...]
        guard fraction.utf8.count > 4 else { return value }
        let kept = text[..<point] + fraction.prefix(4)
        let roundsUp = fraction.dropFirst(4).first.map { $0 >= "5" } ?? false
        guard let scaled = Int(kept) else { return value }
        let magnitude = Double(scaled + (roundsUp ? 1 : 0)) / 10_000
        return value < 0 ? -magnitude : magnitude
    }
}

import CanonicalJSON

extension FeasibilityQuestion {
    /// Reads a question, or a Circe expression as ATLAS saves it (bare) or as WebAPI exports it (`{"name": …, "expression": …}`,
    /// the expression as an object or as text). Throws every problem at once.
    public init(parsing bytes: some Collection<UInt8>, limits: JSONLimits = .standard) throws(CohortError) {
        try self.init(reading: CohortText.value(bytes, limits), limits: limits)
    }

    /// Reads a question from its text.
    public init(parsing text: String, limits: JSONLimits = .standard) throws(CohortError) {
        try self.init(parsing: text.utf8, limits: limits)
    }

    /// Reads a question from a value that stands at a place of a larger document.
    public init(
        reading value: JSONValue, at pointer: JSONPointer = .root, limits: JSONLimits = .standard
    ) throws(CohortError) {
        if value["schema"] != nil {
            try self.init(question: value, pointer)
        } else if value["PrimaryCriteria"] == nil, let expression = value["expression"] {
            let inner = try Self.unwrapped(expression, limits)
            let cohort = try CohortExpression(reading: inner, at: pointer.appending("expression"))
            self.init(cohort, title: QuestionTitle(en: value["name"]?.stringValue))
        } else {
            self.init(try CohortExpression(reading: value, at: pointer))
        }
    }

    private static func unwrapped(_ expression: JSONValue, _ limits: JSONLimits) throws(CohortError) -> JSONValue {
        guard let text = expression.stringValue else { return expression }
        return try CohortText.value(text.utf8, limits)
    }

    /// Our own schema is strict: a key that nobody knows would be a wish that nobody heard.
    private init(question value: JSONValue, _ pointer: JSONPointer) throws(CohortError) {
        let log = ProblemLog()
        let node = DefinitionNode(value: value, pointer: pointer, log: log)
        Self.checkSchema(node)
        Self.refuseUnknown(node, ["schema", "title", "cohort", "outputs"])
        let title = node.child("title").map(Self.title) ?? QuestionTitle()
        let outputs = node.child("outputs")
        if let outputs, outputs.object() != nil { Self.refuseUnknown(outputs, Self.outputs) }
        let breakdown = outputs.map(BreakdownReader.dimensions) ?? []
        let attrition = outputs?.optionalFlag("attrition") ?? true
        let distinct = outputs?.optionalFlag("distinct") ?? false
        let cohort = node.required("cohort", "Add the cohort expression.").flatMap(ExpressionReader.expression)
        let breakdownSet = outputs.flatMap { BreakdownReader.set($0, breakdown, cohort) }
        guard let cohort, log.problems.isEmpty else { throw CohortError(.invalidQuestion, log.problems) }
        self.init(
            cohort, title: title, attrition: attrition, distinct: distinct, breakdown: breakdown, breakdownSet: breakdownSet)
    }

    private static let outputs = ["attrition", "distinct", "breakdown", "conceptSet"]

    private static func checkSchema(_ node: DefinitionNode) {
        guard let schema = node.child("schema"), node.text("schema") != Self.schema else { return }
        schema.report(
            .badValue, "this is a question of another schema, \(schema.value.text())", advice: "Write \"\(Self.schema)\".")
    }

    static func refuseUnknown(_ node: DefinitionNode, _ known: [String]) {
        for key in node.value.objectValue?.keys ?? [] where !known.contains(key) {
            node.log.report(
                .unknownKey, at: node.pointer.appending(key), "a question has no member \"\(key.prefix(60))\" here",
                advice: "Use \(known.joined(separator: ", ")).")
        }
    }

    private static func title(_ node: DefinitionNode) -> QuestionTitle {
        guard node.object() != nil else { return QuestionTitle() }
        refuseUnknown(node, ["en", "ko"])
        let title = QuestionTitle(en: node.text("en"), ko: node.text("ko"))
        for (key, text) in [("en", title.en), ("ko", title.ko)] where (text ?? "").utf8.count > QuestionTitle.longest {
            node.log.report(
                .badValue, at: node.pointer.appending(key), "the title is longer than \(QuestionTitle.longest) bytes",
                advice: "Shorten it.")
        }
        return title
    }
}

extension FeasibilityQuestion: JSONDecodable {
    /// Reads a question inside a message; the first problem speaks for all.
    public init(from json: JSONReader) throws(JSONError) {
        do {
            try self.init(reading: json.value, at: json.pointer)
        } catch {
            let first = error.problems.first
            throw JSONError(.badValue, at: first?.pointer ?? json.pointer, first?.message ?? error.message)
        }
    }
}

import CanonicalJSON

/// One line of the audit log: who did what to what, how it ended, and the digest of the line before.
///
/// A line never carries a count, a patient, a secret or free text from outside.
public struct AuditEntry: Sendable, Hashable, JSONEncodable, JSONDecodable {
    static let schema = "dure.audit/1"

    /// 0, 1, 2, … without gaps.
    public var sequence: Int
    /// When it happened.
    public var at: Timestamp
    /// Who: `person:lead1`, `node:KR-H-0017`, `system`.
    public var actor: String
    /// What: `query.create`, `answer.sent`.
    public var action: String
    /// To what: an identifier.
    public var object: String
    /// How it ended: `ok`, or a stable code.
    public var outcome: String
    /// The digest of what was sent, stored or decided, where there is such a thing.
    public var content: Digest256?
    /// The digest of the line before; of the empty text for the first.
    public var previous: Digest256

    /// Creates a line.
    public init(
        sequence: Int, at: Timestamp, actor: String, action: String, object: String, outcome: String, content: Digest256?,
        previous: Digest256
    ) {
        self.sequence = sequence
        self.at = at
        self.actor = actor
        self.action = action
        self.object = object
        self.outcome = outcome
        self.content = content
        self.previous = previous
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: [
            "schema", "sequence", "at", "actor", "action", "object", "outcome", "content", "previous",
        ])
        try object.expectSchema(Self.schema)
        sequence = try object.required("sequence").int(in: 0...JSONReader.exactIntegers.upperBound)
        at = try object.required("at").decode(Timestamp.self)
        actor = try object.required("actor").string(maxLength: 200)
        action = try object.required("action").string(maxLength: 100)
        self.object = try object.required("object").string(maxLength: 200)
        outcome = try object.required("outcome").string(maxLength: 100)
        content = try object.optional("content")?.decode(Digest256.self)
        previous = try object.required("previous").decode(Digest256.self)
    }

    public var json: JSONValue {
        var members: JSONObject = [
            "schema": .string(Self.schema), "sequence": .int(sequence), "at": at.json, "actor": .string(actor),
            "action": .string(action), "object": .string(object), "outcome": .string(outcome), "previous": previous.json,
        ]
        if let content { members["content"] = content.json }
        return .object(members)
    }

    /// The line as it is stored: its canonical form, without a line feed.
    public var line: String { String(decoding: json.canonicalBytes(), as: UTF8.self) }

    /// The digest of the line, which the next one carries.
    public var digest: Digest256 { Digest256(of: json) }
}

/// An append-only log in which each line carries the digest of the one before, so that a change, a removal or a reordering shows.
///
/// Cutting off the end does not show in the chain itself: compare `head` with one that somebody else kept.
public struct AuditChain: Sendable, Hashable {
    /// How many lines there are.
    public private(set) var count: Int
    /// The digest of the last line; of the empty text before the first.
    public private(set) var head: Digest256

    /// The digest that the first line carries.
    public static let origin = Digest256(of: [])

    /// An empty chain, or one that goes on after `count` lines ending in `head`.
    public init(count: Int = 0, head: Digest256 = origin) {
        self.count = count
        self.head = head
    }

    /// The next line. The chain advances; the caller stores the line.
    public mutating func append(
        at: Timestamp, actor: String, action: String, object: String, outcome: String = "ok", content: Digest256? = nil
    ) -> AuditEntry {
        let entry = AuditEntry(
            sequence: count, at: at, actor: actor, action: action, object: object, outcome: outcome, content: content,
            previous: head)
        count += 1
        head = entry.digest
        return entry
    }

    /// Reads stored lines in order and follows the chain.
    ///
    /// - Returns: the chain after the last line.
    /// - Throws: `FederationError` (`CHAIN_BROKEN`) that names the first line that does not follow.
    public static func verify(_ lines: some Sequence<String>) throws(FederationError) -> AuditChain {
        var chain = AuditChain()
        for line in lines { try chain.follow(line) }
        return chain
    }

    /// Checks that `line` is the next one and advances.
    ///
    /// - Throws: `FederationError` (`CHAIN_BROKEN`).
    public mutating func follow(_ line: String) throws(FederationError) {
        let entry: AuditEntry
        do throws(JSONError) {
            entry = try AuditEntry(from: JSONReader(try JSONValue(parsing: line)))
        } catch {
            throw broken("is not readable: \(error)")
        }
        guard entry.line == line else { throw broken("is not in its canonical form") }
        guard entry.sequence == count else { throw broken("carries the number \(entry.sequence)") }
        guard entry.previous == head else { throw broken("does not carry the digest of the line before") }
        count += 1
        head = entry.digest
    }

    private func broken(_ what: String) -> FederationError {
        FederationError(
            .chainBroken, "Line \(count) of the audit log \(what).",
            advice:
                "Something before or at this line was changed, removed or reordered. Keep the file and tell the security officer."
        )
    }
}

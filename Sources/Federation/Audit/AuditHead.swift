import CanonicalJSON

/// A place in an audit log: so many lines, the last with this digest.
public struct AuditPoint: Sendable, Hashable, JSONEncodable, JSONDecodable {
    /// How many lines there are up to here.
    public var count: Int
    /// The digest of the last of them; of the empty text before the first.
    public var head: Digest256

    /// Creates a place.
    public init(count: Int, head: Digest256) {
        self.count = count
        self.head = head
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["count", "head"])
        count = try object.required("count").int(in: 0...JSONReader.exactIntegers.upperBound)
        head = try object.required("head").decode(Digest256.self)
    }

    public var json: JSONValue { ["count": .int(count), "head": head.json] }
}

/// A hospital's word on its own audit log: signed now and then and kept by the coordinator too, so that neither side can rewrite
/// its past unseen.
public struct AuditHead: SignedPayload, Hashable {
    public static let schema = "dure.audit-head/1"

    /// Whose log.
    public var node: HospitalID
    /// The place in it.
    public var point: AuditPoint
    /// When it was signed.
    public var at: Timestamp

    /// Creates a word on a log.
    public init(node: HospitalID, point: AuditPoint, at: Timestamp) {
        self.node = node
        self.point = point
        self.at = at
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["schema", "node", "count", "head", "at"])
        try object.expectSchema(Self.schema)
        node = try object.required("node").decode(HospitalID.self)
        point = AuditPoint(
            count: try object.required("count").int(in: 0...JSONReader.exactIntegers.upperBound),
            head: try object.required("head").decode(Digest256.self))
        at = try object.required("at").decode(Timestamp.self)
    }

    public var json: JSONValue {
        [
            "schema": .string(Self.schema), "node": node.json, "count": .int(point.count), "head": point.head.json,
            "at": at.json,
        ]
    }
}

/// An audit log held against what was signed about it before.
public struct AuditComparison: Sendable {
    private let digests: [Digest256]
    /// How many lines there are.
    public var count: Int { digests.count - 1 + first }
    /// The number of the first line.
    private let first: Int
    /// The log's chain after its last line.
    public let chain: AuditChain

    /// Follows a log.
    /// - Parameter start: where it begins, if its older lines were put away.
    /// - Throws: `FederationError` (`CHAIN_BROKEN`) that names the first line that does not follow.
    public init(_ lines: some Sequence<String>, from start: AuditPoint? = nil) throws(FederationError) {
        var chain = AuditChain(count: start?.count ?? 0, head: start?.head ?? AuditChain.origin)
        first = chain.count
        var digests = [chain.head]
        for line in lines {
            try chain.follow(line)
            digests.append(chain.head)
        }
        self.digests = digests
        self.chain = chain
    }

    /// Where a log begins whose older lines were put away: nil for one that has its first line.
    ///
    /// - Throws: `FederationError` (`CHAIN_BROKEN`) where nobody has signed that place, so that lines may be missing unseen.
    public static func start(
        of lines: [String], vouchedFor points: [AuditPoint]
    ) throws(FederationError) -> AuditPoint? {
        guard let line = lines.first, let value = try? JSONValue(parsing: line),
            let entry = try? AuditEntry(from: JSONReader(value)), entry.sequence > 0
        else { return nil }
        let start = AuditPoint(count: entry.sequence, head: entry.previous)
        guard points.contains(start) else {
            throw FederationError(
                .chainBroken, "The log begins with line \(entry.sequence), and no signed head vouches for that place.",
                advice: "Give the archives of the older lines, the oldest first, or the heads that the coordinator kept.")
        }
        return start
    }

    /// Passes where the log goes through `point`.
    ///
    /// - Throws: `FederationError` (`CHAIN_BROKEN`): the log was cut off, or rewritten somewhere before `point`.
    public func check(_ point: AuditPoint) throws(FederationError) {
        // What was put away is for the archive of those lines to show.
        guard point.count >= first else { return }
        guard point.count <= count else {
            throw FederationError(
                .chainBroken, "The log has \(count) lines, and \(point.count) were signed before: its end was cut off.",
                advice: "Keep the files and tell the security officers of both sides. A restored backup looks like this too.")
        }
        guard digests[point.count - first] == point.head else {
            throw FederationError(
                .chainBroken,
                "Line \(point.count - 1) is not the one that was signed: it, or a line before it, was rewritten.",
                advice: "Keep the files and tell the security officers of both sides.")
        }
    }

    /// The last place before `point` at which the log and another one, given by its signed points, still agree.
    public func lastAgreeing(_ points: [AuditPoint]) -> AuditPoint? {
        points.filter { point in point.count >= first && point.count <= count && digests[point.count - first] == point.head }
            .max { $0.count < $1.count }
    }
}

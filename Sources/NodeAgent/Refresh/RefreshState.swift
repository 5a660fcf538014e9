import CanonicalJSON
import Federation
import Foundation

/// Where a refresh is: one file, `refresh.json`, in the state directory, while there is one.
public struct RefreshState: Sendable, Hashable {
    /// How far it is.
    public enum Phase: String, Sendable, Hashable, CaseIterable {
        /// The hospital's own load runs; the store is in nobody's hands but its.
        case loading
        /// A new index is being made. Without a process that makes it, that was interrupted.
        case building
        /// The new index is complete, and a person has to look at what changed. No question is answered meanwhile.
        case held
        /// The file cannot be read. No question is answered meanwhile.
        case unreadable
    }

    static let file = "refresh.json"

    /// How far it is.
    public var phase: Phase
    /// Since when.
    public var since: Timestamp
    /// The new index's number, where it is complete.
    public var candidate: Int?
    /// What went down too much, in words: `measurement/records`.
    public var drops: [String]

    init(_ phase: Phase, since: Timestamp, candidate: Int? = nil, drops: [String] = []) {
        self.phase = phase
        self.since = since
        self.candidate = candidate
        self.drops = drops
    }

    /// The refresh that is under way, or nil.
    ///
    /// A crash between the taking of an index and the removal of this file leaves a state that is over: it reads as none.
    static func read(in state: StateDirectory, shelf: IndexShelf) -> RefreshState? {
        let path = state.file(file)
        guard Files.exists(path) else { return nil }
        guard let bytes = FileManager.default.contents(atPath: path), let found = try? RefreshState(parsing: bytes) else {
            return RefreshState(.unreadable, since: Timestamp(0))
        }
        if let candidate = found.candidate, candidate == shelf.current?.number { return nil }
        return found
    }

    func write(in state: StateDirectory) throws(NodeError) {
        try Files.write(json.canonicalBytes(), to: state.file(Self.file))
    }

    /// Whether answers wait for a person.
    var holdsAnswers: Bool { phase == .held || phase == .unreadable }

    static func remove(in state: StateDirectory) throws(NodeError) {
        let path = state.file(file)
        guard unlink(path) == 0 || errno == ENOENT else { throw Files.failure("remove", path) }
    }
}

extension RefreshState: JSONEncodable, JSONDecodable {
    /// Reads a state.
    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["schema", "phase", "since", "candidate", "drops"])
        try object.expectSchema("dure.refresh/1")
        phase = try object.required("phase").choice(Phase.self)
        since = try object.required("since").decode(Timestamp.self)
        candidate = try object.optional("candidate")?.int(in: 1...Int(Int32.max))
        drops = try object.required("drops").array(maxCount: 100).map { reader throws(JSONError) in try reader.string() }
    }

    /// `dure.refresh/1`
    public var json: JSONValue {
        var object: JSONObject = [
            "schema": "dure.refresh/1", "phase": .string(phase.rawValue), "since": since.json,
            "drops": .array(drops.map { .string($0) }),
        ]
        if let candidate { object["candidate"] = .int(candidate) }
        return .object(object)
    }
}

import CanonicalJSON
import Federation
import Foundation

/// The kill switch: one file, `STOP`, in the state directory.
///
/// While it is there, whatever is in it, nothing is asked for, evaluated or sent: it needs no network, no coordinator and no
/// running daemon, and a restart changes nothing. One person stops; lifting takes two different persons.
public struct StopSwitch: Sendable {
    private let state: StateDirectory

    /// The switch of a node.
    public init(_ state: StateDirectory) { self.state = state }

    /// What a person said when stopping.
    public struct Order: Sendable, Hashable, JSONEncodable, JSONDecodable {
        /// When.
        public var at: Timestamp
        /// Who.
        public var person: UInt32
        /// Why; stays in this file.
        public var reason: String

        /// Creates an order.
        public init(at: Timestamp, person: UInt32, reason: String) {
            self.at = at
            self.person = person
            self.reason = reason
        }

        /// Reads an order.
        public init(from json: JSONReader) throws(JSONError) {
            let object = try json.object(allowing: ["schema", "at", "person", "reason"])
            try object.expectSchema("dure.stop/1")
            at = try object.required("at").decode(Timestamp.self)
            person = UInt32(truncatingIfNeeded: try object.required("person").int(in: 0...Int(UInt32.max)))
            reason = try object.required("reason").string(maxLength: 4_000)
        }

        /// `dure.stop/1`
        public var json: JSONValue {
            ["schema": "dure.stop/1", "at": at.json, "person": .int(Int(person)), "reason": .string(reason)]
        }
    }

    /// Whether everything is stopped.
    public var isStopped: Bool {
        // A folder, a dangling link or a file of somebody else's stops as well: only "nothing there" goes on.
        return faccessat(AT_FDCWD, file, F_OK, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT
    }

    /// Who stopped and why, where the file says it.
    public var order: Order? {
        FileManager.default.contents(atPath: file).flatMap { try? Order(parsing: $0) }
    }

    /// Stops everything. Returns when it is on disk. Stopping again keeps the first order.
    /// - Throws: `STATE`, `DISK_FULL` where the file could not be made.
    public func stop(by person: Operator, reason: String, at now: Timestamp) throws(NodeError) {
        guard !isStopped else { return }
        let order = Order(at: now, person: person.uid, reason: String(reason.prefix(2_000)))
        do throws(NodeError) {
            // Readable to the node's user where root stopped it; nobody else can enter the folder.
            try Files.write(order.json.canonicalBytes(), to: file, mode: 0o644)
        } catch {
            // A full disk has room for a name: an empty file stops as well as a written one.
            let descriptor = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw error }
            fsync(descriptor)
            close(descriptor)
        }
    }

    /// What a yes to lifting led to.
    public enum Lifting: Sendable, Hashable {
        /// Another person has to say yes too.
        case needsSecondPerson
        /// Everything goes on.
        case lifted
    }

    /// A person says yes to lifting. The second person's yes lifts.
    /// - Parameter before: done while everything still stands still, before the file goes.
    /// - Throws: `DESK` where nothing is stopped or the same person says yes twice.
    public func lift(
        by person: Operator, at now: Timestamp, before: (UInt32) async throws(NodeError) -> Void
    ) async throws(NodeError) -> Lifting {
        guard isStopped else { throw NodeError(.desk, "Nothing is stopped.", advice: "`dure-node status` says how the node is.") }
        guard let first = firstYes else {
            try Files.write(consent(of: person.uid, at: now).canonicalBytes(), to: consentFile)
            return .needsSecondPerson
        }
        guard first != person.uid else {
            throw NodeError(
                .desk, "\(person.words) has said yes already.",
                advice: "Lifting takes a second person, who signs in to this machine as themselves and runs `dure-node lift`.")
        }
        try await before(first)
        // The yes goes first: after a crash between the two, everything is still stopped and both have to say it again.
        guard unlink(consentFile) == 0, unlink(file) == 0 else { throw Files.failure("remove", file) }
        return .lifted
    }

    /// - Throws: `STOPPED` while everything is stopped: for commands that would let something out.
    func requireRunning() throws(NodeError) {
        guard isStopped else { return }
        throw NodeError(
            .stopped, "Everything is stopped by hand; nothing leaves this node.",
            advice: "Two persons lift it, each with: dure-node lift")
    }

    // MARK: -

    private var file: String { state.file("STOP") }
    private var consentFile: String { state.file("STOP.lift") }

    /// Names this stop: a yes to lifting an earlier one does not count.
    private var digest: Digest256 { Digest256(of: FileManager.default.contents(atPath: file) ?? Data()) }

    private func consent(of person: UInt32, at now: Timestamp) -> JSONValue {
        ["schema": "dure.stop-lift/1", "stop": digest.json, "person": .int(Int(person)), "at": now.json]
    }

    private var firstYes: UInt32? {
        guard let bytes = FileManager.default.contents(atPath: consentFile), let value = try? JSONValue(parsing: bytes),
            let object = try? JSONReader(value).object(allowing: ["schema", "stop", "person", "at"]),
            (try? object.required("stop").decode(Digest256.self)) == digest,
            let person = try? object.required("person").int(in: 0...Int(UInt32.max))
        else { return nil }
        return UInt32(truncatingIfNeeded: person)
    }
}

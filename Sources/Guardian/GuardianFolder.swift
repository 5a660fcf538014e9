import CanonicalJSON
public import Federation
import Foundation

/// Whom the guardian serves and trusts: `guardian.json` in its folder.
public struct GuardianConfiguration: Sendable, Hashable, JSONEncodable, JSONDecodable {
    static let schema = "dure.guardian/1"

    /// Its name on the totals roster.
    public var id: GuardianID
    /// Where the coordinator listens for people, `https://host:port`.
    public var coordinatorURL: String
    /// The consortium's CA certificate, PEM.
    public var authority: String
    /// The key that the coordinator signs with.
    public var coordinatorKey: VerificationKey
    /// The officers whose signatures on a totals roster are believed.
    public var officers: [VerificationKey]

    /// Creates a configuration.
    public init(
        id: GuardianID, coordinatorURL: String, authority: String, coordinatorKey: VerificationKey, officers: [VerificationKey]
    ) {
        self.id = id
        self.coordinatorURL = coordinatorURL
        self.authority = authority
        self.coordinatorKey = coordinatorKey
        self.officers = officers
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["schema", "id", "coordinatorURL", "authority", "coordinatorKey", "officers"])
        try object.expectSchema(Self.schema)
        id = try object.required("id").decode(GuardianID.self)
        let url = try object.required("coordinatorURL")
        coordinatorURL = try url.string(maxLength: 500)
        guard coordinatorURL.hasPrefix("https://") else { throw url.fail(.badValue, "must begin with https://") }
        authority = try object.required("authority").string(maxLength: 65_536)
        coordinatorKey = try object.required("coordinatorKey").decode(VerificationKey.self)
        let officers = try object.required("officers")
        self.officers = try officers.list(of: VerificationKey.self, maxCount: 20)
        guard Set(self.officers).count >= CosignedRoster.officersNeeded else {
            throw officers.fail(.badValue, "needs the keys of at least \(CosignedRoster.officersNeeded) officers")
        }
    }

    public var json: JSONValue {
        [
            "schema": .string(Self.schema), "id": id.json, "coordinatorURL": .string(coordinatorURL),
            "authority": .string(authority), "coordinatorKey": coordinatorKey.json, "officers": .array(officers.map(\.json)),
        ]
    }
}

/// Everything of a guardian, in one folder of its own (mode 0700).
///
///     guardian.json      whom it serves and trusts
///     signing.key        signs openings (Ed25519)
///     sealing.key        opens sealed seeds (X25519); lost, open totals cannot be opened, nothing else is lost
///     guardian.sqlite    what was opened; part of every backup: it is what keeps one cohort from being opened twice
///     lock               held by the running daemon
public struct GuardianFolder: Sendable, Hashable {
    /// The folder's path.
    public let path: String

    /// The folder at `path`; nothing is made.
    public init(path: String) { self.path = path }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Makes the folder with new keys.
    ///
    /// - Throws: `GuardianError` where there is a guardian in it already, or it cannot be written.
    public func make(_ configuration: GuardianConfiguration) throws(GuardianError) {
        guard !FileManager.default.fileExists(atPath: file("signing.key")) else {
            throw GuardianError(
                .folder, "There is a guardian in \(path) already.", advice: "Keep it: its keys are on the totals roster.")
        }
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw GuardianError(.folder, "\(path) cannot be made.", advice: "Check the path and its rights.")
        }
        // The configuration first: the keys mark the folder as complete.
        try write(configuration.json.text(indent: 2) + "\n", "guardian.json")
        try write(Hex.encode(SealingKey().seed) + "\n", "sealing.key")
        try write(Hex.encode(SigningKey().seed) + "\n", "signing.key")
    }

    /// The configuration.
    public func configuration() throws(GuardianError) -> GuardianConfiguration {
        let data = try read("guardian.json")
        do throws(JSONError) {
            return try GuardianConfiguration(from: JSONReader(JSONValue(parsing: data)))
        } catch {
            throw GuardianError(
                .configuration, "\(file("guardian.json")): \(error.description)", advice: "Correct the file.")
        }
    }

    /// The two keys.
    public func keys() throws(GuardianError) -> (signing: SigningKey, sealing: SealingKey) {
        do throws(FederationError) {
            return (try SigningKey(seed: try seed("signing.key")), try SealingKey(seed: try seed("sealing.key")))
        } catch {
            throw GuardianError(.folder, "\(path): \(error.message)", advice: error.advice)
        }
    }

    /// The guardian as it stands on a totals roster.
    public func entry() throws(GuardianError) -> TotalsRoster.Guardian {
        let keys = try keys()
        return TotalsRoster.Guardian(
            id: try configuration().id, key: keys.signing.verificationKey, sealingKey: keys.sealing.sealingKey)
    }

    private func seed(_ name: String) throws(FederationError) -> [UInt8] {
        let text = FileManager.default.contents(atPath: file(name)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return Hex.decode(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? []
    }

    private func read(_ name: String) throws(GuardianError) -> Data {
        guard let data = FileManager.default.contents(atPath: file(name)) else {
            throw GuardianError(
                .folder, "\(file(name)) cannot be read.",
                advice: "`dure-guardian init` makes a guardian; --folder says where it is.")
        }
        return data
    }

    private func write(_ text: String, _ name: String) throws(GuardianError) {
        guard
            FileManager.default.createFile(atPath: file(name), contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        else { throw GuardianError(.folder, "\(file(name)) cannot be written.", advice: "Is the disk full?") }
    }
}

/// The one process that works on a guardian's folder; the kernel gives the lock back however the process ends.
final class GuardianLock: Sendable {
    private let descriptor: Int32

    /// - Throws: `LOCKED` where another process has it.
    init(_ folder: GuardianFolder) throws(GuardianError) {
        descriptor = open(folder.file("lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw GuardianError(.folder, "\(folder.file("lock")) cannot be opened.", advice: "Check the folder's owner.")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw GuardianError(
                .locked, "Another dure-guardian already works on \(folder.path).", advice: "Stop the other one.")
        }
    }

    deinit { close(descriptor) }
}

import CanonicalJSON
import Foundation
import Outbound

/// Where the coordinator is and who is signed in, kept between two commands.
///
/// Two files in one folder of mode 0700: `profile.json`, and `token` of mode 0600. The folder is `DURE_CONFIG_DIR`, else
/// `$XDG_CONFIG_HOME/dure`, else `~/.config/dure`.
public struct ClientProfile: Sendable, JSONEncodable, JSONDecodable {
    static let schema = "dure.profile/1"

    /// The coordinator's people address, `https://host:port`.
    public var coordinator: String
    /// The consortium's CA certificate, PEM; nil where the machine's own trust store is enough.
    public var authority: String?
    /// Who is signed in.
    public var user: String

    /// Creates a profile.
    public init(coordinator: String, authority: String?, user: String) {
        self.coordinator = coordinator
        self.authority = authority
        self.user = user
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["schema", "coordinator", "authority", "user"])
        let schema = try object.required("schema")
        guard try schema.string() == Self.schema else { throw schema.fail(.badValue, "must be \(Self.schema)") }
        coordinator = try object.required("coordinator").nonEmptyString(maxLength: 500)
        authority = try object.optional("authority")?.string(maxLength: 65_536)
        user = try object.required("user").string(maxLength: 64)
    }

    public var json: JSONValue {
        var object: JSONObject = [
            "schema": .string(Self.schema), "coordinator": .string(coordinator), "user": .string(user),
        ]
        if let authority { object["authority"] = .string(authority) }
        return .object(object)
    }

    /// How to reach the coordinator; the proxy comes from the environment.
    public func outbound(environment: [String: String]) -> OutboundConfiguration {
        OutboundConfiguration(
            trust: authority.map { .only(pem: $0) } ?? .machine(andPEM: ""), proxy: .fromEnvironment(environment),
            userAgent: DureClient.software)
    }
}

/// The folder that a profile is kept in.
public struct ProfileFolder: Sendable {
    /// The folder's path.
    public let path: String

    /// The folder at `path`.
    public init(path: String) { self.path = path }

    /// The folder that `environment` names.
    public init(environment: [String: String]) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        path =
            value("DURE_CONFIG_DIR") ?? value("XDG_CONFIG_HOME").map { $0 + "/dure" }
            ?? (value("HOME") ?? NSHomeDirectory()) + "/.config/dure"
    }

    /// The profile, or nil where nobody signed in yet.
    public func load() throws(ClientError) -> ClientProfile? {
        guard let data = FileManager.default.contents(atPath: path + "/profile.json") else { return nil }
        do throws(JSONError) {
            return try ClientProfile(from: JSONReader(try JSONValue(parsing: data)))
        } catch {
            throw ClientError(
                .configuration, code: "PROFILE_INVALID", "\(path)/profile.json is not readable: \(error)",
                advice: "Sign in again with dure login.")
        }
    }

    /// The token of the session, from `DURE_TOKEN_FILE`, `DURE_TOKEN` or the folder.
    public func token(environment: [String: String]) throws(ClientError) -> String? {
        if let file = environment["DURE_TOKEN_FILE"] {
            guard let data = FileManager.default.contents(atPath: file) else {
                throw ClientError(.configuration, code: "TOKEN_FILE", "DURE_TOKEN_FILE names \(file), which cannot be read.")
            }
            return Self.trimmed(data)
        }
        if let token = environment["DURE_TOKEN"], !token.isEmpty { return token }
        return FileManager.default.contents(atPath: path + "/token").map(Self.trimmed)
    }

    /// Keeps a profile and its token.
    public func save(_ profile: ClientProfile, token: String) throws(ClientError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw unwritable(path)
        }
        try write(profile.json.text(indent: 2) + "\n", to: "profile.json")
        try write(token + "\n", to: "token")
    }

    /// Forgets the token; the coordinator's address stays.
    public func forgetToken() { try? FileManager.default.removeItem(atPath: path + "/token") }

    private func write(_ text: String, to name: String) throws(ClientError) {
        let file = path + "/" + name
        try? FileManager.default.removeItem(atPath: file)
        guard FileManager.default.createFile(atPath: file, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        else { throw unwritable(file) }
    }

    private func unwritable(_ place: String) -> ClientError {
        ClientError(
            .configuration, code: "PROFILE_UNWRITABLE", "\(place) cannot be written.",
            advice: "Set DURE_CONFIG_DIR to a folder of your own.")
    }

    private static func trimmed(_ data: Data) -> String {
        String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

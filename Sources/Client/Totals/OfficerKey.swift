import CanonicalJSON
import Federation
import Foundation

/// An officer's key in its file, and signing a totals roster with it.
public struct OfficerKey: Sendable {
    /// The key.
    public let signing: SigningKey

    /// The key in the file at `path`.
    public init(file path: String) throws(ClientError) {
        let text = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
        do throws(FederationError) {
            signing = try SigningKey(seed: Hex.decode(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? [])
        } catch {
            throw ClientError(
                .badInput, code: "OFFICER_KEY", "\(path) is not an officer's key.", advice: "`dure totals officer-key` makes one."
            )
        }
    }

    /// Makes a new key in a file of mode 0600 that is not there yet.
    public init(makingFile path: String) throws(ClientError) {
        signing = SigningKey()
        let text = Data((Hex.encode(signing.seed) + "\n").utf8)
        guard !FileManager.default.fileExists(atPath: path),
            FileManager.default.createFile(atPath: path, contents: text, attributes: [.posixPermissions: 0o600])
        else {
            throw ClientError(
                .badInput, code: "FILE_UNWRITABLE", "\(path) is there already or cannot be written.", advice: "Give another path."
            )
        }
    }

    /// The public half, 64 hexadecimal digits.
    public var publicText: String { Hex.encode(signing.verificationKey.bytes) }

    /// A roster with this officer's signature added: a draft, or what others have signed before.
    public func sign(_ json: JSONValue) throws(ClientError) -> CosignedRoster {
        do throws(FederationError) {
            if json["signatures"] != nil {
                var cosigned = try read(json) { json throws(JSONError) in try CosignedRoster(from: json) }
                try cosigned.sign(with: signing)
                return cosigned
            }
            return try CosignedRoster(
                try read(json) { json throws(JSONError) in try TotalsRoster(from: json) }, signedBy: signing)
        } catch {
            throw ClientError(error)
        }
    }

    private func read<Content>(
        _ json: JSONValue, _ body: (JSONReader) throws(JSONError) -> Content
    ) throws(FederationError) -> Content {
        do throws(JSONError) {
            return try body(JSONReader(json))
        } catch {
            throw FederationError(error)
        }
    }
}

import ArgumentParser
import Client
import Foundation
import Outbound

/// A way to the coordinator of the profile, open for one command.
struct Connection {
    let profile: ClientProfile
    let api: CoordinatorAPI
    private let client: OutboundClient

    init(profile: ClientProfile, token: String?, environment: [String: String]) throws(ClientError) {
        let client: OutboundClient
        do throws(OutboundError) {
            client = try OutboundClient(profile.outbound(environment: environment))
        } catch {
            throw ClientError(error)
        }
        self.profile = profile
        self.client = client
        api = CoordinatorAPI(base: profile.coordinator, token: token) { request async throws(OutboundError) in
            try await client.send(request)
        }
    }

    /// A connection of the person who is signed in.
    static func signedIn() throws(ClientError) -> Connection {
        let environment = ProcessInfo.processInfo.environment
        let folder = ProfileFolder(environment: environment)
        guard let profile = try folder.load(), let token = try folder.token(environment: environment) else {
            throw ClientError(
                .signIn, code: "NOT_SIGNED_IN", "Nobody is signed in.",
                advice: "dure login --coordinator https://host:port --user NAME")
        }
        return try Connection(profile: profile, token: token, environment: environment)
    }

    func close() { client.close() }
}

/// Files named on the command line; `-` is standard input.
enum InputFile {
    static let limit = 8 << 20

    static func bytes(_ path: String) throws(ClientError) -> [UInt8] {
        let handle: FileHandle
        if path == "-" {
            handle = .standardInput
        } else if let opened = FileHandle(forReadingAtPath: path) {
            handle = opened
        } else {
            throw ClientError(
                .badInput, code: "FILE_UNREADABLE", "\(path) cannot be read.", advice: "Check the path and its rights.")
        }
        let data = (try? handle.read(upToCount: limit + 1)) ?? Data()
        guard data.count <= limit else {
            throw ClientError(.badInput, code: "FILE_TOO_LARGE", "\(path) is larger than \(limit >> 20) MiB.")
        }
        return Array(data)
    }

    static func text(_ path: String) throws(ClientError) -> String { String(decoding: try bytes(path), as: UTF8.self) }
}

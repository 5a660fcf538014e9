import CanonicalJSON
import Client
import Federation
import Foundation
import Outbound
import Synchronization
import Testing

@Suite struct CoordinatorAPITests {
    func api(_ answer: @escaping @Sendable (OutboundRequest) throws(OutboundError) -> OutboundResponse) -> CoordinatorAPI {
        CoordinatorAPI(base: "https://localhost:1/", token: "secret") { request async throws(OutboundError) in try answer(request)
        }
    }

    func response(_ status: Int, _ value: JSONValue) -> OutboundResponse {
        OutboundResponse(status: status, body: value.canonicalBytes())
    }

    @Test func theTokenGoesAsABearerTokenAndNeverIntoTheAddress() async throws {
        let person = PersonSummary(user: "researcher", role: "researcher", displayName: "Researcher")
        let api = api { request throws(OutboundError) in
            #expect(request.url == "https://localhost:1/v1/me")
            #expect(request.headers.contains { $0 == ("authorization", "Bearer secret") })
            return OutboundResponse(status: 200, body: person.json.canonicalBytes())
        }
        #expect(try await api.whoAmI() == person)
    }

    @Test(arguments: [
        (401, ExitReason.signIn), (403, .failed), (404, .notFound), (429, .temporary), (503, .temporary), (500, .unavailable),
    ])
    func refusalsBecomeExitCodesWithTheirAdvice(_ status: Int, _ exit: ExitReason) async {
        let problem = Problem(status: status, code: "SOME_CODE", title: "No", detail: "What was wrong.", advice: "What to do.")
        let api = api { _ throws(OutboundError) in OutboundResponse(status: status, body: problem.json.canonicalBytes()) }
        let error = await #expect(throws: ClientError.self) { try await api.nodes() }
        #expect(error?.status == exit)
        #expect(error?.code == "SOME_CODE")
        #expect(error?.description == "What was wrong. What to do.")
    }

    @Test func anAnswerThatIsNoProblemDocumentIsNamedByItsStatus() async {
        let api = api { _ throws(OutboundError) in OutboundResponse(status: 502, body: Array("<html>".utf8)) }
        let error = await #expect(throws: ClientError.self) { try await api.nodes() }
        #expect(error?.code == "HTTP_502")
    }

    @Test func aCoordinatorThatRestartsIsWaitedFor() async throws {
        let calls = Mutex(0)
        let results = [SampleResult.make(version: 1), SampleResult.make(status: .partial, version: 2)]
        let api = api { _ throws(OutboundError) in
            let call = calls.withLock { count in
                count += 1
                return count
            }
            if call == 2 { throw OutboundError(.refused, "Nobody listens.", advice: "Start it.") }
            return OutboundResponse(status: 200, body: results[call == 1 ? 0 : 1].json.canonicalBytes())
        }
        let seen = Mutex([Int]())
        let last = try await QueryFollower(api, query: results[0].query).follow(until: nil) { result in
            seen.withLock { $0.append(result.version) }
        }
        #expect(last.status == .partial)
        #expect(seen.withLock { $0 } == [1, 2])
    }

    @Test func theProfileAndItsTokenAreReadableByTheirOwnerAlone() throws {
        let path = NSTemporaryDirectory() + "dure-profile-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let folder = ProfileFolder(environment: ["DURE_CONFIG_DIR": path])
        try folder.save(ClientProfile(coordinator: "https://localhost:1", authority: nil, user: "researcher"), token: "secret")
        let mode = { (file: String) in
            try FileManager.default.attributesOfItem(atPath: path + file)[.posixPermissions] as? Int
        }
        #expect(try mode("") == 0o700)
        #expect(try mode("/token") == 0o600)
        #expect(try folder.load()?.user == "researcher")
        #expect(try folder.token(environment: [:]) == "secret")
        #expect(try folder.token(environment: ["DURE_TOKEN": "other"]) == "other")
        folder.forgetToken()
        #expect(try folder.token(environment: [:]) == nil)
    }
}

import CanonicalJSON
import Foundation
import HTTPTypes
import Hummingbird
import Testing

@testable import Coordinator

/// The written protocol and the routers name the same endpoints.
@Suite struct OpenAPITests {
    static let path = "\(#filePath)".components(separatedBy: "/Tests/")[0] + "/protocol/openapi.yaml"

    func specified() throws -> Set<String> {
        let document = try YAMLDocument.json(String(contentsOfFile: Self.path, encoding: .utf8), file: "openapi.yaml")
        let paths = try #require(document["paths"]?.objectValue)
        return Set(
            paths.members.flatMap { path, operations in
                (operations.objectValue?.keys ?? []).map { "\($0.uppercased()) \(path)" }
            })
    }

    @Test func everyRouteIsSpecifiedAndEverySpecifiedRouteExists() async throws {
        let coordinator = try await TestCoordinator.make()
        let people = coordinator.service.peopleRouter().routes.map { "\($0.method.rawValue) \($0.path.description)" }
        let nodes = coordinator.service.nodesRouter().routes.map { "\($0.method.rawValue) \($0.path.description)" }
        let served = Set(people + nodes)
        let specified = try specified()
        #expect(served == specified)
    }

    @Test func everyCodeOfTheCoordinatorIsOneThatCallersCanRead() {
        for code in CoordinatorError.Code.allCases {
            #expect(code.rawValue.utf8.allSatisfy { (65...90).contains($0) || $0 == 95 })
        }
    }
}

import CanonicalJSON
import Foundation
import Testing

@testable import Cohorts

/// Every published definition that lies in the folder that `DURE_COHORTS_DIR` names (one JSON file each; none is in the
/// repository). Without the setting the test says that it was skipped.
@Suite(
    "Published definitions", .enabled(if: PublishedDefinitions.folder != nil, "set DURE_COHORTS_DIR to a folder of definitions"))
struct PublishedDefinitionsTests {
    @Test("Every definition parses, comes back unchanged, and what the model writes reads as the same model")
    func roundTrips() throws {
        let files = try PublishedDefinitions.files()
        #expect(!files.isEmpty)
        for file in files {
            let bytes = [UInt8](try Data(contentsOf: file))
            let name = Comment(rawValue: file.lastPathComponent)
            let question: FeasibilityQuestion
            do {
                question = try FeasibilityQuestion(parsing: bytes)
            } catch {
                Issue.record("\(file.lastPathComponent): \(error.message)")
                continue
            }
            let read = try JSONValue(parsing: bytes)
            #expect(try JSONValue(parsing: read.text()).text() == read.text(), name)
            let again = try CohortExpression(reading: question.cohort.written)
            #expect(again.written == question.cohort.written, name)
        }
    }
}

enum PublishedDefinitions {
    static let folder = ProcessInfo.processInfo.environment["DURE_COHORTS_DIR"]

    static func files() throws -> [URL] {
        guard let folder else { return [] }
        return try FileManager.default.contentsOfDirectory(at: URL(fileURLWithPath: folder), includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }
    }
}

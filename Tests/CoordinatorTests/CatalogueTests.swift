import CanonicalJSON
import Disclosure
import Federation
import Testing

@testable import Coordinator

/// What hospitals publish of their stores.
@Suite struct CatalogueTests {
    private func catalogue(_ node: HospitalID, at issued: Timestamp, persons: Int = 200) -> Catalogue {
        Catalogue(
            node: node, issued: issued, provenance: TestNode.provenance, policy: Digest256(of: []),
            amounts: DisclosedCatalogue(rows: [
                .init(
                    key: ["condition_occurrence", "2024"], persons: CountInterval(low: persons, high: 3 * persons),
                    records: CountInterval(low: 1_000, high: 2_399))
            ]), tables: [.init(name: "condition_occurrence", unmapped: .init(percent: 3), isCut: false)],
            quality: [
                .init(
                    check: "after-birth", category: "plausibility", table: "condition_occurrence", threshold: 1, state: .pass,
                    failing: .init(percent: 0))
            ])
    }

    private func publish(
        _ catalogue: Catalogue, _ node: TestNode, _ coordinator: TestCoordinator, by key: SigningKey? = nil
    ) async throws -> TestCoordinator.Answer {
        let document = try SignedDocument(signing: catalogue, with: key ?? node.keys.signing)
        return try await coordinator.node(node, .post, "/v1/node/catalogue", body: document.json)
    }

    @Test func aCatalogueIsKeptAndReadByEverybodyWhoSignsIn() async throws {
        let coordinator = try await TestCoordinator.make()
        let busan = try await coordinator.enrol(.busan)
        try await coordinator.addPerson("kim", .observer)
        let token = try await coordinator.signIn("kim")
        let made = catalogue(.busan, at: coordinator.time.now)
        #expect(try await coordinator.people(.get, "/v1/catalogues/KR-H-0011", token: token).status == 404)
        #expect(try await publish(made, busan, coordinator).status == 204)
        let listed = try await coordinator.people(.get, "/v1/catalogues", token: token)
        #expect(listed.json["catalogues"]?.arrayValue?.first?["node"] == "KR-H-0011")
        let first = try await coordinator.people(.get, "/v1/catalogues/KR-H-0011", token: token)
        let read = try first.message(SignedDocument.self).verified(as: Catalogue.self, by: busan.keys.signing.verificationKey)
        #expect(read == made)
        // The same bytes again change nothing, not even the log.
        let lines = try await coordinator.office.audit.entries().count
        #expect(try await publish(made, busan, coordinator).status == 204)
        #expect(try await coordinator.office.audit.entries().count == lines)
        #expect(try await coordinator.people(.get, "/v1/catalogues/KR-H-0011", token: token).json == first.json)
        #expect(try await coordinator.people(.get, "/v1/catalogues").status == 401)
    }

    @Test func onlyTheHospitalItselfPublishesAndNothingOlderThanWhatIsKept() async throws {
        let coordinator = try await TestCoordinator.make()
        let busan = try await coordinator.enrol(.busan)
        let yangsan = try await coordinator.enrol(.yangsan)
        let now = coordinator.time.now
        #expect(try await publish(catalogue(.busan, at: now), yangsan, coordinator).code == "AUDIENCE_WRONG")
        let forged = try await publish(catalogue(.busan, at: now), busan, coordinator, by: SigningKey())
        #expect(["SIGNATURE_INVALID", "KEY_UNKNOWN"].contains(forged.code))
        #expect(try await publish(catalogue(.busan, at: now.adding(3_600)), busan, coordinator).code == "BAD_REQUEST")
        #expect(try await publish(catalogue(.busan, at: now), busan, coordinator).status == 204)
        #expect(try await publish(catalogue(.busan, at: now.adding(-1), persons: 500), busan, coordinator).code == "BAD_REQUEST")
        coordinator.time.advance(60)
        let newer = catalogue(.busan, at: coordinator.time.now, persons: 500)
        #expect(try await publish(newer, busan, coordinator).status == 204)
        let kept = try #require(try await coordinator.office.catalogues.last(of: .busan))
        #expect(try Catalogue(from: JSONReader(kept.payload)) == newer)
    }
}

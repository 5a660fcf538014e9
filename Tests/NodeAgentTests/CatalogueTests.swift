import CanonicalJSON
import Disclosure
import Federation
import Foundation
import Testing

@testable import NodeAgent

/// What a hospital publishes of its store.
@Suite struct `The catalogue` {
    private static let publishing = Consortium.policyYAML + "\ncatalogue: { publish: true }"
    private let person = Operator(uid: 1, name: nil)

    /// A node over a small store of 400 persons, of whom 12 have a condition that the others have not.
    private func node(_ policy: String = publishing) throws -> TestNode {
        var node = try TestNode()
        node.answersFromStore = true
        node.policy = policy
        try SmallStore.write(
            to: node.folder.path + "/omop.sqlite", persons: 400,
            changing: """
                INSERT INTO concept VALUES (4000001, 'rare', 'Condition', 'Ours', 'Finding', 'S', 'r', '1970-01-01', '2099-12-31', NULL);
                INSERT INTO condition_occurrence SELECT person_id + 10000, person_id, 4000001, '2019-01-01', NULL, 0 FROM person
                  WHERE person_id <= 37;
                CREATE TABLE observation (observation_id INTEGER, person_id INTEGER, observation_concept_id INTEGER,
                  observation_date TEXT, observation_type_concept_id INTEGER);
                INSERT INTO observation SELECT person_id, person_id, 0, '2018-03-03', 0 FROM person;
                INSERT INTO condition_occurrence SELECT person_id + 20000, person_id, 0, '2020-02-02', NULL, 0 FROM person
                """)
        try NodeStore.buildIndex(try Consortium.configuration(node.folder), state: node.folder.state)
        return node
    }

    private func office(_ node: TestNode, _ clock: HandClock? = nil) throws -> CatalogueOffice {
        CatalogueOffice(
            configuration: try Consortium.configuration(node.folder), policy: try Consortium.policy(node.policy),
            state: try node.folder.state, clock: (clock ?? node.consortium.clock).clock)
    }

    @Test func `Amounts are bands that hold the true number, and what is rare looks like what is not there`() async throws {
        let node = try node()
        let catalogue = try await office(node).preview()
        withExtendedLifetime(node.folder) {}
        let rows = Dictionary(uniqueKeysWithValues: catalogue.amounts.rows.map { ($0.key, $0) })
        // By hand: 400 persons with a condition of 2020, twelve of them with a rare one of 2019, and 400 unmapped records.
        let condition = try #require(rows[["condition_occurrence"]])
        #expect(condition.persons.contains(400) && condition.records.contains(812))
        #expect(try #require(rows[["condition_occurrence", "concept", "201826"]]).persons.contains(400))
        #expect(try #require(rows[["measurement", "2021"]]).persons.contains(400))
        // Sixteen calendar years of each of 400 persons: 5,844 days, which make 16.01 years of 365 days.
        #expect(try #require(rows[["person_years"]]).records.contains(6_404))
        #expect(try #require(rows[["observation"]]).records.contains(400))
        #expect(rows.keys.allSatisfy { !$0.contains("4000001") && !$0.contains("2019") })
        #expect(catalogue.amounts.rows.allSatisfy { $0.persons.low >= 20 && $0.persons.high >= 2 * $0.persons.low - 1 })
        // 400 of 812 are unmapped, and fewer than a thousand records have no share.
        #expect(catalogue.tables.first { $0.name == "condition_occurrence" }?.unmapped == nil)
        #expect(catalogue.tables.map(\.name).contains("death"))
        #expect(catalogue.quality.allSatisfy { $0.failing == nil })
        #expect(catalogue.quality.first { $0.check == "table-there" && $0.table == "drug_exposure" }?.state == .fail)
    }

    @Test func `Sensitive concepts are in no catalogue, nor is what lies below them`() async throws {
        let policy = Self.publishing + "\nsensitive: [{ id: \"x\", concepts: [201826], threshold: 20 }]"
        let node = try node(policy)
        let catalogue = try await office(node).preview()
        withExtendedLifetime(node.folder) {}
        #expect(catalogue.amounts.rows.allSatisfy { !$0.key.contains("201826") })
        #expect(catalogue.amounts.rows.contains { $0.key.contains("3004410") })
    }

    @Test func `It leaves only where the policy says so`() async throws {
        let node = try node(Consortium.policyYAML)
        let spool = try Spool(try node.folder.state, hospital: Consortium.hospital)
        #expect(try await office(node).due(spool, node.consortium.keys.signing) { false } == nil)
    }

    @Test func `A running node publishes it once, and the coordinator can read it`() async throws {
        let node = try node()
        try await node.running {
            try await eventually { await !node.coordinator.catalogues.isEmpty }
            try await eventually { try await node.spool().auditLines().contains { $0.contains("catalogue.sent") } }
        }
        let documents = await node.coordinator.catalogues
        #expect(documents.count == 1)
        let read = try SignedDocument(parsing: documents[0]).verified(
            as: Catalogue.self, by: node.consortium.keys.signing.verificationKey)
        var again = try await office(node).preview()
        again.issued = read.issued
        #expect(read == again)
        #expect(read.provenance.dataRelease == "2026-10-01")
    }

    @Test func `Until it is taken the same bytes are sent again, and a new one waits for new data and for its days`() async throws
    {
        let node = try node()
        let (state, key, clock) = (try node.folder.state, node.consortium.keys.signing, node.consortium.clock)
        let spool = try Spool(state, hospital: Consortium.hospital)
        let office = try office(node)
        let first = try #require(try await office.due(spool, key) { false })
        clock.move(3_600)
        #expect(try await office.due(spool, key) { false }?.bytes == first.bytes)
        try await office.settled(first, spool)
        clock.move(40 * 86_400)
        // Days have passed, and the data is the same.
        #expect(try await office.due(spool, key) { false } == nil)
        let refresh = DataRefresh(
            configuration: try Consortium.configuration(node.folder), state: state, clock: clock.clock)
        _ = try await refresh.finish(release: "next", by: person)
        let second = try #require(try await office.due(spool, key) { false })
        try await office.settled(second, spool)
        clock.move(29 * 86_400)
        _ = try await refresh.finish(release: "after", by: person)
        #expect(try await office.due(spool, key) { false } == nil)
        clock.move(86_400)
        #expect(try await office.due(spool, key) { false } != nil)
        // The same patients: the same bands, whatever the release is called.
        func amounts(_ document: SignedDocument) throws -> DisclosedCatalogue {
            try Catalogue(from: JSONReader(document.payload)).amounts
        }
        #expect(try amounts(first) == amounts(second))
    }

    @Test func `One that did not leave yet does not leave under another policy than it was made under`() async throws {
        var node = try node()
        let (key, spool) = (node.consortium.keys.signing, try Spool(try node.folder.state, hospital: Consortium.hospital))
        let first = try #require(try await office(node).due(spool, key) { false })
        node.policy = Self.publishing + "\nsensitive: [{ id: \"x\", concepts: [201826], threshold: 20 }]"
        let second = try #require(try await office(node).due(spool, key) { false })
        #expect(first.bytes != second.bytes)
        let amounts = try Catalogue(from: JSONReader(second.payload)).amounts
        #expect(amounts.rows.allSatisfy { !$0.key.contains("201826") })
    }

    @Test func `What comes over the wire is read strictly`() async throws {
        let node = try node()
        let made = try await office(node).preview()
        withExtendedLifetime(node.folder) {}
        #expect(try Catalogue(parsing: made.json.canonicalBytes()) == made)
        for (from, to) in [
            ("\"cut\":false", "\"cut\":false,\"count\":7"), ("\"state\":\"fail\"", "\"state\":\"maybe\""),
            ("dure.catalogue/1", "dure.catalogue/2"),
        ] {
            let text = made.json.text().replacing(from, with: to)
            #expect(text != made.json.text())
            #expect(throws: JSONError.self) { try Catalogue(parsing: Array(text.utf8)) }
        }
        let outside: JSONValue = ["from": 2, "below": 5]
        #expect(throws: JSONError.self) { try Catalogue.Share(from: JSONReader(outside)) }
        let bands = [(0.0, "0–1 %"), (0.99, "0–1 %"), (1, "1–5 %"), (49.9, "25–50 %"), (50, "50–100 %"), (100, "50–100 %")]
        for (percent, text) in bands { #expect(Catalogue.Share(percent: percent).text == text) }
    }
}

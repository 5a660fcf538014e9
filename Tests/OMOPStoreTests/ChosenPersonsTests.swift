import Testing

@testable import OMOPStore

/// The rows of some persons: looked up, or picked out of a scan.
@Suite struct ChosenPersonsTests {
    /// Deaths of five persons, in no order; one has two.
    private static let deaths = """
        CREATE TABLE death (person_id INTEGER, death_date TEXT, cause_concept_id INTEGER);
        INSERT INTO death VALUES (7, '2020-01-07', 70), (3, '2020-01-03', 30), (9, '2020-01-09', 90), (3, '2020-02-03', 31),
            (5, '2020-01-05', 50), (1, '2020-01-01', 10);
        """

    private static func rows(_ store: TestStore, _ persons: [Int64]) throws -> [[Int64]] {
        let cursor = try store.open().cursor(
            .death, columns: ["cause_concept_id", "person_id"], persons: persons, isCancelled: { false })
        var rows: [[Int64]] = []
        while try cursor.next() { rows.append([cursor.int64(0) ?? -1, cursor.int64(1) ?? -1]) }
        // Rows of one person come in no particular order.
        #expect(zip(rows, rows.dropFirst()).allSatisfy { $0[1] <= $1[1] })
        return rows.sorted { $0[0] < $1[0] }
    }

    @Test(arguments: ["", "CREATE INDEX by_person ON death (person_id)"])
    func `they come by person, with and without an index to look them up by`(index: String) throws {
        let store = try TestStore(Tables.core + Self.deaths + index)
        #expect(try Self.rows(store, [1, 2, 3, 9, 12]) == [[10, 1], [30, 3], [31, 3], [90, 9]])
        #expect(try Self.rows(store, [4]) == [])
        #expect(try Self.rows(store, []) == [])
    }

    @Test func `persons kept as text are found by their numbers`() throws {
        let store = try TestStore(
            Tables.core + "CREATE TABLE death (person_id TEXT, death_date TEXT, cause_concept_id INTEGER);"
                + "CREATE INDEX by_person ON death (person_id);"
                + "INSERT INTO death VALUES ('10', '2020-01-01', 1), ('9', '2020-01-01', 2)")
        #expect(try Self.rows(store, [9, 10]) == [[1, 10], [2, 9]])
    }
}

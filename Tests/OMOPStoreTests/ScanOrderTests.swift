import Testing

@testable import OMOPStore

@Suite struct ScanOrderTests {
    /// 40,000 rows whose persons are scattered (every person has rows all over the table), with or without an index.
    private func scattered(_ type: String = "INTEGER", index: Bool = false, value: String = "(i * 7919) % 1013") throws
        -> TestStore
    {
        let store = try TestStore(
            Tables.core + "CREATE TABLE death (person_id \(type), cause_concept_id INTEGER, death_date TEXT);")
        try store.run(
            """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000)
            INSERT INTO death SELECT \(value), i, '2015-01-01' FROM n;
            """)
        if index { try store.run("CREATE INDEX by_person ON death (person_id)") }
        return store
    }

    private func persons(_ store: SQLiteClinicalStore) throws -> (persons: [Int64], sum: Int64) {
        var persons: [Int64] = []
        var sum: Int64 = 0
        try store.scan(.death, columns: ["cause_concept_id", "person_id"], order: .byPerson) { row in
            persons.append(row.int64(1) ?? -1)
            sum += row.int64(0) ?? 0
        }
        return (persons, sum)
    }

    @Test(arguments: [false, true]) func `Scattered rows come by person, every row once`(index: Bool) throws {
        let (persons, sum) = try persons(scattered(index: index).open())
        #expect(persons.count == 40_000)
        #expect(sum == 800_020_000)
        #expect(zip(persons, persons.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test func `Persons kept as text come in the order of their numbers`() throws {
        let (persons, sum) = try persons(scattered("TEXT").open())
        #expect(sum == 800_020_000)
        #expect(persons.last == 1012)
        #expect(zip(persons, persons.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test func `Rows stored by person are given as they lie`() throws {
        let store = try scattered(value: "i / 40").open()
        let (persons, sum) = try persons(store)
        #expect(persons == (1...40_000).map { Int64($0 / 40) })
        #expect(sum == 800_020_000)
    }

    @Test func `One row out of order among many is found`() throws {
        let made = try scattered(value: "i / 40")
        try made.run("UPDATE death SET person_id = 1 WHERE cause_concept_id = 23456")
        let (persons, sum) = try persons(made.open())
        #expect(sum == 800_020_000)
        #expect(zip(persons, persons.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test func `Rows that lose their order after the store was opened are refused, not given out of order`() throws {
        let made = try scattered(value: "i / 40")
        let store = try made.open()
        _ = try persons(store)
        try made.run("UPDATE death SET person_id = 1 WHERE cause_concept_id = 23456")
        let error = #expect(throws: OMOPStoreError.self) { try persons(store) }
        #expect(error?.code == .changed)
    }

    @Test func `A table without row numbers comes by person too`() throws {
        let store = try TestStore(
            Tables.core
                + """
                CREATE TABLE death (cause_concept_id INTEGER PRIMARY KEY, person_id INTEGER, death_date TEXT) WITHOUT ROWID;
                INSERT INTO death VALUES (1, 9, '2015-01-01'), (2, 4, '2015-01-01'), (3, 7, '2015-01-01');
                """
        ).open()
        #expect(try persons(store).persons == [4, 7, 9])
    }
}

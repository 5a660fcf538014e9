import Foundation
import Testing

@testable import OMOPStore

/// A folder of CSV files and what became of it.
private struct Folder {
    let path: String
    let store: String

    init(_ files: [String: String], people: Bool = true) throws {
        let folder = try TemporaryFolders.make()
        path = folder.appendingPathComponent("csv").path
        store = folder.appendingPathComponent("store.sqlite").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        var files = files
        if people, files["PERSON.csv"] == nil {
            files["PERSON.csv"] = """
                person_id,gender_concept_id,year_of_birth,race_concept_id,ethnicity_concept_id
                1,8507,1950,0,0
                2,8532,1980,0,0

                """
        }
        for (name, text) in files { try write(name, Data(text.utf8)) }
    }

    func write(_ name: String, _ data: Data) throws {
        try data.write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    }

    func importer(vocabulary: String? = nil, accepting: Bool = false, replacing: Bool = false) -> CSVImporter {
        CSVImporter(folder: path, vocabulary: vocabulary, destination: store, replaces: replacing, acceptsLosses: accepting)
    }

    func plain(_ sql: String) throws -> String? { try TestStore.plain(store, sql) }

    /// Files beside the store: an import leaves nothing but the store.
    var left: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: (store as NSString).deletingLastPathComponent)) ?? [])
            .filter { $0 != "csv" }.sorted()
    }
}

@Suite struct CSVImportTests {
    static let conditions =
        "condition_occurrence_id,person_id,condition_concept_id,condition_start_date,condition_start_datetime,condition_type_concept_id"

    @Test func `A folder becomes a store with every row and value`() throws {
        let folder = try Folder([
            "Condition_Occurrence.csv": Self.conditions
                + "\r\n1,1,201826,2015-01-01,2015-01-01 10:30:05,32817\r\n2,2,0,2015/1/2,,32817\r\n",
            "OBSERVATION_PERIOD.csv":
                "\u{feff}OBSERVATION_PERIOD_ID\tPERSON_ID\tOBSERVATION_PERIOD_START_DATE\tOBSERVATION_PERIOD_END_DATE\tPERIOD_TYPE_CONCEPT_ID\n1\t1\t20100101\t20201231\t0\n",
            "CONCEPT.csv":
                "concept_id\tconcept_name\tdomain_id\tvocabulary_id\tconcept_class_id\tstandard_concept\tconcept_code\tvalid_start_date\tvalid_end_date\tinvalid_reason\n201826\t5\" \"tube\" 감기\tCondition\tOurs\tFinding\tS\ta\t19700101\t20991231\t\n",
        ])
        let report = try folder.importer().run()
        #expect(report.isWritten && report.losses == 0)
        #expect(report.tables.map(\.table) == [.person, .observationPeriod, .conditionOccurrence, .concept])
        #expect(report.tables.map(\.rows) == [2, 1, 2, 1])
        #expect(
            try folder.plain(
                "SELECT group_concat(condition_start_date || '|' || ifnull(condition_start_datetime, '-')) FROM condition_occurrence"
            ) == "2015-01-01|2015-01-01 10:30:05,2015-01-02|-")
        #expect(
            try folder.plain("SELECT concept_name || '|' || (invalid_reason IS NULL) || '|' || valid_end_date FROM concept")
                == "5\" \"tube\" 감기|1|2099-12-31")
        #expect(try folder.plain("SELECT observation_period_end_date FROM observation_period") == "2020-12-31")
        #expect(try folder.plain("SELECT typeof(person_id) FROM condition_occurrence") == "integer")
        #expect(folder.left == ["store.sqlite"])
        let store = try SQLiteClinicalStore(path: folder.store)
        #expect(try store.days(.conditionOccurrence, "condition_start_date") == [16_436, 16_437])
    }

    @Test func `The store has indices by person and by concept`() throws {
        let folder = try Folder(["CONDITION_OCCURRENCE.csv": Self.conditions + "\n1,1,2,2015-01-01,,3\n"])
        _ = try folder.importer().run()
        #expect(try folder.plain("SELECT count(*) FROM sqlite_schema WHERE type = 'index'") == "3")
        #expect(
            try folder.plain("SELECT group_concat(name) FROM (SELECT name FROM sqlite_schema WHERE type = 'index' ORDER BY name)")
                == "condition_occurrence_by_condition_concept_id,condition_occurrence_by_person_id,person_by_person_id")
    }

    @Test func `Numbers written oddly are kept, words for NULL are NULL`() throws {
        let folder = try Folder([
            "measurement.csv": """
            measurement_id,person_id,measurement_concept_id,measurement_date,measurement_type_concept_id,value_as_number,unit_concept_id,value_source_value
            1.0, 1 ,+5,2015-01-01,0,1.5e2,NULL,NA
            2,1,5,2015-01-01,0,-.5,\\N,
            3,1,5,2015-01-01,0,,,"a ""b"" c"

            """
        ])
        #expect(try folder.importer().run().losses == 0)
        #expect(
            try folder.plain(
                "SELECT group_concat(measurement_id || '/' || person_id || '/' || measurement_concept_id) FROM measurement")
                == "1/1/5,2/1/5,3/1/5")
        #expect(try folder.plain("SELECT group_concat(ifnull(value_as_number, 'n')) FROM measurement") == "150.0,-0.5,n")
        #expect(try folder.plain("SELECT count(unit_concept_id) FROM measurement") == "0")
        #expect(try folder.plain("SELECT group_concat(ifnull(value_source_value, 'n')) FROM measurement") == "NA,n,a \"b\" c")
    }

    @Test func `Dates written as seconds are found out before reading`() throws {
        let folder = try Folder([
            "CONDITION_OCCURRENCE.csv": Self.conditions
                + "\n1,1,2,1420070400,1420074061,3\n2,1,2,-58060800,,3\n"
        ])
        let report = try folder.importer().run()
        #expect(report.isWritten)
        #expect(
            try folder.plain("SELECT group_concat(condition_start_date) FROM condition_occurrence") == "2015-01-01,1968-02-29")
        #expect(try folder.plain("SELECT condition_start_datetime FROM condition_occurrence") == "2015-01-01 01:01:00")
        #expect(report.problems.contains { $0.column == "condition_start_date" && $0.what.contains("seconds since 1970") })
    }

    @Test func `A file with losses makes no store, and every loss is located and counted`() throws {
        let folder = try Folder([
            "CONDITION_OCCURRENCE.csv": Self.conditions + """

                1,1,2,2015-01-01,,3
                2,one,2,2015-01-01,,3
                3,1,2,01/02/2015,,3
                4,1,2,2015-01-01,noon,3
                5,1,2,2015-01-01,,x
                6,1,2,2015-01-01,,y
                7,1,2,2015-01-01
                8,1,2,2015-01-01,,3,surplus
                9,,2,2015-01-01,,3

                """
        ])
        let report = try folder.importer().run()
        #expect(!report.isWritten)
        #expect(folder.left == [])
        let part = try #require(report.tables.first { $0.table == .conditionOccurrence })
        #expect(part.rows == 4 && part.rowsLeftOut == 5 && part.valuesLost == 3)
        func problem(_ column: String?, _ what: String) -> ImportReport.Problem? {
            report.problems.first { $0.column == column && $0.what.contains(what) && $0.losesData }
        }
        #expect(problem("person_id", "no whole number")?.lines == [3])
        #expect(problem("person_id", "must be there")?.lines == [3, 10])
        #expect(problem("condition_start_date", "no date")?.lines == [4])
        #expect(problem("condition_start_datetime", "no date")?.lines == [5])
        #expect(problem("condition_type_concept_id", "no whole number")?.lines == [6, 7])
        #expect(problem("condition_type_concept_id", "no whole number")?.count == 2)
        #expect(problem(nil, "fewer fields")?.lines == [8])
        #expect(problem(nil, "more fields")?.lines == [9])
        #expect(report.problems.map(\.description).allSatisfy { !$0.contains("noon") && !$0.contains("surplus") })
    }

    @Test func `Losses may be accepted, and are then counted in the store that is made`() throws {
        let folder = try Folder([
            "CONDITION_OCCURRENCE.csv": Self.conditions + "\n1,1,2,2015-01-01,noon,3\n2,x,2,2015-01-01,,3\n"
        ])
        let report = try folder.importer(accepting: true).run()
        #expect(report.isWritten && report.losses == 2)
        #expect(try folder.plain("SELECT count(*) || ',' || count(condition_start_datetime) FROM condition_occurrence") == "1,0")
    }

    @Test func `A person who is there twice is a loss`() throws {
        let folder = try Folder([
            "PERSON.csv":
                "person_id,gender_concept_id,year_of_birth,race_concept_id,ethnicity_concept_id\n1,8507,1950,0,0\n1,8532,1980,0,0\n2,8532,1980,0,0\n"
        ])
        #expect(try !folder.importer().run().isWritten)
        #expect(try folder.importer(accepting: true).run().isWritten)
        #expect(try folder.plain("SELECT count(*) || ',' || sum(year_of_birth) FROM person") == "2,3930")
    }

    @Test func `Text that is not UTF-8 is a loss with the way out`() throws {
        let folder = try Folder([:])
        // "감기" in CP949.
        try folder.write(
            "NOTE.csv", Data("note_id,person_id,note_date,note_text\n1,1,2015-01-01,".utf8) + [0xb0, 0xa8, 0xb1, 0xe2, 0x0a])
        let report = try folder.importer().run()
        #expect(!report.isWritten)
        #expect(report.problems.first?.column == "note_text")
        #expect(report.problems.first?.advice.contains("CP949") == true)
    }

    @Test func `What is not read is named with the reason`() throws {
        let folder = try Folder([
            "person.csv.gz": "", "measurement.parquet": "", "cohort_of_mine.csv": "a,b\n1,2\n", "README.md": "",
            "death.csv": "person_id,death_date,cause_concept_id,height\n1,2015-01-01,0,1\n",
        ])
        let report = try folder.importer().run()
        #expect(report.isWritten)
        #expect(report.notRead.map(\.file) == ["measurement.parquet", "person.csv.gz", "cohort_of_mine.csv"])
        #expect(report.problems.contains { $0.file == "death.csv" && $0.what.contains("height") })
    }

    @Test func `A file of another name is known by its columns`() throws {
        let folder = try Folder([
            "DEVICES_EXPOSURE.csv":
                "device_exposure_id,person_id,device_concept_id,device_exposure_start_date,device_type_concept_id\n1,1,5,2015-01-01,0,,,\n"
        ])
        let report = try folder.importer().run()
        #expect(report.isWritten)
        #expect(try folder.plain("SELECT count(*) FROM device_exposure") == "1")
        #expect(report.problems.contains { $0.what.contains("by its columns it is device_exposure") })
        #expect(report.problems.contains { $0.what.contains("all of them empty") })
    }

    @Test func `Column names in the second line, or repeated among the rows, are no data`() throws {
        let header = "PERSON_ID,DEATH_DATE,CAUSE_CONCEPT_ID"
        let folder = try Folder(["death.csv": "column0,column1,column2\n\(header)\n1,2015-01-01,0\n\(header)\n2,2015-01-02,0\n"])
        let report = try folder.importer().run()
        #expect(report.isWritten && report.losses == 0)
        #expect(try folder.plain("SELECT count(*) FROM death") == "2")
    }

    @Test func `The vocabulary may come from a folder of its own, which wins`() throws {
        let header =
            "concept_id\tconcept_name\tdomain_id\tvocabulary_id\tconcept_class_id\tstandard_concept\tconcept_code\tvalid_start_date\tvalid_end_date\tinvalid_reason\n"
        let folder = try Folder(["CONCEPT.csv": header + "1\tours\tCondition\tO\tF\tS\ta\t19700101\t20991231\t\n"])
        let athena = try Folder(
            [
                "CONCEPT.csv": header + "2\ttheirs\tCondition\tO\tF\tS\ta\t19700101\t20991231\tD\n",
                "MEASUREMENT.csv": "measurement_id\n1\n",
            ],
            people: false)
        let report = try folder.importer(vocabulary: athena.path).run()
        #expect(report.isWritten)
        #expect(try folder.plain("SELECT concept_id || invalid_reason FROM concept") == "2D")
        #expect(report.notRead.contains { $0.file == "CONCEPT.csv" } && report.notRead.contains { $0.file == "MEASUREMENT.csv" })
    }

    @Test func `An existing store is kept unless it is to be replaced, and then until the new one is complete`() throws {
        let folder = try Folder([:])
        try Data("old".utf8).write(to: URL(fileURLWithPath: folder.store))
        let error = #expect(throws: OMOPStoreError.self) { try folder.importer().run() }
        #expect(error?.advice.contains("--replace") == true)
        try folder.write("DEATH.csv", Data("person_id,cause_concept_id\n1,2\n".utf8))
        #expect(throws: OMOPStoreError.self) { try folder.importer(replacing: true).run() }
        #expect(try String(contentsOfFile: folder.store, encoding: .utf8) == "old")
        #expect(folder.left == ["store.sqlite"])
        try FileManager.default.removeItem(atPath: folder.path + "/DEATH.csv")
        #expect(try folder.importer(replacing: true).run().isWritten)
        #expect(try folder.plain("SELECT count(*) FROM person") == "2")
    }

    @Test func `A store that a program is writing is not replaced`() throws {
        let folder = try Folder([:])
        _ = try folder.importer().run()
        try Data([1]).write(to: URL(fileURLWithPath: folder.store + "-wal"))
        let error = #expect(throws: OMOPStoreError.self) { try folder.importer(replacing: true).run() }
        #expect(error?.message.contains("in use") == true)
    }

    @Test func `A cancelled import leaves nothing behind`() throws {
        let rows = (0..<20_000).map { "\($0),1,2,2015-01-01,,3\n" }.joined()
        let folder = try Folder(["CONDITION_OCCURRENCE.csv": Self.conditions + "\n" + rows])
        let error = #expect(throws: OMOPStoreError.self) { try folder.importer().run(isCancelled: { true }) }
        #expect(error?.code == .cancelled)
        #expect(folder.left == [])
    }

    @Test func `What a killed import left is removed by the next`() throws {
        let folder = try Folder([:])
        // No process has this number: Linux gives at most 2^22.
        try Data([1]).write(to: URL(fileURLWithPath: folder.store + ".importing-99999999"))
        _ = try folder.importer().run()
        #expect(folder.left == ["store.sqlite"])
    }

    @Test(arguments: [
        (["DEATH.csv": "person_id\n1\n"], false, "no PERSON.csv"), ([:], false, "no file of an OMOP table"),
        (["DEATH.csv": "a,b\n1,2\n"], true, "has no column person_id"),
        (["person.csv": "", "PERSON.tsv": ""], false, "both hold person"),
    ])
    func `A folder that cannot become a store says why`(files: [String: String], people: Bool, why: String) throws {
        let folder = try Folder(files, people: people)
        let error = #expect(throws: OMOPStoreError.self) { try folder.importer().run() }
        #expect(error?.message.contains(why) == true)
        #expect(folder.left == [])
    }

    @Test func `A quote that swallows rows stops the import`() throws {
        let rows = (2..<200).map { "\($0),1,2,2015-01-01,,3\n" }.joined()
        let folder = try Folder([
            "CONDITION_OCCURRENCE.csv": Self.conditions + "\n1,1,2,2015-01-01,\",3\n" + rows + "200,1,2,2015-01-01,\",3\n"
        ])
        let error = #expect(throws: OMOPStoreError.self) { try folder.importer(accepting: true).run() }
        #expect(error?.message.contains("lines 2 to 201") == true)
    }
}

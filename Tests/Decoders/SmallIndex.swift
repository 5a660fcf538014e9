@testable import EventIndex
import Foundation
import OMOPStore

/// An event index of a few persons, made from CSV files by the import and the build that hospitals use.
enum SmallIndex {
    static let bytes = made.map(\.index)
    /// The store that it was made from, a SQLite file.
    static let store = made.map(\.store)
    private static let made = Result { try make() }

    /// The store's CSV files.
    static let files = [
        "PERSON.csv": """
        person_id,gender_concept_id,year_of_birth,race_concept_id,ethnicity_concept_id
        1,8507,1950,0,0
        2,8532,1980,0,0
        3,8532,2001,0,0

        """,
        "OBSERVATION_PERIOD.csv": """
        observation_period_id,person_id,observation_period_start_date,observation_period_end_date,period_type_concept_id
        1,1,2010-01-01,2020-12-31,0
        2,2,2012-01-01,2020-12-31,0

        """,
        "CONDITION_OCCURRENCE.csv": """
        condition_occurrence_id,person_id,condition_concept_id,condition_start_date,condition_type_concept_id
        1,1,201826,2015-01-01,32817
        2,2,201826,2016-03-01,32817
        3,2,4329847,2016-03-05,32817

        """,
        "CONCEPT.csv": """
        concept_id,concept_name,domain_id,vocabulary_id,concept_class_id,standard_concept,concept_code,valid_start_date,valid_end_date,invalid_reason
        201826,a,Condition,Ours,Finding,S,a,19700101,20991231,
        4329847,b,Condition,Ours,Finding,S,b,19700101,20991231,

        """,
        "CONCEPT_ANCESTOR.csv": """
        ancestor_concept_id,descendant_concept_id,min_levels_of_separation,max_levels_of_separation
        201826,201826,0,0
        201826,4329847,1,1

        """,
    ]

    private static func make() throws -> (index: [UInt8], store: [UInt8]) {
        let folder = NSTemporaryDirectory() + "dure-small-index-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder + "/csv", withIntermediateDirectories: true)
        for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/csv/\(name)")) }
        _ = try CSVImporter(folder: folder + "/csv", destination: folder + "/store.sqlite", acceptsLosses: true).run()
        try IndexBuilder(store: try SQLiteClinicalStore(path: folder + "/store.sqlite")).build(to: folder + "/index")
        return (
            Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/index"))),
            Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/store.sqlite")))
        )
    }

    /// Makes the checksums fit again, as somebody would who means harm.
    static func resealed(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count >= 128 else { return bytes }
        var bytes = bytes
        func put(_ value: UInt64, _ at: Int) {
            for place in 0..<8 { bytes[at + place] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(place))) }
        }
        let list = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[32 + $1]) << (8 * UInt64($1)) }
        if list < UInt64(bytes.count) { put(bytes[Int(list)...].withUnsafeBytes(Checksum.of), 56) }
        put(bytes[..<120].withUnsafeBytes(Checksum.of), 120)
        return bytes
    }

    /// Asks everything that can be asked.
    static func readEverything(_ index: EventIndex) {
        for block in 0..<min(index.blockCount, 4) {
            for table in EventTable.allCases {
                _ = try? index.rows(table, concepts: .all, columns: table.columns, block: block)
                _ = try? index.rows(table, concepts: .standard([201_826, 4_329_847, 0]), columns: table.columns, block: block)
                if let part = try? index.tableBlock(table, block), let bitmaps = try? part.bitmaps() {
                    for code in 0..<UInt32(4) { _ = bitmaps.words(code: code)?[1_023] }
                }
                if let all = try? index.selection(table, .all),
                    let rows = try? index.postings(all, block: block, observed: true)
                {
                    try? rows.insert(into: PersonBits())
                }
            }
            _ = try? index.persons(block: block)
            _ = try? index.observationPeriods(block: block)
        }
        for concept: Int32 in [201_826, 4_329_847] {
            _ = index.concept(concept)
            _ = try? index.descendants(of: concept)
            _ = try? index.ancestors(of: concept)
            _ = try? index.mappedSources(of: concept)
        }
    }
}

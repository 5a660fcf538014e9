/// Writes the vocabulary and what the store says of itself.
struct VocabularyWriter {
    private static let validFrom = "2020-01-01"
    private static let validUntil = "2099-12-31"
    private static let withdrawn = "2024-06-30"

    let file: SQLiteFile
    let hospital: SyntheticHospital
    let vocabulary: SampleVocabulary

    /// Writes everything.
    func write() throws(OMOPStoreError) {
        try writeConcepts()
        try writeAncestry()
        try writeRelationships()
        try writeLists()
        try writePlaces()
        try writeSource()
    }

    private func insert(_ table: CDMTable, _ rows: [[Field]]) throws(OMOPStoreError) {
        let inserter = try file.inserter(table, table.columns.map(\.name))
        for row in rows {
            for (index, column) in table.columns.indices.enumerated() {
                let position = Int32(column + 1)
                switch index < row.count ? row[index] : .none {
                case .number(let value): inserter.bind(position, value)
                case .text(let value): inserter.bind(position, copying: value)
                case .none: inserter.bindNull(position)
                }
            }
            guard inserter.insert() else { throw file.failure("does not take a row of \(table.rawValue)") }
        }
    }

    /// A value of a small table.
    private enum Field: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
        case number(Int32)
        case text(String)
        case none

        init(stringLiteral value: String) { self = .text(value) }
        init(integerLiteral value: Int32) { self = .number(value) }
    }

    private func writeConcepts() throws(OMOPStoreError) {
        var rows: [[Field]] = [
            [
                0, "No matching concept", "Metadata", "None", "Undefined", .none, "None", .text(Self.validFrom),
                .text(Self.validUntil), .none,
            ]
        ]
        var synonyms: [[Field]] = []
        for concept in vocabulary.concepts {
            let code = "S\(concept.id)"
            // Units, answers and types count as standard in none of the vocabularies; ours follow.
            rows.append([
                .number(concept.id), .text(concept.english), .text(concept.domain), .text(SampleVocabulary.name),
                .text("Sample"), concept.isInvalid ? .none : "S", .text(code), .text(Self.validFrom),
                .text(concept.isInvalid ? Self.withdrawn : Self.validUntil), concept.isInvalid ? "U" : .none,
            ])
            synonyms.append([.number(concept.id), .text(concept.english), .number(SampleConcept.english)])
            synonyms.append([.number(concept.id), .text(concept.korean), .number(SampleConcept.koreanLanguage)])
            guard let local = vocabulary.localCodes[concept.id] else { continue }
            rows.append([
                .number(local.id), .text("Local code for \(concept.english)"), .text(concept.domain),
                .text(SampleVocabulary.localName), .text("Local"), .none, .text(local.code), .text(Self.validFrom),
                .text(Self.validUntil), .none,
            ])
        }
        try insert(.concept, rows)
        try insert(.conceptSynonym, synonyms)
    }

    private func writeAncestry() throws(OMOPStoreError) {
        try insert(
            .conceptAncestor,
            vocabulary.ancestry().map {
                [.number($0.ancestor), .number($0.descendant), .number($0.levels.lowerBound), .number($0.levels.upperBound)]
            })
    }

    private func writeRelationships() throws(OMOPStoreError) {
        var rows: [[Field]] = []
        func relate(_ first: Int32, _ second: Int32, _ name: String) {
            rows.append([.number(first), .number(second), .text(name), .text(Self.validFrom), .text(Self.validUntil), .none])
        }
        for concept in vocabulary.concepts where !concept.isInvalid {
            relate(concept.id, concept.id, "Maps to")
            if let local = vocabulary.localCodes[concept.id] {
                relate(local.id, concept.id, "Maps to")
                relate(concept.id, local.id, "Mapped from")
            }
            for parent in concept.parents {
                relate(concept.id, parent, "Is a")
                relate(parent, concept.id, "Subsumes")
            }
        }
        try insert(.conceptRelationship, rows)
    }

    private func writeLists() throws(OMOPStoreError) {
        // The row "None" carries the release of the whole vocabulary, as in the CDM's convention.
        try insert(
            .vocabulary,
            [
                ["None", "Release of the vocabulary", .none, .text(hospital.vocabularyRelease), 0],
                [.text(SampleVocabulary.name), "Sample concepts of Dure", "Dure", .text(hospital.vocabularyRelease), 0],
                [.text(SampleVocabulary.localName), "Local codes of the sample hospitals", "Dure", "1", 0],
            ])
        let domains = Set(vocabulary.concepts.map(\.domain)).union(["Metadata"]).sorted()
        try insert(.domain, domains.map { [.text($0), .text($0), 0] })
        try insert(.conceptClass, ["Local", "Sample", "Undefined"].map { [.text($0), .text($0), 0] })
        try insert(
            .relationship,
            [
                ["Maps to", "Maps to", "0", "0", "Mapped from", 0], ["Mapped from", "Mapped from", "0", "0", "Maps to", 0],
                ["Is a", "Is a", "1", "0", "Subsumes", 0], ["Subsumes", "Subsumes", "1", "1", "Is a", 0],
            ])
    }

    private func writePlaces() throws(OMOPStoreError) {
        try insert(.location, [[1, .none, .none, .none, .none, .none, .none, "SYNTHETIC"]])
        try insert(
            .careSite,
            [
                [1, "Wards (synthetic)", .number(SampleConcept.inpatient), 1],
                [2, "Clinics (synthetic)", .number(SampleConcept.outpatient), 1],
            ])
        let specialties = [SampleConcept.internalMedicine, SampleConcept.paediatrics, SampleConcept.surgery]
        try insert(
            .provider,
            specialties.enumerated().map { index, specialty in
                [.number(Int32(index + 1)), .none, .none, .none, .number(specialty), 1]
            })
    }

    private func writeSource() throws(OMOPStoreError) {
        let until = SyntheticCalendar.text(hospital.dataUntil)
        try insert(
            .cdmSource,
            [
                [
                    .text("SYNTHETIC \(hospital.englishName)"), .text("SYN-\(hospital.id)"), "SYNTHETIC",
                    "SYNTHETIC: invented by dure-node synthesise. No person, hospital or count in it is real.", .none,
                    "dure-node synthesise", .text(until), .text(until), "v5.4", .number(SampleConcept.commonDataModel54),
                    .text(hospital.vocabularyRelease),
                ]
            ])
    }
}

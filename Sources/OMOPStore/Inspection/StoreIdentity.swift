/// What a store says of itself: version, vocabulary, release.
struct StoreIdentity {
    private var inspection: Inspection
    private var source = Source()
    private var vocabularyRelease: String?

    /// A row of `cdm_source`.
    private struct Source {
        var name: String?
        var version: String?
        var vocabulary: String?
        var released: Int32?
        var extracted: Int32?
    }

    /// A `cdm_source` has one row, a `vocabulary` a few hundred; more is not read.
    private static let maxRows = 10_000

    init(inspection: Inspection) {
        self.inspection = inspection
    }

    /// Reads the two tables that tell.
    mutating func read(_ access: some StoreAccess) throws(OMOPStoreError) {
        try readSource(access)
        if source.vocabulary == nil { try readVocabulary(access) }
    }

    /// The profile, with what is not known said so, and with what the adapter has to tell besides.
    func profile(kind: String, location: String, telling more: [StoreProblem] = []) -> StoreProfile {
        let released = source.released ?? source.extracted
        let release = DataRelease(
            id: released.map(CalendarDay.text) ?? DataRelease.unknown.id, date: source.released, sourceDate: source.extracted)
        var profile = StoreProfile(
            kind: kind, location: location, cdmVersion: version ?? "unknown",
            vocabularyRelease: source.vocabulary ?? vocabularyRelease ?? "unknown", sourceName: source.name ?? "unknown",
            dataRelease: release, tables: inspection.tables, problems: inspection.problems)
        profile.problems += problems(of: profile)
        profile.problems += more
        profile.problems.sort { $0.severity < $1.severity }
        return profile
    }

    // MARK: Reading

    private mutating func readSource(_ access: some StoreAccess) throws(OMOPStoreError) {
        let names = ["cdm_source_name", "cdm_version", "vocabulary_version", "cdm_release_date", "source_release_date"]
        let cursor = try access.rows(.cdmSource, names)
        var rows = 0
        while rows < Self.maxRows, try cursor.next() {
            rows += 1
            let row = Source(
                name: cursor.text(0), version: cursor.text(1), vocabulary: cursor.text(2), released: cursor.day(3),
                extracted: cursor.day(4))
            // Loads that append instead of replace leave old rows behind: the latest counts.
            if rows == 1 || (row.released ?? .min) > (source.released ?? .min) { source = row }
        }
    }

    /// Athena keeps the release of the whole vocabulary in the row named "None".
    private mutating func readVocabulary(_ access: some StoreAccess) throws(OMOPStoreError) {
        let cursor = try access.rows(.vocabulary, ["vocabulary_id", "vocabulary_version"])
        var rows = 0
        while rows < Self.maxRows, try cursor.next() {
            rows += 1
            if cursor.text(0) == "None" { vocabularyRelease = cursor.text(1) }
        }
    }

    // MARK: Version

    /// From `cdm_source`, else from columns that only one version has.
    private var version: String? {
        if let text = source.version, let stated = Self.version(in: text) { return stated }
        let problems = inspection.problems
        if problems.contains(where: { $0.code == .oldColumnName }) { return "5.3" }
        let visits = inspection.tables[.visitOccurrence]?.columns
        return visits?["admitted_from_concept_id"] != nil || inspection.tables[.episode] != nil ? "5.4" : nil
    }

    /// "5.4" from "v5.4.0", "CDM 5.4" and the like.
    static func version(in text: String) -> String? {
        guard let dot = text.firstIndex(of: "."), dot > text.startIndex else { return nil }
        let major = text[text.index(before: dot)]
        let minor = text[text.index(after: dot)...].prefix { ("0"..."9").contains($0) }
        guard ("0"..."9").contains(major), !minor.isEmpty else { return nil }
        return "\(major).\(minor)"
    }

    private func problems(of profile: StoreProfile) -> [StoreProblem] {
        var problems: [StoreProblem] = []
        if !["5.3", "5.4"].contains(profile.cdmVersion) {
            problems.append(
                StoreProblem(
                    .warning, .version, table: .cdmSource, column: "cdm_version",
                    what: profile.cdmVersion == "unknown"
                        ? "the CDM version is not stated" : "the CDM version is \(profile.cdmVersion)",
                    advice: "It is read as v5.4, which is what the rest was checked against"))
        }
        let needsSource = profile.tables[.cdmSource] != nil
        if profile.vocabularyRelease == "unknown" {
            problems.append(
                StoreProblem(
                    .warning, .release, table: needsSource ? .cdmSource : nil, column: needsSource ? "vocabulary_version" : nil,
                    what: "the vocabulary release is not stated",
                    advice: "Answers will name it \"unknown\"; put it in cdm_source.vocabulary_version"))
        }
        if profile.dataRelease.id == DataRelease.unknown.id {
            problems.append(
                StoreProblem(
                    .warning, .release, table: needsSource ? .cdmSource : nil, column: needsSource ? "cdm_release_date" : nil,
                    what: "the data release is not stated",
                    advice: "Answers will name it \"unknown\"; put its date in cdm_source.cdm_release_date"))
        }
        return problems
    }
}

/// Reads rows of a store that is still being opened.
protocol StoreAccess {
    /// The rows of `table` with the columns of these CDM names, in no particular order.
    func rows(_ table: CDMTable, _ names: [String]) throws(OMOPStoreError) -> any CDMCursor
}

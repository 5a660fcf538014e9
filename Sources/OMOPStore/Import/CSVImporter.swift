import FoundationEssentials

/// Makes a SQLite store from a folder of OMOP CSV files: `PERSON.csv`, `OBSERVATION_PERIOD.csv` and so on.
///
/// The store appears under its name only when it is complete. By default an import that would lose a row or a value
/// writes nothing and says what and where.
public struct CSVImporter: Sendable {
    /// The folder with the hospital's files.
    public var folder: String
    /// A folder with an Athena download, if the vocabulary is not in `folder`.
    public var vocabulary: String?
    /// Where the store goes.
    public var destination: String
    /// Whether an existing store may be replaced.
    public var replaces = false
    /// Whether rows and values that cannot be read may be left out.
    public var acceptsLosses = false

    /// An import from `folder` to `destination`.
    public init(
        folder: String, vocabulary: String? = nil, destination: String, replaces: Bool = false, acceptsLosses: Bool = false
    ) {
        self.folder = folder
        self.vocabulary = vocabulary
        self.destination = destination
        self.replaces = replaces
        self.acceptsLosses = acceptsLosses
    }

    /// Does the import.
    ///
    /// - Parameter progress: told the file being read and its share that has been, from 0 to 1.
    /// - Returns: what was read and what was not; `isWritten` says whether the store was made.
    /// - Throws: `import-failed` when a file cannot be read at all, `writing`, `cancelled`.
    public func run(
        isCancelled: @Sendable () -> Bool = { false }, progress: (String, Double) -> Void = { _, _ in }
    ) throws(OMOPStoreError) -> ImportReport {
        let place = try ImportDestination(path: destination, replaces: replaces)
        let (sources, notRead) = try files()
        var report = ImportReport()
        report.notRead = notRead
        defer { place.discard() }
        try fill(place.temporaryPath, sources, &report, isCancelled, progress)
        report.problems.sort { $0.losesData && !$1.losesData }
        guard report.losses == 0 || acceptsLosses else { return report }
        report.storeProblems = try SQLiteClinicalStore.inspect(path: place.temporaryPath).problems
        guard !report.storeProblems.contains(where: { $0.severity == .fatal }) else { return report }
        try place.keep()
        report.isWritten = true
        return report
    }

    private func files() throws(OMOPStoreError) -> ([ImportSource], [ImportReport.NotRead]) {
        var own = try ImportFolder(path: folder)
        var brought: ImportFolder?
        if let vocabulary {
            let athena = try ImportFolder(path: vocabulary, wanted: \.isVocabulary)
            guard !athena.sources.isEmpty else {
                throw OMOPStoreError(
                    .importFailed, "\(vocabulary) holds no vocabulary files",
                    advice: "Unpack an Athena download there (CONCEPT.csv, CONCEPT_ANCESTOR.csv, ...)")
            }
            own.yield(to: athena)
            brought = athena
        }
        guard !own.sources.isEmpty else {
            throw OMOPStoreError(
                .importFailed, "\(folder) holds no file of an OMOP table",
                advice: "Name the folder that holds PERSON.csv, OBSERVATION_PERIOD.csv, ...")
        }
        guard own.sources.contains(where: { $0.table == .person }) else {
            throw OMOPStoreError(
                .importFailed, "\(folder) has no PERSON.csv", advice: "A store without persons has nobody to count: add the file")
        }
        let all = own.sources + (brought?.sources ?? [])
        let notRead = own.notRead + (brought?.notRead ?? [])
        let order = CDMTable.allCases
        return (
            all.sorted { (order.firstIndex(of: $0.table) ?? 0) < (order.firstIndex(of: $1.table) ?? 0) },
            notRead.map { ImportReport.NotRead(file: $0.name, why: $0.why) }
        )
    }

    private func fill(
        _ path: String, _ sources: [ImportSource], _ report: inout ImportReport, _ isCancelled: () -> Bool,
        _ progress: (String, Double) -> Void
    ) throws(OMOPStoreError) {
        let writer = try StoreWriter(creating: path)
        let today = SQLiteClinicalStore.today
        for source in sources {
            try writer.execute("BEGIN")
            var table = TableImport(source, into: writer)
            let (part, problems) = try table.run(today: today) { (done, all) throws(OMOPStoreError) in
                guard !isCancelled() else {
                    throw OMOPStoreError(.cancelled, "The import was cancelled", advice: "Nothing was written; start it again")
                }
                progress(source.name, Double(done) / Double(max(all, 1)))
            }
            try writer.execute("COMMIT")
            progress(source.name, 1)
            report.tables.append(part)
            report.problems += problems
        }
        try checkPersons(writer, &report)
        for index in StoreIndices.statements(for: Set(sources.map(\.table))) {
            try writer.execute(index)
        }
    }

    /// A person counted twice would be counted twice in every answer.
    private func checkPersons(_ writer: StoreWriter, _ report: inout ImportReport) throws(OMOPStoreError) {
        let doubled = try writer.number("SELECT count(*) - count(DISTINCT person_id) FROM person")
        guard doubled > 0, let index = report.tables.firstIndex(where: { $0.table == .person }) else { return }
        try writer.execute("DELETE FROM person WHERE rowid NOT IN (SELECT min(rowid) FROM person GROUP BY person_id)")
        report.tables[index].rows -= doubled
        report.tables[index].rowsLeftOut += doubled
        report.problems.append(
            ImportReport.Problem(
                losesData: true, file: report.tables[index].file, column: "person_id",
                what: "the same person is there more than once: the later rows are left out",
                advice: "Load one row for each person", count: doubled))
    }
}

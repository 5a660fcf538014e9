import OMOPStore

/// One build or refresh of an index, from its first scan to the new file in its place.
struct BuildRun {
    let store: any ClinicalStore
    let options: IndexBuildOptions
    let path: String
    /// Which index it follows; nil for the one at `path`.
    let succession: IndexSuccession?
    let tracker: ProgressTracker
    let isCancelled: @Sendable () -> Bool

    /// What is read whole before anything is written.
    struct Start {
        let sink: FileSink
        let persons: PersonDirectory
        let references: ReferenceTables
        var skipped: SkippedRows
        /// How the index is built, as the header has it.
        let options: [String: String]
    }

    func start() throws(EventIndexError) -> Start {
        let sink = try FileSink(path: path)
        var skipped = SkippedRows()
        tracker.begin("person")
        let persons = try PersonDirectory(store, skipped: &skipped, isCancelled: isCancelled)
        let references = try ReferenceTables(store, isCancelled: isCancelled)
        let named = [
            "bitmap-threshold": "\(options.bitmapThreshold)",
            // What a refresh must find unchanged: which columns are read, and what events are joined to.
            "columns": Self.fingerprint(of: store.profile), "joins": references.fingerprint,
        ]
        return Start(sink: sink, persons: persons, references: references, skipped: skipped, options: named)
    }

    /// Writes everything.
    /// - Parameter previous: where the rows of unchanged persons come from; nil reads everybody's from the store.
    func finish(
        _ start: Start, from previous: PreviousIndex?, vocabularyChanged: Bool = true
    ) throws(EventIndexError) -> BuildReport {
        let sink = start.sink
        let generation = succession?.generation ?? Self.nextGeneration(path)
        var skipped = start.skipped
        try start.persons.write(to: sink)
        let (events, read) = try writeEvents(start, previous, &skipped)
        tracker.begin("vocabulary")
        if let previous, !vocabularyChanged,
            previous.index.header.vocabularyRelease == Self.known(store.profile.vocabularyRelease)
        {
            try previous.copyVocabulary(to: sink)
        } else {
            let vocabulary = VocabularyBuilder(store: store, sink: sink, isCancelled: isCancelled) { tracker.advance($0) }
            try vocabulary.build(skipped: &skipped)
        }
        try sink.append(kind: SegmentKind.metadata, column: 0, rows: 1, metadata(start.options))
        // The map first: an index whose map is newer only makes the map unusable for the old one, and the map says so.
        try PersonMap(ids: start.persons.ids, generation: generation).write(to: PersonMap.path(of: path))
        let bytes = try sink.commit(persons: start.persons.count, generation: generation)
        return BuildReport(
            persons: start.persons.count, events: events, skipped: skipped.list, bytes: bytes, generation: generation,
            rowsRead: previous == nil ? read : nil)
    }

    private func writeEvents(
        _ start: Start, _ previous: PreviousIndex?, _ skipped: inout SkippedRows
    ) throws(EventIndexError) -> (events: Int, read: [EventTable: Int]) {
        var periods = WrittenTable()
        var visits = WrittenTable()
        var events = 0
        var read: [EventTable: Int] = [:]
        // Observation periods first: every row is held against them. Then visits: the others look up the type of their visit.
        let leading = [EventTable.observationPeriod, .visit]
        for table in leading + EventTable.allCases.filter({ !leading.contains($0) }) {
            tracker.begin(table.rawValue)
            let builder = TableBuilder(
                table: table, store: store, sink: start.sink, persons: start.persons, references: start.references,
                periods: periods, visits: visits, previous: previous, bitmapThreshold: options.bitmapThreshold,
                isCancelled: isCancelled,
                progress: { tracker.advance($0) })
            let outcome = try builder.build()
            events += outcome.statistics.records
            read[table] = outcome.read
            skipped.add(outcome.skipped)
            if table == .observationPeriod { periods = outcome.written }
            if table == .visit { visits = outcome.written }
        }
        return (events, read)
    }

    /// One more than the index that is there now.
    private static func nextGeneration(_ path: String) -> UInt64 {
        guard let file = try? MappedFile(path: path), let old = try? SegmentTable(file, path: path) else { return 1 }
        return old.generation &+ 1
    }

    // MARK: Metadata

    private static func known(_ text: String) -> String { text == "unknown" ? "" : text }

    private func metadata(_ options: [String: String]) -> [UInt8] {
        let profile = store.profile
        var texts = [
            MetadataKey.sourceName, Self.known(profile.sourceName), MetadataKey.dataRelease, Self.known(profile.dataRelease.id),
            MetadataKey.dataReleaseDate, profile.dataRelease.date.map(CalendarDay.text) ?? "",
            MetadataKey.cdmVersion, Self.known(profile.cdmVersion), MetadataKey.vocabularyRelease,
            Self.known(profile.vocabularyRelease),
        ]
        for (name, value) in options.sorted(by: { $0.key < $1.key }) { texts += [MetadataKey.option + name, value] }
        return Texts.bytes(texts)
    }

    /// Tells stores apart that are read by other columns.
    private static func fingerprint(of profile: StoreProfile) -> String {
        var bytes: [UInt8] = []
        for table in EventTable.allCases {
            let names = profile.has(TableLayout.of(table).table) ? TablePlan(table, profile).names : []
            bytes += Array("\(table.rawValue): \(names.joined(separator: " "))\n".utf8)
        }
        return String(bytes.withUnsafeBytes(Checksum.of), radix: 16)
    }
}

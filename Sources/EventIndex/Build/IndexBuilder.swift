import OMOPStore

/// Builds the index of a store.
///
/// The store is read once, table by table, with one block of 65,536 persons in memory. Rows that lie in the store person by
/// person, as most tools write them, are read as they lie; otherwise the store sorts. The same rows make the same bytes.
public struct IndexBuilder: Sendable {
    let store: any ClinicalStore
    let options: IndexBuildOptions

    /// A builder for one store.
    public init(store: any ClinicalStore, options: IndexBuildOptions = IndexBuildOptions()) {
        self.store = store
        self.options = options
    }

    /// Reads the store and puts the index at `path`: beside the old one until it is complete and on disk, then in its place.
    /// Whoever has the old one open goes on reading the old one.
    ///
    /// The map from ordinals to person ids goes to `path + ".persons"`, readable by its owner alone; counting never needs it.
    ///
    /// - Parameters:
    ///   - path: where the index is to be; its folder exists.
    ///   - progress: told now and then how far it is.
    ///   - isCancelled: asked now and then; yes ends the build with the code `cancelled` and leaves the old index alone.
    /// - Throws: `unusableStore` with the store's own reason, `unwritable`, `cancelled`.
    @discardableResult
    public func build(
        to path: String, progress: (BuildProgress) -> Void = { _ in },
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(EventIndexError) -> BuildReport {
        // The tracker that keeps the closure does not live longer than this call.
        try withoutActuallyEscaping(progress) { (progress) throws(EventIndexError) in
            try build(to: path, ProgressTracker(store.profile, progress), isCancelled)
        }
    }

    private func build(
        to path: String, _ tracker: ProgressTracker, _ isCancelled: @escaping @Sendable () -> Bool
    ) throws(EventIndexError) -> BuildReport {
        let generation = Self.nextGeneration(path)
        let sink = try FileSink(path: path)
        var skipped = SkippedRows()
        tracker.begin("person")
        let persons = try PersonDirectory(store, skipped: &skipped, isCancelled: isCancelled)
        try persons.write(to: sink)
        let events = try writeEvents(persons, sink, tracker, &skipped, isCancelled)
        tracker.begin("vocabulary")
        let vocabulary = VocabularyBuilder(store: store, sink: sink, isCancelled: isCancelled) { tracker.advance($0) }
        try vocabulary.build(skipped: &skipped)
        try sink.append(kind: SegmentKind.metadata, column: 0, rows: 1, metadata())
        // The map first: an index whose map is newer only makes the map unusable for the old one, and the map says so.
        try PersonMap(ids: persons.ids, generation: generation).write(to: PersonMap.path(of: path))
        let bytes = try sink.commit(persons: persons.count, generation: generation)
        return BuildReport(
            persons: persons.count, events: events, skipped: skipped.list, bytes: bytes, generation: generation)
    }

    private func writeEvents(
        _ persons: PersonDirectory, _ sink: FileSink, _ tracker: ProgressTracker, _ skipped: inout SkippedRows,
        _ isCancelled: @escaping @Sendable () -> Bool
    ) throws(EventIndexError) -> Int {
        let references = try ReferenceTables(store, isCancelled: isCancelled)
        var visits = WrittenTable()
        var events = 0
        // Visits first: the others look up the type of their visit.
        for table in [EventTable.visit] + EventTable.allCases.filter({ $0 != .visit }) {
            tracker.begin(table.rawValue)
            let builder = TableBuilder(
                table: table, store: store, sink: sink, persons: persons, references: references, visits: visits,
                bitmapThreshold: options.bitmapThreshold, isCancelled: isCancelled, progress: { tracker.advance($0) })
            let outcome = try builder.build()
            events += outcome.statistics.records
            skipped.add(outcome.skipped)
            if table == .visit { visits = outcome.written }
        }
        return events
    }

    /// One more than the index that is there now.
    private static func nextGeneration(_ path: String) -> UInt64 {
        guard let file = try? MappedFile(path: path), let old = try? SegmentTable(file, path: path) else { return 1 }
        return old.generation &+ 1
    }

    private func metadata() -> [UInt8] {
        let profile = store.profile
        func known(_ text: String) -> String { text == "unknown" ? "" : text }
        var texts = [
            MetadataKey.sourceName, known(profile.sourceName), MetadataKey.dataRelease, known(profile.dataRelease.id),
            MetadataKey.dataReleaseDate, profile.dataRelease.date.map(Self.isoDate) ?? "",
            MetadataKey.cdmVersion, known(profile.cdmVersion), MetadataKey.vocabularyRelease,
            known(profile.vocabularyRelease),
        ]
        texts += [MetadataKey.option + "bitmap-threshold", "\(options.bitmapThreshold)"]
        texts += [MetadataKey.option + "store-kind", profile.kind]
        return Texts.bytes(texts)
    }

    /// A day number as `2026-11-22` (the proleptic Gregorian calendar, by the usual arithmetic of eras of 400 years).
    static func isoDate(_ day: Int32) -> String {
        let shifted = Int(day) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let dayOfMonth = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func padded(_ number: Int, _ width: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(dayOfMonth, 2))"
    }
}

/// Adds up the rows of finished stages for the caller's progress.
private final class ProgressTracker {
    private let tell: (BuildProgress) -> Void
    private let expected: Int?
    private var stage = ""
    private var before = 0
    private var inStage = 0

    init(_ profile: StoreProfile, _ tell: @escaping (BuildProgress) -> Void) {
        self.tell = tell
        var rows: Int64? = 0
        for table in EventTable.allCases.map({ TableLayout.of($0).table }) where profile.has(table) {
            if let more = profile[table]?.approximateRows { rows = rows.map { $0 + more } } else { rows = nil }
        }
        expected = rows.map { Int(clamping: $0) }
    }

    func begin(_ stage: String) {
        before += inStage
        inStage = 0
        self.stage = stage
        tell(BuildProgress(stage: stage, rows: before, expectedRows: expected))
    }

    func advance(_ rows: Int) {
        inStage = max(inStage, rows)
        tell(BuildProgress(stage: stage, rows: before + inStage, expectedRows: expected))
    }
}

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
    ///   - succession: which index it follows, where that is not the one at `path`.
    ///   - progress: told now and then how far it is.
    ///   - isCancelled: asked now and then; yes ends the build with the code `cancelled` and leaves the old index alone.
    /// - Throws: `unusableStore` with the store's own reason, `unwritable`, `cancelled`.
    @discardableResult
    public func build(
        to path: String, after succession: IndexSuccession? = nil, progress: (BuildProgress) -> Void = { _ in },
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(EventIndexError) -> BuildReport {
        // The tracker that keeps the closure does not live longer than this call.
        try withoutActuallyEscaping(progress) { (progress) throws(EventIndexError) in
            let run = BuildRun(
                store: store, options: options, path: path, succession: succession,
                tracker: ProgressTracker(store.profile, progress), isCancelled: isCancelled)
            return try run.finish(try run.start(), from: nil)
        }
    }
}

/// Where an index stands in the line of a store's indices, when each lies in a place of its own.
public struct IndexSuccession: Sendable, Hashable {
    /// The index before it; nil if there is none.
    public var previous: String?
    /// Its number: larger than that of every index of the store that ever was.
    public var generation: UInt64

    /// A place in the line.
    public init(previous: String?, generation: UInt64) {
        self.previous = previous
        self.generation = generation
    }
}

extension IndexBuilder {
    /// The columns of the store that a build reads from each event table, for measuring a bare scan of them.
    package var columnsRead: [(table: CDMTable, columns: [String])] {
        EventTable.allCases.map(TableLayout.of).map(\.table).enumerated().compactMap { number, table in
            guard store.profile.has(table) else { return nil }
            return (table, TablePlan(EventTable.allCases[number], store.profile).names)
        }
    }
}

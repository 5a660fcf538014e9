import OMOPStore

extension IndexBuilder {
    /// Brings the index at `path` up to the store, byte for byte as `build(to: path)` would make it, but reads only the rows
    /// of the persons that changed: everything else comes from the old index. The new index takes the old one's place when
    /// it is complete, as after a build.
    ///
    /// PERSON, the persons of OBSERVATION_PERIOD and the tables of providers and care sites are read whole: they are small, and
    /// they show persons who came or went and joins that changed. What the delta does not name and these do not show stays
    /// as it was, until the next whole build.
    ///
    /// With a `succession` the old index is the one named there, stays where it is, and the new one is made at `path`.
    ///
    /// Where the old index cannot serve, the index is built whole, and the report says why: there is none or it is damaged,
    /// its map of persons is missing, the store has other columns than it had, providers or care sites changed, or more than a
    /// quarter of the persons did.
    @discardableResult
    public func refresh(
        _ delta: IndexDelta, at path: String, after succession: IndexSuccession? = nil,
        progress: (BuildProgress) -> Void = { _ in },
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(EventIndexError) -> RefreshReport {
        // The tracker that keeps the closure does not live longer than this call.
        try withoutActuallyEscaping(progress) { (progress) throws(EventIndexError) in
            let run = BuildRun(
                store: store, options: options, path: path, succession: succession,
                tracker: ProgressTracker(store.profile, progress), isCancelled: isCancelled)
            let start = try run.start()
            switch run.previous(delta, start) {
            case .usable(let previous):
                let report = try run.finish(start, from: previous, vocabularyChanged: delta.vocabularyChanged)
                return RefreshReport(build: report, wholeBecause: nil, personsRead: previous.changed.count)
            case .unusable(let reason):
                return RefreshReport(
                    build: try run.finish(start, from: nil), wholeBecause: reason, personsRead: start.persons.count)
            }
        }
    }
}

extension BuildRun {
    /// The index that is there, or why it cannot serve.
    fileprivate enum Found {
        case usable(PreviousIndex)
        case unusable(String)
    }

    fileprivate func previous(_ delta: IndexDelta, _ start: Start) -> Found {
        let index: EventIndex
        let map: PersonMap
        let path = succession == nil ? path : succession?.previous
        guard let path else { return .unusable("there is no index yet") }
        do throws(EventIndexError) {
            index = try EventIndex.open(path)
            map = try PersonMap.open(of: index, at: path)
        } catch {
            return .unusable(error.code == .notFound ? "there is no index yet" : error.message)
        }
        let now = start.options
        if index.header.options["columns"] != now["columns"] { return .unusable("the store has other columns than it had") }
        if index.header.options["joins"] != now["joins"] { return .unusable("providers or care sites changed") }
        if index.header.options != now { return .unusable("the index was built with other options") }
        let previous = PreviousIndex(index, map, start.persons, delta)
        if previous.changed.count > start.persons.count / PreviousIndex.largestPart {
            return .unusable("more than a quarter of the persons changed")
        }
        return .usable(previous)
    }
}

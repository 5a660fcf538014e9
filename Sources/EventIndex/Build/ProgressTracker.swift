import OMOPStore

/// Adds up the rows of finished stages for the caller's progress.
final class ProgressTracker {
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

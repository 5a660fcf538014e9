import EventIndex

/// Remembers whether any time of day was found where a window of hours looked.
///
/// A store without times would count nobody, which reads like an answer; it is refused instead.
final class MomentWitness {
    private var seen: [String: (rows: Int, known: Int)] = [:]

    /// Notes the rows of one criterion in one block.
    func note(_ rows: EventRows, at pointer: String) {
        let known = rows.integers(.startMinute).count { $0 != EventRows.nullInteger }
        let before = seen[pointer] ?? (0, 0)
        seen[pointer] = (before.rows + rows.count, before.known + known)
    }

    /// Refuses the definition when a criterion had rows but never a time.
    func check() throws(CohortEngineError) {
        let blind = seen.filter { $0.value.rows > 0 && $0.value.known == 0 }.map(\.key).sorted()
        guard let pointer = blind.first else { return }
        throw CohortEngineError(
            .unsupported, "\(pointer) is in a window of hours, but this store has no time of day for any of its records",
            advice: "Ask in days, or load the datetime columns of the table")
    }
}

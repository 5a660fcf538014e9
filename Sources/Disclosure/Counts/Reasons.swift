/// Why a count is hidden. One symbol covers every cell that the rules hide, whether it is small itself or hidden so that a
/// small one cannot be worked out: telling the two apart would tell which cells are small.
public enum HiddenReason: String, Sendable, Hashable, CaseIterable {
    /// Hidden by the small-count rules, directly or to protect another cell.
    case small
    /// The hospital's policy hides this topic whatever its size.
    case sensitive
    /// The project has used up what it may ask in this period.
    case budget
}

/// Why a hospital cannot know the answer.
public enum UnavailableReason: String, Sendable, Hashable, CaseIterable {
    /// A whole kind of record is not loaded or not mapped (for example procedures).
    case domain
    /// The years asked for are not covered.
    case years
    /// The vocabulary release lacks the concepts.
    case vocabulary
    /// Values are in a unit that cannot be converted.
    case unit
    /// The data were never collected here.
    case collection
    /// The question does not apply to this hospital.
    case notApplicable = "not-applicable"
}

/// What an answer waits for.
public enum WaitingReason: String, Sendable, Hashable, CaseIterable {
    /// The dispatch queue.
    case queue
    /// A person at the hospital.
    case approval
    /// Somebody who carries the file (networks that are kept apart).
    case courier
    /// The node, which has taken the question and is working on it.
    case node
}

/// Why there will be no answer.
public enum FailureReason: String, Sendable, Hashable, CaseIterable {
    /// The deadline passed.
    case timeout
    /// The node was not reached.
    case offline
    /// The node reported an error.
    case error
    /// The answer did not verify.
    case integrity
}

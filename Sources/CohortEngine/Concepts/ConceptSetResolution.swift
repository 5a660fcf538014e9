import CanonicalJSON
import Disclosure
import EventIndex

/// How one concept set of a definition reads in this store, so that a zero can be understood.
public struct ConceptSetResolution: Sendable {
    /// The set's number in the definition.
    public let id: Int
    /// The set's name.
    public let name: String
    /// Where it stands.
    public let pointer: JSONPointer
    /// How many concepts the set has here.
    public let resolved: Int
    /// Listed concepts that this store's vocabulary does not have.
    public let absent: [Int]
    /// Listed concepts that this store's vocabulary calls invalid.
    public let invalid: [Int]
    /// The tables that are searched with the set.
    public let uses: [Use]

    /// One table that a set is used on.
    public struct Use: Sendable {
        /// The table.
        public let table: EventTable
        /// Whether the store has the table at all.
        public let isPresent: Bool
        /// Concepts of the set that occur in the table.
        public let occurring: Int
        /// Records of the table whose standard concept is in the set.
        public let records: ExactCount
        /// Records of the table that are mapped to no concept: no concept set finds them.
        public let unmapped: ExactCount
    }

    /// Whether a criterion with this set can find anything here.
    public var isEmpty: Bool { resolved == 0 }
}

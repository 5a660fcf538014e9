import EventIndex

/// What the checks need to know of an index, counted once for all of them.
struct QualityFacts: Sendable {
    /// The rows of one table.
    struct Table: Sendable {
        var records = 0
        var persons = 0
        /// Rows with concept 0 or none.
        var unmapped = 0
        /// Rows whose concept is not in CONCEPT.
        var unknownConcept = 0
        /// Rows whose concept is in CONCEPT and not a valid standard one.
        var notStandard = 0
        /// Rows whose concept is of another domain than the table.
        var otherDomain = 0
        /// Rows with an end, and those that end before they start.
        var ended = 0
        var endBeforeStart = 0
        var beforeBirth = 0
        /// Rows of persons whose birth is known.
        var withBirth = 0
        /// Rows of persons who died, and those more than sixty days after.
        var withDeath = 0
        var afterDeath = 0
        var outsideObservation = 0
        var implausibleYear = 0
        /// Rows with a number, and those of them without a unit.
        var withNumber = 0
        var withoutUnit = 0
        /// Rows whose id another row has too; nil where there are too many rows to compare.
        var repeatedID: Int? = 0
    }

    /// The persons.
    struct Persons: Sendable {
        var count = 0
        var withoutRow = 0
        var withoutPeriod = 0
        var overlappingPeriods = 0
        var implausibleBirth = 0
        var unknownGender = 0
    }

    /// Of every table that the store has.
    var tables: [EventTable: Table] = [:]
    var persons = Persons()
    /// Whether the store has a vocabulary.
    var hasVocabulary = false
    /// Rows that are not in the index, by table and reason; nil where the index does not know.
    var leftOut: [IndexRelease.LeftOut]?
}

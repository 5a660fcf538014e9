import FoundationEssentials

/// What an ETL run changed in a store.
public struct IndexDelta: Sendable, Hashable {
    /// Persons of whom rows were added, changed or deleted in any table: PERSON, OBSERVATION_PERIOD, any table of events.
    ///
    /// Persons who are new in the store, or no longer there, are found without being named.
    public var persons: [Int64]
    /// Whether CONCEPT, CONCEPT_ANCESTOR or CONCEPT_RELATIONSHIP changed.
    public var vocabularyChanged: Bool

    /// A delta; the persons in any order.
    public init(persons: [Int64], vocabularyChanged: Bool = false) {
        self.persons = persons
        self.vocabularyChanged = vocabularyChanged
    }

    /// Reads a list of persons: one person_id a line; empty lines and what follows a `#` do not count. A line that says
    /// `vocabulary` says that the vocabulary changed.
    ///
    /// - Throws: `unreadable`, with the line that is neither.
    public static func read(_ path: String) throws(EventIndexError) -> IndexDelta {
        let bytes: Data
        do { bytes = try Data(contentsOf: URL(filePath: path)) } catch {
            throw EventIndexError(
                .unreadable, "The list of changed persons \(path) cannot be read",
                advice: "Check its path and its rights, or build the index whole")
        }
        var delta = IndexDelta(persons: [])
        for (number, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            let content = line.prefix { $0 != UInt8(ascii: "#") }
            guard let text = String(validating: content, as: UTF8.self) else { throw unreadable(path, number + 1) }
            let word = text.split(whereSeparator: \.isWhitespace)
            if word.isEmpty { continue }
            if word == ["vocabulary"] {
                delta.vocabularyChanged = true
            } else if word.count == 1, let person = Int64(word[0]) {
                delta.persons.append(person)
            } else {
                throw unreadable(path, number + 1)
            }
        }
        return delta
    }

    private static func unreadable(_ path: String, _ line: Int) -> EventIndexError {
        EventIndexError(
            .unreadable, "Line \(line) of \(path) is no person_id",
            advice: "Write one person_id a line, or build the index whole")
    }
}

/// What a refresh did.
public struct RefreshReport: Sendable, Hashable {
    /// As after a build; rows left out are those of the persons that were read.
    public var build: BuildReport
    /// Why the index was built whole; nil if it was not.
    public var wholeBecause: String?
    /// Persons whose rows were read from the store.
    public var personsRead: Int
}

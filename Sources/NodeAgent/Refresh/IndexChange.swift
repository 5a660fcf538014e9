import CanonicalJSON

/// How a release differs from the one before it.
public struct IndexChange: Sendable, Hashable {
    /// One number, before and after.
    public struct Line: Sendable, Hashable {
        /// `persons`, or a table with `records` or `persons`: `measurement/records`.
        public var what: String
        /// In the release before.
        public var before: Int
        /// In this one.
        public var after: Int

        /// By how many percent it went down; 0 where it did not.
        public var dropPercent: Double {
            before > 0 && after < before ? Double(before - after) / Double(before) * 100 : 0
        }
    }

    /// Persons first, then the tables by name.
    public var lines: [Line]
    /// The vocabulary's release before and after, where it changed.
    public var vocabulary: (before: String, after: String)? {
        vocabularyBefore == vocabularyAfter ? nil : (vocabularyBefore, vocabularyAfter)
    }

    private let vocabularyBefore: String
    private let vocabularyAfter: String

    /// Compares two releases. A table that is gone counts as empty.
    public init(from before: IndexRelease, to after: IndexRelease) {
        lines = [Line(what: "persons", before: before.persons, after: after.persons)]
        for table in Set(before.tables.keys).union(after.tables.keys).sorted() {
            let none = IndexRelease.Amount(records: 0, persons: 0)
            let (old, new) = (before.tables[table] ?? none, after.tables[table] ?? none)
            lines.append(Line(what: "\(table)/records", before: old.records, after: new.records))
            lines.append(Line(what: "\(table)/persons", before: old.persons, after: new.persons))
        }
        vocabularyBefore = before.vocabulary
        vocabularyAfter = after.vocabulary
    }

    /// What went down by more than `percent`.
    public func drops(over percent: Double) -> [Line] { lines.filter { $0.dropPercent > percent } }
}

extension IndexChange: JSONEncodable {
    /// `{"lines": [{"what": …, "before": …, "after": …}], "vocabulary": {…}}`
    public var json: JSONValue {
        var object: JSONObject = [
            "lines": .array(
                lines.map { ["what": .string($0.what), "before": .int($0.before), "after": .int($0.after)] })
        ]
        if let vocabulary {
            object["vocabulary"] = ["before": .string(vocabulary.before), "after": .string(vocabulary.after)]
        }
        return .object(object)
    }
}

import Federation

/// Who has seen which version of which result, so that the audit log gets one line for each new one and none for each poll. In memory:
/// after a restart a reading may be written down a second time, never left out.
actor ReadRecord {
    private struct Key: Hashable {
        let person: PersonID
        let query: QueryID
    }

    private var versions: [Key: Int] = [:]
    /// Beyond so many it starts anew.
    private static let most = 100_000

    /// Whether this is the first sight of that version.
    func isNew(_ version: Int, of query: QueryID, for person: PersonID) -> Bool {
        if versions.count > Self.most { versions = [:] }
        return versions.updateValue(version, forKey: Key(person: person, query: query)) != version
    }

    /// Forgets a sight that could not be written down.
    func forget(_ query: QueryID, for person: PersonID) { versions[Key(person: person, query: query)] = nil }
}

extension CDMTable {
    /// The columns asked for by name, in that order; throws what every adapter throws when it is asked for the impossible.
    func asked(_ names: [String], _ order: ScanOrder) throws(OMOPStoreError) -> [CDMColumn] {
        var known: [CDMColumn] = []
        for name in names {
            guard let column = column(name) else {
                throw OMOPStoreError(
                    .unknownColumn, "CDM v5.4 has no column \(rawValue).\(name)", advice: "Ask for one of the table's own columns"
                )
            }
            known.append(column)
        }
        guard order == .unordered || hasPerson else {
            throw OMOPStoreError(.unknownColumn, "\(rawValue) has no persons to be ordered by", advice: "Ask for it unordered")
        }
        return known
    }
}

extension StoreProfile {
    /// Throws `unusable` with every problem when one of them is fatal.
    func requireUsable() throws(OMOPStoreError) {
        let fatal = problems.filter { $0.severity == .fatal }
        guard fatal.isEmpty else {
            throw OMOPStoreError(
                .unusable, "\(location) cannot be used: \(fatal.count) fatal problem\(fatal.count == 1 ? "" : "s")",
                advice: "Mend what is marked fatal, then open it again", problems: problems)
        }
    }
}

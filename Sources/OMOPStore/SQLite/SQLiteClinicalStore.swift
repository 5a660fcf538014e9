import FoundationEssentials
import Synchronization

/// An OMOP CDM store in one SQLite file, read and never written.
///
/// Any CDM v5.3 or v5.4 file will do: names in any case, absent optional tables and columns, dates stored in any of the
/// ways of `ColumnStorage`. What is wrong with the file is found on opening, all at once, and kept in `profile.problems`.
public final class SQLiteClinicalStore: ClinicalStore {
    /// What was found on opening.
    public let profile: StoreProfile
    private let access: SQLiteAccess
    /// Tables whose rows are known to lie in the order of their persons, or not to.
    private let sorted: Mutex<[CDMTable: Bool]>

    /// Opens the store at `path`.
    ///
    /// - Throws: `cannot-open`, `not-a-store`, `reading`, or `unusable` with every problem found when one of them is fatal.
    public convenience init(path: String) throws(OMOPStoreError) {
        try self.init(path: path, today: Self.today)
        try profile.requireUsable()
    }

    /// What is in the file at `path`, also when it has fatal problems.
    public static func inspect(path: String) throws(OMOPStoreError) -> StoreProfile {
        try SQLiteClinicalStore(path: path, today: today).profile
    }

    init(path: String, today: Int32) throws(OMOPStoreError) {
        let file = try StoreFile(path: path)
        let (connection, isImmutable) = try Self.open(file)
        let found = try SQLiteSchemaReader(connection: connection, fileSize: file.bytes).tables()
        var inspector = StoreInspector(today: today)
        let inspection = inspector.inspect(found)
        access = SQLiteAccess(file: file, isImmutable: isImmutable, readings: inspection.readings)
        sorted = Mutex(Self.looksSorted(found, inspection))
        var identity = StoreIdentity(inspection: inspection)
        try identity.read(access)
        profile = identity.profile(kind: "SQLite", location: path, telling: isImmutable ? [Self.unchangeable] : [])
    }

    private static let unchangeable = StoreProblem(
        .note, .writable, what: "the file's folder cannot be written, so the file is read as one that nobody changes",
        advice: "Do not load into it while a node reads it: a change is noticed and stops the reading")

    /// A cursor with a connection of its own. Ordered by person, a table is first checked for lying in that order already,
    /// once for as long as the store is open; if it does not, SQLite sorts it in temporary files.
    public func cursor(
        _ table: CDMTable, columns: [String], order: ScanOrder, isCancelled: @escaping @Sendable () -> Bool
    ) throws(OMOPStoreError) -> any CDMCursor {
        let known = try table.asked(columns, order)
        let isSorted = order == .byPerson ? try isStoredByPerson(table, isCancelled: isCancelled) : false
        return try access.cursor(table, columns: known, order: order, isSorted: isSorted, isCancelled: isCancelled)
    }

    /// The rows of some persons: looked up one after another where the table has an index by person, picked out of a scan
    /// where it has none.
    public func cursor(
        _ table: CDMTable, columns: [String], persons: [Int64], isCancelled: @escaping @Sendable () -> Bool
    ) throws(OMOPStoreError) -> any CDMCursor {
        let known = try table.asked(columns, .unordered)
        if let found = try access.cursor(table, columns: known, persons: persons, isCancelled: isCancelled) { return found }
        let all = try cursor(table, columns: columns + ["person_id"], order: .byPerson, isCancelled: isCancelled)
        return ChosenPersonsCursor(all, person: columns.count, chosen: persons)
    }

    /// Throws `changed` when the file is no longer the one that was opened: what was read in several scans then need not
    /// belong together.
    public func verifyUnchanged() throws(OMOPStoreError) {
        try access.file.verifyUnchanged()
    }

    // MARK: Order

    private func isStoredByPerson(_ table: CDMTable, isCancelled: @escaping @Sendable () -> Bool) throws(OMOPStoreError) -> Bool {
        if let known = sorted.withLock({ $0[table] }) { return known }
        let isSorted = try access.isStoredByPerson(table, isCancelled: isCancelled)
        sorted.withLock { $0[table] = isSorted }
        return isSorted
    }

    /// Tables whose sample already shows that they are not stored by person: no need to look at every row.
    private static func looksSorted(_ found: [FoundTable], _ inspection: Inspection) -> [CDMTable: Bool] {
        var known: [CDMTable: Bool] = [:]
        for table in found {
            guard let cdm = CDMTable(name: table.name), let reading = inspection.readings[cdm]?.columns["person_id"],
                let position = table.columns.firstIndex(where: { $0.name == reading.storedName })
            else { continue }
            let persons = table.sample.compactMap { $0[position].whole }
            if !reading.isCleanInteger || zip(persons, persons.dropFirst()).contains(where: { $0 > $1 }) {
                known[cdm] = false
            }
        }
        return known
    }

    // MARK: Opening

    /// Opens the file; as unchangeable if SQLite cannot make the helper files that a shared reading needs.
    private static func open(_ file: StoreFile) throws(OMOPStoreError) -> (SQLiteConnection, isImmutable: Bool) {
        do {
            let connection = try SQLiteConnection(path: file.path, isImmutable: false)
            try connection.execute("PRAGMA schema_version")
            return (connection, false)
        } catch {
            guard error.code == .cannotOpen else { throw error }
            guard !file.hasPendingLog else {
                throw OMOPStoreError(
                    .cannotOpen, "\(file.path) has changes in its -wal file that cannot be read here",
                    advice: "Let this user write the file's folder, or fold the changes in: PRAGMA wal_checkpoint(TRUNCATE)")
            }
        }
        let connection = try SQLiteConnection(path: file.path, isImmutable: true)
        try connection.execute("PRAGMA schema_version")
        return (connection, true)
    }

    static var today: Int32 {
        Int32((Date().timeIntervalSince1970 / 86_400).rounded(.down))
    }
}

import FoundationEssentials

/// One file that will be read into one table.
struct ImportSource: Sendable, Hashable {
    var table: CDMTable
    var path: String
    /// The file's name, as messages show it.
    var name: String
    /// Whether the table is known by the columns in the file, not by the file's name.
    var isKnownByColumns = false
}

/// Which files of a folder hold which tables.
struct ImportFolder {
    /// The files to read.
    private(set) var sources: [ImportSource] = []
    /// Files that are not read, with the reason.
    private(set) var notRead: [(name: String, why: String)] = []

    private static let textEndings: Set<String> = ["csv", "tsv", "txt"]
    private static let otherEndings: Set<String> = [
        "gz", "zip", "zst", "bz2", "xz", "parquet", "duckdb", "sqlite", "xlsx", "sas7bdat", "dta",
    ]

    /// Looks through `path` (not its sub-folders); only for tables of `wanted`.
    init(path: String, wanted: (CDMTable) -> Bool = { _ in true }) throws(OMOPStoreError) {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw OMOPStoreError(
                .importFailed, "\(path) is no folder, or this user may not read it",
                advice: "Name the folder that holds the CSV files (PERSON.csv, OBSERVATION_PERIOD.csv, ...)")
        }
        var unnamed: [String] = []
        for name in names.sorted() where !name.hasPrefix(".") {
            let parts = name.split(separator: ".")
            let ending = parts.last.map { $0.lowercased() } ?? ""
            guard Self.textEndings.contains(ending) else {
                tellOther(name, ending: ending)
                continue
            }
            guard let table = CDMTable(name: String(name.dropLast(ending.count + 1))) else {
                unnamed.append(name)
                continue
            }
            try add(ImportSource(table: table, path: "\(path)/\(name)", name: name), wanted)
        }
        for name in unnamed {
            try addByColumns(name, path: "\(path)/\(name)", wanted)
        }
    }

    /// Leaves out the files of tables that `other` brings too.
    mutating func yield(to other: ImportFolder) {
        let theirs = Set(other.sources.map(\.table))
        for source in sources where theirs.contains(source.table) {
            notRead.append((source.name, "the vocabulary folder brings \(source.table.rawValue)"))
        }
        sources.removeAll { theirs.contains($0.table) }
    }

    private mutating func tellOther(_ name: String, ending: String) {
        guard Self.otherEndings.contains(ending) else { return }
        switch ending {
        case "gz", "zip", "zst", "bz2", "xz": notRead.append((name, "compressed files are not read: unpack it first"))
        case "parquet", "duckdb": notRead.append((name, "not a CSV file: export it with DuckDB (see STORES.md)"))
        default: notRead.append((name, "not a CSV file"))
        }
    }

    private mutating func add(_ source: ImportSource, _ wanted: (CDMTable) -> Bool) throws(OMOPStoreError) {
        guard wanted(source.table) else {
            notRead.append((source.name, "\(source.table.rawValue) is no vocabulary table"))
            return
        }
        if let other = sources.first(where: { $0.table == source.table }) {
            throw OMOPStoreError(
                .importFailed, "\(other.name) and \(source.name) both hold \(source.table.rawValue)",
                advice: "Leave only one of them in the folder")
        }
        sources.append(source)
    }

    /// A file with a name of its own is read when its columns are those of exactly one table that no other file brings.
    private mutating func addByColumns(
        _ name: String, path: String, _ wanted: (CDMTable) -> Bool
    ) throws(OMOPStoreError) {
        let reader = try CSVReader(path: path)
        let header = try reader.next() ? reader.texts : []
        let fitting = CDMTable.allCases.filter { Self.fits(header, $0) }
        guard fitting.count == 1, let table = fitting.first else {
            notRead.append((name, "neither its name nor its columns are those of a CDM table"))
            return
        }
        guard wanted(table), !sources.contains(where: { $0.table == table }) else {
            notRead.append((name, "another file brings \(table.rawValue)"))
            return
        }
        sources.append(ImportSource(table: table, path: path, name: name, isKnownByColumns: true))
    }

    private static func fits(_ header: [String], _ table: CDMTable) -> Bool {
        let names = header.map { NumberText.trim($0).lowercased() }
        guard let first = names.first, first == table.columns.first?.name else { return false }
        let found = Set(names.compactMap { table.column($0)?.name })
        return found.count * 10 >= names.count * 9 && table.columns.allSatisfy { !$0.required || found.contains($0.name) }
    }
}

extension CDMTable {
    /// Whether it is part of the standardised vocabularies, as Athena delivers them.
    public var isVocabulary: Bool {
        switch self {
        case .concept, .conceptAncestor, .conceptRelationship, .conceptSynonym, .vocabulary, .domain, .conceptClass,
            .relationship,
            .drugStrength, .sourceToConceptMap:
            true
        default: false
        }
    }
}

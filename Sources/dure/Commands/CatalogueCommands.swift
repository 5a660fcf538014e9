import ArgumentParser
import CanonicalJSON
import Client
import Cohorts
import Disclosure
import Federation
import TerminalText

struct CatalogueCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catalogue",
        abstract: "What the hospitals' stores hold, and how good it is, before any question is asked.",
        discussion: """
            Each hospital decides whether it publishes a catalogue. Persons and records are bands; what is not listed is too little to \
            be shown, or nothing. Bands of different rows do not add up.
            """,
        subcommands: [CatalogueAmountsCommand.self, CatalogueQualityCommand.self],
        defaultSubcommand: CatalogueAmountsCommand.self)

    /// The catalogues of some hospitals, or of all that have one.
    static func read(_ connection: Connection, _ hospitals: [HospitalID]) async throws -> [(SignedDocument, Catalogue)] {
        var found: [(SignedDocument, Catalogue)] = []
        for node in hospitals.isEmpty ? try await connection.api.catalogues() : hospitals {
            let document = try await connection.api.catalogue(of: node)
            do throws(JSONError) {
                found.append((document, try Catalogue(from: JSONReader(document.payload))))
            } catch {
                throw ClientError(error)
            }
        }
        return found
    }

    static func json(_ found: [(SignedDocument, Catalogue)]) -> JSONValue {
        ["schema": "dure.catalogues/1", "catalogues": .array(found.map(\.0.json))]
    }
}

struct CatalogueAmountsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "amounts",
        abstract: "Persons and records by hospital, table, year and concept.",
        discussion: """
            With --output json: the signed catalogues as the hospitals published them.

            Examples:
              dure catalogue
              dure catalogue amounts --by year --table measurement
              dure catalogue amounts --concept 201826 --output csv
            """)

    /// What a row is for.
    enum Level: String, CaseIterable, ExpressibleByArgument {
        case table, year, concept
        case conceptYear = "concept-year"

        init?(of key: [String]) {
            switch key.count {
            case 1: self = .table
            case 2: self = .year
            case 3: self = .concept
            case 4: self = .conceptYear
            default: return nil
            }
        }
    }

    @OptionGroup var options: CommonOptions

    @Option(help: "table, year, concept or concept-year.")
    var by: Level?

    @Option(help: ArgumentHelp("Only this table of the data model.", valueName: "name"))
    var table: String?

    @Option(help: ArgumentHelp("Only this concept.", valueName: "id"))
    var concept: Int?

    @Option(help: ArgumentHelp("Only this hospital; may be given again (default: all).", valueName: "id"))
    var hospital: [HospitalID] = []

    func run() async throws {
        let connection = try Connection.signedIn()
        defer { connection.close() }
        let found = try await CatalogueCommands.read(connection, hospital)
        let level = by ?? (concept == nil ? .table : .concept)
        let language = options.language
        let rows = found.flatMap { _, catalogue in
            catalogue.amounts.rows.filter { isAsked($0, level) }.map { Self.line($0, catalogue) }
        }
        Listing(
            columns: [
                .init(language.choose("NODE", "노드")), .init(language.choose("TABLE", "테이블")),
                .init(language.choose("YEAR", "연도")), .init(language.choose("CONCEPT", "개념")),
                .init(language.choose("PERSONS", "환자"), .right), .init(language.choose("RECORDS", "기록"), .right),
                .init(language.choose("RELEASE", "데이터")), .init(""),
            ],
            headings: ["node", "table", "year", "concept", "persons", "records", "release", "note"], rows: rows,
            json: CatalogueCommands.json(found)
        ).print(options)
    }

    private func isAsked(_ row: DisclosedCatalogue.Row, _ level: Level) -> Bool {
        guard Level(of: row.key) == level else { return false }
        if let table, row.key.first != table { return false }
        if let concept { return row.key.count >= 3 && row.key[2] == "\(concept)" }
        return true
    }

    private static func line(_ row: DisclosedCatalogue.Row, _ catalogue: Catalogue) -> [String] {
        let key = row.key
        let year = key.count == 2 ? key[1] : key.count == 4 ? key[3] : ""
        return [
            catalogue.node.rawValue, key.first ?? "", year, key.count >= 3 ? key[2] : "", text(row.persons), text(row.records),
            catalogue.provenance.dataRelease, catalogue.provenance.synthetic ? "synthetic" : "",
        ]
    }

    private static func text(_ band: CountInterval) -> String { "\(band.low)–\(band.high)" }
}

struct CatalogueQualityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quality",
        abstract: "The data-quality checks: pass, fail or not run, by hospital.",
        discussion: """
            `not-run` also stands for tables with too little data for an outcome to be told.

            Example: dure catalogue quality --failed
            """)

    @OptionGroup var options: CommonOptions

    @Option(help: ArgumentHelp("Only this hospital; may be given again (default: all).", valueName: "id"))
    var hospital: [HospitalID] = []

    @Flag(help: "Only the checks that failed.")
    var failed = false

    func run() async throws {
        let connection = try Connection.signedIn()
        defer { connection.close() }
        let found = try await CatalogueCommands.read(connection, hospital)
        let language = options.language
        let rows = found.flatMap { _, catalogue in
            catalogue.quality.filter { !failed || $0.state == .fail }.map { check in
                [
                    catalogue.node.rawValue, check.category, check.check, check.table ?? "", check.state.rawValue,
                    check.failing?.text ?? "", "\(check.threshold) %",
                ]
            }
        }
        Listing(
            columns: [
                .init(language.choose("NODE", "노드")), .init(language.choose("CATEGORY", "분류")),
                .init(language.choose("CHECK", "점검")), .init(language.choose("TABLE", "테이블")),
                .init(language.choose("STATE", "결과")), .init(language.choose("FAILING", "위반"), .right),
                .init(language.choose("ALLOWED", "허용"), .right),
            ],
            headings: ["node", "category", "check", "table", "state", "failing", "allowed"], rows: rows,
            json: CatalogueCommands.json(found)
        ).print(options)
    }
}

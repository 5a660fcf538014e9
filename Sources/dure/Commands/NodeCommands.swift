import ArgumentParser
import CanonicalJSON
import Client
import Cohorts
import Federation
import TerminalText

struct NodeCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "node", abstract: "The hospitals' nodes.", subcommands: [NodeList.self])
}

struct NodeList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Every enrolled hospital, when it was last heard of and what it answers from.")
    @OptionGroup var options: CommonOptions

    func run() async throws {
        let connection = try Connection.signedIn()
        defer { connection.close() }
        let nodes = try await connection.api.nodes()
        let language = options.language
        let rows = nodes.map { node in
            [
                node.node.rawValue, node.name?.text(language.rawValue) ?? "", node.standing.rawValue,
                node.lastContact?.description ?? "–", node.lastAnswer?.description ?? "–",
                node.health?.provenance?.dataThrough ?? "–", node.health?.provenance?.synthetic == true ? "synthetic" : "",
            ]
        }
        Listing(
            columns: [
                .init(language.choose("NODE", "노드")), .init(language.choose("HOSPITAL", "병원")),
                .init(language.choose("STANDING", "상태")), .init(language.choose("LAST CONTACT", "마지막 접속")),
                .init(language.choose("LAST ANSWER", "마지막 응답")), .init(language.choose("DATA TO", "기준일")), .init(""),
            ],
            headings: ["node", "hospital", "standing", "last_contact", "last_answer", "data_to", "note"], rows: rows,
            json: ["schema": "dure.nodes/1", "nodes": .array(nodes.map(\.json))]
        ).print(options)
    }
}

struct ProjectCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "project", abstract: "The projects that you are a member of.", subcommands: [ProjectList.self])
}

struct ProjectList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Your projects and the hospitals they may ask.")
    @OptionGroup var options: CommonOptions

    func run() async throws {
        let connection = try Connection.signedIn()
        defer { connection.close() }
        let projects = try await connection.api.projects()
        let language = options.language
        let rows = projects.map { project in
            [
                project.statement.id.rawValue, project.state, project.until.description, String(project.hospitals.count),
                project.statement.title.text(language.rawValue),
            ]
        }
        Listing(
            columns: [
                .init(language.choose("PROJECT", "과제")), .init(language.choose("STATE", "상태")),
                .init(language.choose("UNTIL", "종료일")), .init(language.choose("HOSPITALS", "기관 수"), .right),
                .init(language.choose("TITLE", "제목")),
            ],
            headings: ["project", "state", "until", "hospitals", "title"], rows: rows,
            json: ["schema": "dure.projects/1", "projects": .array(projects.map(\.json))]
        ).print(options)
    }
}

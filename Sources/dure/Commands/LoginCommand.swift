import ArgumentParser
import Client
import Cohorts
import Federation
import Foundation
import Outbound
import TerminalText

struct Login: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sign in at a coordinator.",
        discussion: """
            The password is asked for on the terminal, or read from --password-file; it never stands on the command line. What \
            is kept is a session token, in the folder DURE_CONFIG_DIR (default ~/.config/dure), readable by you alone.

            For scripts: DURE_TOKEN_FILE (a file) or DURE_TOKEN hold an API token and come before the folder.

            Example:
              dure login --coordinator https://coordinator.example.org:7444 \\
                --user researcher1 --ca-file consortium-ca.pem
            """)

    @Option(help: "The coordinator's people address, https://host:port. Default: the one of the last sign-in.")
    var coordinator: String?
    @Option(help: "Your user name. Default: the one of the last sign-in.")
    var user: String?
    @Option(help: "A file with the password on its first line.")
    var passwordFile: String?
    @Option(
        name: .customLong("ca-file"), help: "The consortium's CA certificate (PEM), if it is not in the machine's trust store.")
    var authorityFile: String?
    @OptionGroup var options: CommonOptions

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let folder = ProfileFolder(environment: environment)
        let last = try folder.load()
        guard let coordinator = coordinator ?? last?.coordinator, let user = user ?? last?.user else {
            throw ValidationError("Name the coordinator and the user: --coordinator https://… --user NAME")
        }
        let authority = try authorityFile.map { try InputFile.text($0) } ?? last?.authority
        let profile = ClientProfile(coordinator: coordinator, authority: authority, user: user)
        let connection = try Connection(profile: profile, token: nil, environment: environment)
        defer { connection.close() }
        let grant = try await connection.api.signIn(user: user, password: try password())
        try folder.save(profile, token: grant.token)
        options.say(
            options.language.choose(
                "Signed in as \(grant.person.user) (\(grant.person.role)) until \(grant.expires).",
                "\(grant.person.user)(\(grant.person.role))으로 로그인했습니다. 만료: \(grant.expires)"))
    }

    private func password() throws -> String {
        if let passwordFile {
            let text = try InputFile.text(passwordFile)
            return text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        }
        guard isatty(STDIN_FILENO) == 1, let typed = getpass("Password: ") else {
            throw ValidationError("There is no terminal to ask for the password: use --password-file.")
        }
        return String(cString: typed)
    }
}

struct Logout: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sign out: the session ends at the coordinator and is forgotten here.")
    @OptionGroup var options: CommonOptions

    func run() async throws {
        let folder = ProfileFolder(environment: ProcessInfo.processInfo.environment)
        let connection = try Connection.signedIn()
        defer { connection.close() }
        try await connection.api.signOut()
        folder.forgetToken()
        options.say(options.language.choose("Signed out.", "로그아웃했습니다."))
    }
}

struct Whoami: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Who is signed in, and where.")
    @OptionGroup var options: CommonOptions

    func run() async throws {
        let connection = try Connection.signedIn()
        defer { connection.close() }
        let person = try await connection.api.whoAmI()
        Listing(
            columns: [.init("USER"), .init("ROLE"), .init("NAME"), .init("COORDINATOR")],
            headings: ["user", "role", "name", "coordinator"],
            rows: [[person.user, person.role, person.displayName, connection.profile.coordinator]], json: person.json
        ).print(options)
    }
}

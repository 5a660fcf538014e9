import ArgumentParser
import CanonicalJSON
import Coordinator
import Federation

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Add, list and stop people, and make API tokens for them.",
        subcommands: [Add.self, List.self, Disable.self, Enable.self, Password.self, Token.self], defaultSubcommand: List.self)

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a person.",
            discussion: """
                Roles: researcher (asks in own projects), consortium-lead (sees operation; results only as a project's member), \
                administrator (runs the coordinator, never sees a result), observer (sees activity, never a result).

                Example:
                  dure-coordinator user add researcher1 --role researcher \\
                    --name "Researcher 1" --password-file password.txt
                """)
        @OptionGroup var state: StateOptions
        @Argument(help: "The sign-in name: lower-case letters, digits, . _ @ -") var login: String
        @Option(help: "researcher, consortium-lead, administrator or observer.") var role: Role
        @Option(help: "The name that others see. Default: the sign-in name.") var name: String?
        @Option(help: "The institution.") var organisation = ""
        @Option(help: "A file with the password, at least 12 characters (- for standard input).") var passwordFile: String

        func run() async throws {
            try await Failure.reported {
                let person = try await state.office().people.add(
                    login: login, displayName: name ?? login, organisation: organisation, role: role,
                    password: Passwords.read(file: passwordFile), by: Operator.actor)
                Console.print(person.id.rawValue)
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List everybody.")
        @OptionGroup var state: StateOptions
        @OptionGroup var format: OutputOptions

        func run() async throws {
            try await Failure.reported(as: format.output) {
                let people = try await state.office().people.list()
                Listing(
                    columns: ["LOGIN", "ROLE", "STATE", "LAST SIGN-IN", "NAME", "ORGANISATION"],
                    rows: people.map {
                        [
                            $0.login, $0.role.rawValue, $0.isDisabled ? "disabled" : "active",
                            $0.lastSignIn.map { "\($0)" } ?? "never", $0.displayName, $0.organisation,
                        ]
                    }
                ).print(format.output, json: ["people": .array(people.map(\.json))])
            }
        }
    }

    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stop a person: every session and token ends at once.",
            discussion: "Example:\n  dure-coordinator user disable researcher1 --yes")
        @OptionGroup var state: StateOptions
        @Argument(help: "The sign-in name.") var login: String
        @Flag(help: "Do not ask.") var yes = false

        func run() async throws {
            try await Failure.reported {
                try Console.confirm("Stop \(login)?", yes: yes)
                try await state.office().people.disable(login: login, by: Operator.actor)
            }
        }
    }

    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let a stopped person in again.")
        @OptionGroup var state: StateOptions
        @Argument(help: "The sign-in name.") var login: String

        func run() async throws {
            try await Failure.reported { try await state.office().people.enable(login: login, by: Operator.actor) }
        }
    }

    struct Password: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a person a new password; every session and token ends.",
            discussion: "Example:\n  dure-coordinator user password researcher1 --password-file password.txt")
        @OptionGroup var state: StateOptions
        @Argument(help: "The sign-in name.") var login: String
        @Option(help: "A file with the password, at least 12 characters (- for standard input).") var passwordFile: String

        func run() async throws {
            try await Failure.reported {
                try await state.office().people.setPassword(
                    login: login, password: Passwords.read(file: passwordFile), by: Operator.actor)
            }
        }
    }

    struct Token: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make an API token for a person, shown once.",
            discussion: """
                Example:
                  dure-coordinator user token researcher1 --label nightly \\
                    --scope read --scope run --token-file token.txt
                """)
        @OptionGroup var state: StateOptions
        @OptionGroup var format: OutputOptions
        @Argument(help: "The sign-in name.") var login: String
        @Option(help: "What it is for.") var label: String
        @Option(help: "read, run or admin; may be given several times.") var scope: [Scope]
        @Option(help: "For how many days it works, at most 366.") var days = 90
        @Option(help: "Write the token into this new file (mode 0600) and not to standard output.") var tokenFile: String?

        func run() async throws {
            try await Failure.reported(as: format.output) {
                let made = try await state.office().credentials.makeToken(
                    login: login, label: label, scopes: Set(scope), seconds: Int64(days) * 86_400, by: Operator.actor)
                Console.note("Token \(made.credential.id) of \(login), until \(made.credential.expiresAt).")
                if let tokenFile {
                    try Passwords.write(made.secret, to: tokenFile)
                } else if format.output == .json {
                    Console.print(
                        JSONValue.object([
                            "id": .string(made.credential.id), "token": .string(made.secret),
                            "expires": made.credential.expiresAt.json,
                        ]).text(indent: 2))
                } else {
                    Console.print(made.secret)
                }
            }
        }
    }
}

extension Person {
    fileprivate var json: JSONValue {
        var object: JSONObject = [
            "id": id.json, "login": .string(login), "displayName": .string(displayName), "organisation": .string(organisation),
            "role": .string(role.rawValue), "disabled": .bool(isDisabled), "created": createdAt.json,
        ]
        if let lastSignIn { object["lastSignIn"] = lastSignIn.json }
        return .object(object)
    }
}

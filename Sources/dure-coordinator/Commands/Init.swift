import ArgumentParser
import Coordinator
import Federation
import Foundation

struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a new coordinator: keys, configuration, state and the first administrator.",
        discussion: """
            Writes the folder with mode 0700: coordinator.yaml (commented), keys/ (the consortium's CA, the key that signs questions, \
            the server certificate) and coordinator.sqlite. Nothing that exists is overwritten.

            It listens on this machine only (127.0.0.1). To serve other machines give --listen 0.0.0.0 and --host with the \
            name that hospitals use.

            Example:
              dure-coordinator init --state-dir /var/lib/dure-coordinator \\
                --consortium-id C-PNUH --name-en "Busan consortium" \\
                --listen 0.0.0.0 --host coordinator.example.org \\
                --password-file admin-password
            """)

    @OptionGroup var state: StateOptions
    @Option(help: "A short name of the consortium, as in the roster.")
    var consortiumId: String
    @Option(help: "The consortium's name in English.")
    var nameEn: String?
    @Option(help: "The consortium's name in Korean.")
    var nameKo: String?
    @Option(help: "A DNS name or IPv4 address under which this machine is reached; may be given several times.")
    var host: [String] = ["localhost", "127.0.0.1"]
    @Option(help: "The address to listen on.")
    var listen = "127.0.0.1"
    @Option(help: "The port for hospitals' nodes (mutual TLS).")
    var nodesPort = 7443
    @Option(help: "The port for people and for nodes that enrol (TLS).")
    var peoplePort = 7444
    @Option(help: "The sign-in name of the first administrator.")
    var admin = "admin"
    @Option(help: "A file with the administrator's password (- for standard input). Without it one is generated into a file.")
    var passwordFile: String?

    func validate() throws {
        guard nameEn != nil || nameKo != nil else { throw ValidationError("Give --name-en, --name-ko or both.") }
        guard (1...65_535).contains(nodesPort), (1...65_535).contains(peoplePort) else {
            throw ValidationError("A port lies between 1 and 65535.")
        }
    }

    func run() async throws {
        try await Failure.reported {
            let directory = state.directory
            let password = try passwordFile.map(Passwords.read) ?? Passwords.generate()
            let configuration = CoordinatorConfiguration(
                consortiumID: consortiumId, consortiumName: BilingualText(ko: nameKo, en: nameEn),
                nodes: .init(host: listen, port: nodesPort), people: .init(host: listen, port: peoplePort), hosts: host)
            let made = try await InitialiseCoordinator(directory: directory, configuration: configuration)
                .run(administrator: admin, password: password, by: Operator.actor)
            Console.note("Made a coordinator in \(directory.path).")
            if passwordFile == nil {
                let file = directory.path + "/initial-password"
                try Passwords.write(password, to: file)
                Console.note("The password of \(made.administrator.login) is in \(file); read it, change it, delete the file.")
            }
            Console.note("Hospitals compare this fingerprint of the consortium's CA by telephone:")
            Console.print(Fingerprint.grouped(made.authorityFingerprint))
        }
    }
}

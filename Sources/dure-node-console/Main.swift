import ArgumentParser
import Foundation
import NodeAgent
import NodeConsole

/// The desk in a browser. A program of its own, so that the node's daemon stays without a server.
@main
struct DureNodeConsole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dure-node-console",
        abstract: "The hospital's desk in a browser of this machine: requests, exactly what would leave, policy, log, stop.",
        discussion: """
            Runs while you let it run, and decides as you: the user who signed in to this machine. It listens on 127.0.0.1 or on a \
            Unix socket, never elsewhere. The browser asks for the token that is printed at the start. From another machine, use \
            SSH: ssh -L 8080:127.0.0.1:PORT host

            Example: sudo dure-node-console --port 8080
            """,
        version: NodeSoftware.version)

    @Option(help: "node.yaml.") var config = "/etc/dure-node/node.yaml"
    @Option(help: "policy.yaml (default: beside node.yaml).") var policy: String?
    @Option(help: "The state directory.") var state = "/var/lib/dure-node"
    @Option(help: "The port of 127.0.0.1; 0 for any that is free.") var port = 0
    @Option(help: "A Unix socket instead of a port.") var socket: String?
    @Option(help: "Language at the beginning: ko or en.") var lang = "ko"

    func run() async throws {
        let person = Operator.current()
        do {
            try Operator.becomeOwner(of: state)
        } catch {
            throw ValidationError("\(error.message) \(error.advice)")
        }
        let folder = (config as NSString).deletingLastPathComponent
        let desk = ConsoleDesk(
            configurationFile: config, policyFile: policy ?? (folder.isEmpty ? "policy.yaml" : "\(folder)/policy.yaml"),
            stateDirectory: state, person: person)
        let place = socket.map(ConsoleService.Place.socket(path:)) ?? .loopback(port: port)
        let service = ConsoleService(desk, at: place, korean: lang == "ko")
        let token = service.token
        try await service.run { address in
            FileHandle.standardError.write(Data("\(address)  token: \(token)\n".utf8))
        }
    }
}

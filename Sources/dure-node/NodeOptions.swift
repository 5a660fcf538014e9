import ArgumentParser
import Foundation
import NodeAgent

/// Where a node's files are. The service manager says it with `CONFIGURATION_DIRECTORY` and `STATE_DIRECTORY`.
struct NodeOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("node.yaml (default: in $CONFIGURATION_DIRECTORY, or /etc/dure-node, or here).", valueName: "file"))
    var config: String?

    @Option(name: .long, help: ArgumentHelp("policy.yaml (default: beside node.yaml).", valueName: "file"))
    var policy: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The state directory (default: $STATE_DIRECTORY, or /var/lib/dure-node, or ./state).", valueName: "folder"))
    var state: String?

    @Option(name: .long, help: ArgumentHelp("Language of words: ko or en (default: from LANG).", valueName: "language"))
    var lang: Language?

    private func environment(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0.split(separator: ":").first.map(String.init) }
    }

    var configurationFile: String {
        if let config { return config }
        if let folder = environment("CONFIGURATION_DIRECTORY") { return "\(folder)/node.yaml" }
        let installed = "/etc/dure-node/node.yaml"
        return FileManager.default.fileExists(atPath: installed) ? installed : "node.yaml"
    }

    var policyFile: String {
        if let policy { return policy }
        let folder = (configurationFile as NSString).deletingLastPathComponent
        return folder.isEmpty ? "policy.yaml" : "\(folder)/policy.yaml"
    }

    var stateDirectory: String {
        if let state { return state }
        if let folder = environment("STATE_DIRECTORY") { return folder }
        let installed = "/var/lib/dure-node"
        return FileManager.default.fileExists(atPath: installed) ? installed : "state"
    }

    var language: Language { lang ?? .ofEnvironment }
}

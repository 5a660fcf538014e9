import ArgumentParser
import Foundation
import NodeAgent

/// Where a node's files are. The service manager says it with `CONFIGURATION_DIRECTORY` and `STATE_DIRECTORY`.
struct NodeOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where this machine has several nodes (dure-node@NAME.service): /etc/dure-node-NAME and /var/lib/dure-node-NAME.",
            valueName: "name"))
    var instance: String?

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

    func validate() throws {
        let isName = instance?.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") } ?? true
        guard isName, instance?.isEmpty != true else { throw ValidationError("--instance is letters, digits, - and _.") }
    }

    private func environment(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0.split(separator: ":").first.map(String.init) }
    }

    var configurationFile: String {
        if let config { return config }
        if let instance { return "/etc/dure-node-\(instance)/node.yaml" }
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
        if let instance { return "/var/lib/dure-node-\(instance)" }
        if let folder = environment("STATE_DIRECTORY") { return folder }
        let installed = "/var/lib/dure-node"
        return FileManager.default.fileExists(atPath: installed) ? installed : "state"
    }

    var language: Language { lang ?? .ofEnvironment }
}

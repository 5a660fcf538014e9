import CanonicalJSON
import Federation
import NodeAgent

/// What the console works on: the node's files, read anew for each page, and the person who started it.
public struct ConsoleDesk: Sendable {
    /// node.yaml
    public var configurationFile: String
    /// policy.yaml
    public var policyFile: String
    /// The state directory.
    public var stateDirectory: String
    /// Who decides: whoever started the console.
    public var person: Operator
    /// Instead of the node's own files, in tests.
    var make: (@Sendable () throws -> RequestDesk)?

    /// A console for a node.
    public init(configurationFile: String, policyFile: String, stateDirectory: String, person: Operator) {
        self.configurationFile = configurationFile
        self.policyFile = policyFile
        self.stateDirectory = stateDirectory
        self.person = person
    }

    var state: StateDirectory { get throws { try StateDirectory(stateDirectory) } }
    var policy: Policy { get throws { try Policy(file: policyFile) } }
    var configuration: NodeConfiguration { get throws { try NodeConfiguration(file: configurationFile) } }

    var requests: RequestDesk {
        get throws {
            if let make { return try make() }
            return RequestDesk(configuration: try configuration, policy: try policy, state: try state)
        }
    }

    func page(_ language: ConsolePage.Language) -> ConsolePage {
        let configuration = try? configuration
        let name = configuration?.name.text(language.rawValue) ?? ""
        return ConsolePage(
            language: language, hospital: name.isEmpty ? "dure-node" : name,
            hospitalID: configuration?.hospital.rawValue ?? "", person: person.words,
            isStopped: (try? StopSwitch(state).isStopped) ?? true)
    }
}

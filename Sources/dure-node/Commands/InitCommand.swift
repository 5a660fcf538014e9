import ArgumentParser
import Foundation
import NodeAgent

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write commented node.yaml and policy.yaml, and make the state directory.",
        discussion: """
            Nothing that is there already is touched. Every value in the files has a comment with its unit; what is not set \
            keeps a safe default. Edit both, then run `dure-node doctor`.

            Example:
              dure-node init --hospital KR-H-0011 --store /srv/omop/omop.sqlite \\
                --coordinator https://hub.example:7444
            """)

    @OptionGroup var options: NodeOptions

    @Option(name: .long, help: ArgumentHelp("The hospital's id in the consortium's roster.", valueName: "id"))
    var hospital: String = "KR-H-0000"

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The SQLite file of the OMOP store; for a database server edit node.yaml afterwards.", valueName: "file"))
    var store: String = "omop.sqlite"

    @Option(name: .long, help: ArgumentHelp("The coordinator's address for people, as in the invitation.", valueName: "url"))
    var coordinator: String = "https://coordinator.example.org:7444"

    @Flag(name: .long, help: "Only say what would be written.")
    var dryRun = false

    func run() throws {
        let node = ConfigurationTemplates.node(hospital: hospital, store: store, coordinator: coordinator)
        try write(node, options.configurationFile)
        try write(ConfigurationTemplates.policy, options.policyFile)
        if dryRun { return }
        let state = try StateDirectory(options.stateDirectory)
        Terminal.say(options.language("State directory: \(state.path)", "상태 디렉터리: \(state.path)"))
        Terminal.say(
            options.language(
                "Next: edit both files, then run: dure-node doctor", "다음 단계: 두 파일을 편집한 뒤 dure-node doctor 를 실행하십시오."))
    }

    private func write(_ text: String, _ path: String) throws {
        guard !FileManager.default.fileExists(atPath: path) else {
            return Terminal.say(options.language("Kept as it is: \(path)", "기존 파일 유지: \(path)"))
        }
        if dryRun { return Terminal.say(options.language("Would write: \(path)", "작성 예정: \(path)")) }
        let folder = (path as NSString).deletingLastPathComponent
        if !folder.isEmpty { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }
        try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .withoutOverwriting)
        Terminal.say(options.language("Written: \(path)", "작성: \(path)"))
    }
}

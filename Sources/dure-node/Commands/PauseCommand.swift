import ArgumentParser
import NodeAgent

struct PauseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Finish what runs and take nothing new, until `resume`.",
        discussion: "Works without the network and whether or not the daemon runs; it survives a restart.")

    @OptionGroup var options: NodeOptions

    @Option(name: .long, help: ArgumentHelp("Why, for your colleagues (stays on this machine).", valueName: "text"))
    var message: String = ""

    func run() throws {
        try StateDirectory(options.stateDirectory).pause(message)
        Terminal.say(options.language("Paused. Lift it with: dure-node resume", "일시 중지했습니다. 해제: dure-node resume"))
    }
}

struct ResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "resume", abstract: "End a pause.")

    @OptionGroup var options: NodeOptions

    func run() throws {
        let was = try StateDirectory(options.stateDirectory).resume()
        Terminal.say(
            was
                ? options.language("Answering again.", "응답을 재개합니다.")
                : options.language("The node was not paused.", "일시 중지 상태가 아니었습니다."))
    }
}

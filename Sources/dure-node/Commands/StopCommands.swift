import ArgumentParser
import Federation
import Foundation
import NodeAgent

struct StopEverythingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop-everything",
        abstract: "The kill switch: nothing more is asked for, evaluated or sent.",
        discussion: """
            Running questions are called off, answers that have no receipt are dropped, and open questions will be declined with \
            STOPPED. Needs no network and no coordinator, works whether or not the daemon runs, and survives restarts. One \
            person stops; `dure-node lift` takes two. A file named STOP in the state directory, made by anything, does the same.

            Ends when the daemon has confirmed that it stands still; a daemon that does not confirm within two seconds is killed.
            """)

    @OptionGroup var options: NodeOptions

    @Option(name: .long, help: ArgumentHelp("Why, for your colleagues (stays on this machine).", valueName: "text"))
    var reason: String

    func run() async throws {
        let state = try StateDirectory(options.stateDirectory)
        let person = Operator.current()
        let report = try await EmergencyStop(state).run(by: person, reason: reason)
        let say = options.language
        if let pid = report.killed {
            Terminal.say(
                say("The daemon did not confirm and was killed (process \(pid)).", "응답하지 않는 데몬을 강제 종료했습니다(프로세스 \(pid))."))
        }
        if let problem = report.problem {
            Terminal.say(say("The log could not be written: \(problem.message)", "감사 로그를 기록하지 못했습니다: \(problem.message)"))
        }
        guard !report.mayStillRun else {
            Terminal.say(
                say(
                    "The order is on disk, but the daemon has not confirmed it and may not be ended by this user. Run: systemctl kill -s KILL dure-node",
                    "중단 명령은 기록되었으나 데몬이 확인하지 않았고 이 사용자는 종료할 수 없습니다. 실행: systemctl kill -s KILL dure-node"))
            throw ExitCode(1)
        }
        Terminal.print(
            say(
                "Everything is stopped. Nothing has left since \(report.at).",
                "모든 처리를 중단했습니다. \(report.at) 이후 외부로 나간 자료가 없습니다."))
        Terminal.say(say("Two persons lift it, each with: dure-node lift", "해제하려면 두 사람이 각각 실행: dure-node lift"))
    }
}

struct LiftCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lift",
        abstract: "Say yes to lifting `stop-everything`; the second person's yes lifts it.",
        discussion: """
            A person is the user who signed in to this machine: sudo and runuser do not make a second one. The daemon goes on by \
            itself if it is running.

            Exit codes: 0 lifted; 8 a second person has to say yes too.
            """)

    @OptionGroup var options: NodeOptions

    func run() async throws {
        let person = Operator.current()
        try Operator.becomeOwner(of: options.stateDirectory)
        let result = try await EmergencyStop(try StateDirectory(options.stateDirectory)).lift(by: person)
        let say = options.language
        switch result {
        case .lifted: Terminal.say(say("Lifted.", "해제했습니다."))
        case .needsSecondPerson:
            Terminal.say(
                say(
                    "\(person.words) said yes. A second person has to run `dure-node lift` too; until then everything stays stopped.",
                    "\(person.words) 님이 동의했습니다. 다른 한 사람이 `dure-node lift`를 실행해야 해제됩니다."))
            throw ExitCode(8)
        }
    }
}

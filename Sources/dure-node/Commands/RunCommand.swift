import ArgumentParser
import Daemon
import Foundation
import Logging
import NodeAgent
import ServiceLifecycle
import UnixSignals

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the daemon in the foreground.",
        discussion: """
            Takes tickets from the coordinator, answers them under the policy, and sends the answers; nothing listens on any \
            port. Logs are JSON lines on standard output. SIGTERM (or Ctrl-C) finishes what runs, for at most \
            `limits.drain_seconds`; what is not finished is finished by the next start. Only one daemon works on a state \
            directory. Exit code 78 says that the configuration has to be corrected first.

            SIGHUP (`systemctl reload`) reads node.yaml and policy.yaml anew. What holds is used from the next question on; where \
            something is wrong everything stays as it is, and the log and `dure-node status` say what.
            """)

    @OptionGroup var options: NodeOptions

    @Flag(name: .long, help: "Read and check the configuration, touch no network, and end.")
    var checkConfig = false

    func run() async throws {
        if checkConfig {
            _ = try NodeConfiguration(file: options.configurationFile)
            _ = try Policy(file: options.policyFile)
            return Terminal.say(
                options.language(
                    "\(options.configurationFile) and \(options.policyFile) are well formed.",
                    "\(options.configurationFile), \(options.policyFile) 에 오류가 없습니다."))
        }
        // Until the daemon listens for it, a reload is not for it: it reads the files now anyway.
        signal(SIGHUP, SIG_IGN)
        let logger = Logger(label: "dure-node", factory: { JSONLogHandler(label: $0) })
        let service = try NodeService(
            configurationFile: options.configurationFile, policyFile: options.policyFile,
            stateDirectory: options.stateDirectory, logger: logger)
        var group = ServiceGroupConfiguration(
            services: [service, Hangups(service: service)], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(service.drainSeconds + 8)
        do {
            try await ServiceGroup(configuration: group).run()
        } catch let error as NodeError {
            logger.error(
                "the node could not run", metadata: ["code": .string(error.code.rawValue), "advice": .string(error.advice)])
            throw error
        }
    }
}

/// Turns SIGHUP into a reload.
struct Hangups: Service {
    let service: NodeService

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() { service.reload() }
    }
}

import ArgumentParser
import Coordinator
import Daemon
import Logging
import ServiceLifecycle
import UnixSignals

struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve nodes and people until told to stop.",
        discussion: """
            Runs in the foreground and writes one JSON object a line to standard error. SIGTERM and SIGINT end it cleanly. A kill \
            at any moment loses nothing: what was answered for is on the disk.

            Example:
              dure-coordinator run --state-dir /var/lib/dure-coordinator
              dure-coordinator run --check
            """)

    @OptionGroup var state: StateOptions
    @Flag(help: "Only read the configuration, keys and state, say what is wrong, and end.")
    var check = false

    func run() async throws {
        try await Failure.reported {
            let office = try state.office()
            try await office.check()
            if check {
                Console.note("\(state.directory.configurationFile) is in order.")
                return
            }
            let level = Logger.Level(rawValue: office.configuration.logLevel) ?? .info
            let logger = Logger(label: CoordinatorRoom.name) { JSONLogHandler(label: $0, level: level) }
            let service = try CoordinatorService(office, logger: logger)
            let group = ServiceGroup(
                configuration: .init(
                    services: [.init(service: service)], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
            do {
                try await group.run()
            } catch let error as CoordinatorError {
                throw error
            } catch {
                throw CoordinatorError(
                    .unavailable, "The coordinator could not go on: \(error)",
                    advice: "Is a port taken, or the address not this machine's?")
            }
        }
    }
}

import ArgumentParser
import Coordinator

struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copy the state into one new file while the coordinator runs.",
        discussion: """
            The copy is consistent and holds no key. Keep coordinator.yaml and the folder keys/ as well, in a safe: without them \
            the state alone enrols nobody and signs nothing.

            Example:
              dure-coordinator backup /backup/coordinator-2026-11-22.sqlite
            """)
    @OptionGroup var state: StateOptions
    @Argument(help: "The new file.", completion: .file()) var file: String

    func run() async throws {
        try await Failure.reported { try await state.office().backUp(to: file, by: Operator.actor) }
    }
}

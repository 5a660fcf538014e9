import ArgumentParser
import CanonicalJSON
import Federation
import NodeAgent

struct TotalsEntryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "totals-entry",
        abstract: "Print this hospital's entry for consortium totals that are opened without a guardian.",
        discussion: """
            Public keys only. The coordinator's operator puts the entry into a totals roster; the two officers compare the \
            fingerprints with you by telephone before they sign it. It changes when this node is enrolled anew.

            Example:
              dure-node totals-entry > KR-H-0009.json
            """)

    @OptionGroup var options: NodeOptions

    func run() throws {
        let entry = try TotalsEntry.make(in: try StateDirectory(options.stateDirectory))
        Terminal.say("Signing key  \(entry.key.fingerprint)")
        if let sealing = entry.sealingKey { Terminal.say("Sealing key  \(sealing.fingerprint)") }
        Terminal.print(entry.json.text(indent: 2))
    }
}

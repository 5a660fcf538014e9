import ArgumentParser
import CanonicalJSON
import Client
import Federation
import Foundation

struct TotalsCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "totals",
        abstract: "For the two officers who sign who takes part in consortium totals.",
        subcommands: [TotalsOfficerKey.self, TotalsSign.self])
}

struct TotalsOfficerKey: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "officer-key",
        abstract: "Make an officer's key.",
        discussion: """
            The public key that is printed goes into each hospital's policy.yaml (totals.officers) and to the guardian; compare it \
            by telephone. The file stays with the officer.
            """)
    @Option(name: .customLong("to"), help: "The file to make.", completion: .file())
    var file: String
    @OptionGroup var options: CommonOptions

    func run() throws {
        let key = try OfficerKey(makingFile: file)
        options.say(
            options.language.choose(
                "Fingerprint \(key.signing.verificationKey.fingerprint)", "지문값 \(key.signing.verificationKey.fingerprint)"))
        options.console.data(key.publicText)
    }
}

struct TotalsSign: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Add an officer's signature to a totals roster.",
        discussion: """
            FILE is what dure-coordinator totals draft printed, or what another officer has signed. Before signing, compare each \
            hospital's key and the guardian's keys with those that the hospitals and the guardian tell you.

            Example:
              dure totals sign roster.json --key officer-1.key --to roster.signed.json
            """)
    @Argument(help: "The roster.", completion: .file(extensions: ["json"]))
    var file: String
    @Option(help: "The officer's key file.", completion: .file())
    var key: String
    @Option(name: .customLong("to"), help: "The file to write; standard output where absent.", completion: .file())
    var output: String?
    @OptionGroup var options: CommonOptions

    func run() throws {
        let bytes = try InputFile.bytes(file)
        let json: JSONValue
        do throws(JSONError) {
            json = try JSONValue(parsing: bytes)
        } catch {
            throw ClientError(error)
        }
        let cosigned = try OfficerKey(file: key).sign(json)
        show(try cosigned.content())
        let text = cosigned.json.text(indent: 2) + "\n"
        guard let output else { return options.console.raw(text) }
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: output), options: .atomic)
        } catch {
            throw ClientError(
                .badInput, code: "FILE_UNWRITABLE", "\(output) cannot be written.", advice: "Check the path and its rights.")
        }
    }

    private func show(_ roster: TotalsRoster) {
        let language = options.language
        options.say(
            language.choose(
                "\(roster.consortium), version \(roster.version): totals of at least \(roster.minimum) hospitals",
                "\(roster.consortium) \(roster.version)판: 최소 \(roster.minimum)개 기관 합산"))
        let sealing = language.choose("sealing key", "봉인 키")
        for member in roster.members {
            options.say("  \(member.hospital)  \(member.key.fingerprint)")
            if let key = member.sealingKey { options.say("    \(sealing)  \(key.fingerprint)") }
        }
        guard let guardian = roster.guardian else {
            return options.say(
                language.choose(
                    "No guardian: at least \(roster.fewest) of these hospitals are in a total and open it together",
                    "개봉 기관 없음: 최소 \(roster.fewest)개 병원이 참여하여 공동으로 개봉"))
        }
        options.say("  \(guardian.id)  \(guardian.key.fingerprint)")
        options.say("  \(sealing)  \(guardian.sealingKey.fingerprint)")
    }
}

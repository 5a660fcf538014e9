import ArgumentParser
import CanonicalJSON
import Coordinator
import Federation

struct EnrolCode: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enrol-code",
        abstract: "Make a one-time code with which a hospital's node enrols.",
        discussion: """
            The code is bound to one hospital, works once, and carries the fingerprint of the consortium's CA, so that the node's \
            first connection is already authenticated. Earlier unused codes of the hospital end. Give it to the hospital over \
            another way than the network: by telephone or on paper.

            Example:
              dure-coordinator enrol-code --hospital KR-H-0012 --valid-hours 24
            """)

    @OptionGroup var state: StateOptions
    @OptionGroup var format: OutputOptions
    @Option(help: "The hospital, as the roster lists it (KR-H-0012).")
    var hospital: HospitalID
    @Option(help: "For how many hours the code works.")
    var validHours = 72

    func run() async throws {
        try await Failure.reported(as: format.output) {
            let made = try await state.office().enrolment.makeCode(
                for: hospital, seconds: Int64(validHours) * 3_600, by: Operator.actor)
            if format.output == .table {
                Console.note("For \(hospital), until \(made.expires), once:")
                Console.print(made.code.text)
                return
            }
            Listing(columns: ["hospital", "code", "expires"], rows: [[hospital.rawValue, made.code.text, "\(made.expires)"]])
                .print(
                    format.output,
                    json: ["hospital": hospital.json, "code": .string(made.code.text), "expires": made.expires.json])
        }
    }
}

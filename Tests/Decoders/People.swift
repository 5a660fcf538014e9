import CanonicalJSON
import Client
import Federation
import Foundation

extension Decoder {
    private static var sample: Sample { get throws { try Sample.shared.get() } }

    /// What people's programs are told by the coordinator, and what they keep.
    static let people: [Decoder] = [
        message("sign-in", SignInRequest.self) { [SignInRequest(user: "kim", password: "한글 1")] },
        message("session", SessionGrant.self) {
            let person = PersonSummary(user: "kim", role: "researcher", displayName: "Kim")
            return [SessionGrant(token: "t", expires: try sample.now, person: person)]
        },
        message("query summary", QuerySummary.self) {
            [
                QuerySummary(
                    query: QueryID(unchecked: "Q-0000-0001"), questionHash: Digest256(of: [1]), title: BilingualText(en: "t"),
                    project: ProjectID(unchecked: "P-0042"), askedBy: "kim", created: try sample.now, status: .running, asked: 4,
                    answered: 1)
            ]
        },
        message("node summary", NodeSummary.self) {
            [
                NodeSummary(
                    node: try sample.hospital, name: BilingualText(en: "h"), standing: .online, lastContact: try sample.now,
                    lastAnswer: nil, health: nil)
            ]
        },
        message("project summary", ProjectSummary.self) {
            [
                ProjectSummary(
                    statement: try sample.project, hospitals: [try sample.hospital], modes: [.named, .secureTotal],
                    until: CalendarDay(dayNumber: 20_000), state: "active")
            ]
        },
        message("problem", Problem.self) {
            [Problem(status: 409, code: "PURPOSE_SCOPE", title: "t", detail: "d", pointer: "/cohort", advice: "a")]
        },
        message("export", ResultExport.self) {
            let (sample, peers) = (try Sample.shared.get(), try PeerSample.shared.get())
            let answer = try SignedDocument(
                signing: try sample.answer(.answered(sample.disclosed)), with: sample.nodeKeys.signing)
            let evidence = ResultExport.Evidence(
                node: sample.hospital, nodeKey: sample.nodeKeys.signing.verificationKey,
                ticket: try sample.signed(try sample.ticket()), answer: answer)
            return [
                ResultExport(
                    result: try sample.result(), coordinatorKey: sample.coordinator.verificationKey, evidence: [evidence],
                    exported: sample.now, total: .init(request: peers.request, opening: peers.agreements[0]))
            ]
        } use: { export in
            // Signed anew, as the coordinator that means harm would: what is in it is looked at, not only its signature.
            guard let sample = try? Sample.shared.get() else { return }
            var own = export
            own.coordinatorKey = sample.coordinator.verificationKey
            guard let document = try? sample.signed(own) else { return }
            _ = try? ExportVerifier().verify(document)
        },
        message("profile.json", ClientProfile.self) {
            [ClientProfile(coordinator: "https://localhost:7444", authority: "pem", user: "kim")]
        },
        Decoder("officer's key") {
            [Array((Hex.encode(SigningKey().seed) + "\n").utf8)]
        } read: { bytes in
            ScratchFile.with(bytes) { path in
                guard let key = try? OfficerKey(file: path) else { return }
                _ = key.publicText
            }
        },
    ]
}

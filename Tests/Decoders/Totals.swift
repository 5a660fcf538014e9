import CanonicalJSON
import Disclosure
import Federation

extension Decoder {
    private static var peers: PeerSample { get throws { try PeerSample.shared.get() } }

    /// Totals that the hospitals open together, without a guardian.
    static let totals: [Decoder] = [
        message("agreement", Agreement.self) {
            try peers.agreements.map { try Agreement(from: JSONReader($0.payload)) }
        },
        message("reveal request", RevealRequest.self) {
            [try peers.asked]
        } use: { asked in
            guard let peers = try? PeerSample.shared.get(), let sample = try? Sample.shared.get(),
                let answer = peers.answers.first, let roster = try? peers.cosigned.content(),
                let document = try? sample.signed(asked)
            else { return }
            // As its coordinator would sign it: whatever a hospital is asked, it gives its shares or refuses.
            let member = PeerMember(
                asked.audience, roster: roster, subject: peers.subject, share: answer.share,
                coordinatorKey: sample.coordinator.verificationKey)
            let memory = PeerMember.Memory(agreed: asked.request.digest)
            _ = try? member.decide(asked.request, memory)
            _ = try? member.reveal(document, memory, sealing: sample.sealing)
        },
        message("reveal", Reveal.self) {
            try peers.reveals
        } use: { reveal in
            guard let peers = try? PeerSample.shared.get(),
                let document = try? SignedDocument(signing: reveal, with: SigningKey())
            else { return }
            _ = try? peers.total([document])
        },
        message("peer opening", PeerOpening.self) {
            let (peers, sample) = (try PeerSample.shared.get(), try Sample.shared.get())
            return [
                PeerOpening(
                    query: peers.subject.query, request: peers.request.digest, agreements: peers.agreements,
                    reveals: try peers.reveals.map(sample.signed)),
                PeerOpening(
                    query: peers.subject.query, request: peers.request.digest, agreements: [], reveals: [], refused: .tooFew),
            ]
        } use: { opening in
            guard let peers = try? PeerSample.shared.get(), let roster = try? peers.cosigned.content() else { return }
            let answers = peers.answers.compactMap { answer in
                (try? TotalShare(from: JSONReader(answer.share.payload))).map { (answer: answer, share: $0) }
            }
            _ = try? TotalOpener.answer(
                answers, opening: opening, request: peers.request, subject: peers.subject, roster: roster)
        },
        message("sealed package", SealedPackage.self) { try peers.answers.flatMap(\.packages) },
        message("peer answer", MaskedAnswer.self) {
            [try peers.answers[0]]
        } use: { answer in
            guard let sample = try? Sample.shared.get(), let peers = try? PeerSample.shared.get(),
                var ticket = try? sample.ticket(.secureTotal)
            else { return }
            ticket.audience = HospitalID(unchecked: "KR-H-0001")
            ticket.total = peers.cosigned
            _ = try? answer.checked(for: ticket, by: sample.coordinator.verificationKey)
        },
        message("peer share", TotalShare.self) { try peers.answers.map { try TotalShare(from: JSONReader($0.share.payload)) } },
        message("total", SecureTotal.self) {
            let guardian = GuardianID(unchecked: "G-PNUH")
            return [
                SecureTotal(state: .gathering, minimum: 5, guardian: guardian, hospitals: 2),
                SecureTotal(state: .closed, minimum: 5, guardian: nil, hospitals: 2, code: .tooFew),
            ]
        },
    ]
}

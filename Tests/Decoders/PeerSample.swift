import CanonicalJSON
import Disclosure
import Federation

/// Three hospitals that open a total together, without a guardian: one message of every kind that this takes.
struct PeerSample {
    static let shared = Result { try PeerSample(Sample.shared.get()) }

    let cosigned: CosignedRoster
    let answers: [MaskedAnswer]
    let request: SignedDocument
    let agreements: [SignedDocument]
    let reveals: [Reveal]
    let asked: RevealRequest
    let subject: TotalSubject

    private init(_ sample: Sample) throws {
        let hospitals = (1...3).map { HospitalID(unchecked: "KR-H-000\($0)") }
        let keys = hospitals.map { _ in SigningKey() }
        let roster = TotalsRoster(
            consortium: "C-PNUH", version: 1, issued: sample.now, minimum: 3, isWrittenMinimum: true,
            members: try zip(hospitals, keys).map {
                .init(hospital: $0, key: $1.verificationKey, sealingKey: try SealingKey(of: $1).sealingKey)
            }, guardian: nil)
        var cosigned = try CosignedRoster(roster, signedBy: sample.officers[0])
        try cosigned.sign(with: sample.officers[1])
        let subject = TotalSubject(
            query: QueryID(unchecked: "Q-0000-0001"), questionHash: try sample.question().digest, cohort: Digest256(of: [2]),
            roster: roster.digest)
        let layout = try TotalLayout(steps: ["a"], dimensions: [])
        let answers = try zip(hospitals, keys).map { hospital, key in
            var ticket = try sample.ticket(.secureTotal)
            ticket.audience = hospital
            return try MaskedAnswer(
                MaskedVector([15, 11]), layout: layout, subject: subject, ticket: ticket,
                terms: ShareTerms(threshold: 11, roundTo: 5), peers: roster, signing: key, sealing: try SealingKey(of: key))
        }
        let request = try sample.signed(
            OpeningRequest(subject: subject, roster: cosigned, shares: answers.map(\.share)))
        let members = zip(hospitals, answers).map {
            PeerMember($0, roster: roster, subject: subject, share: $1.share, coordinatorKey: sample.coordinator.verificationKey)
        }
        let memory = PeerMember.Memory(agreed: request.digest)
        let agreements = try zip(members, keys).map { member, key in
            guard case .agree(let word) = try member.decide(request, PeerMember.Memory()) else { throw NoAgreement() }
            return try SignedDocument(signing: word, with: key)
        }
        let requests = hospitals.map { hospital in
            RevealRequest(
                audience: hospital, request: request, agreements: agreements,
                packages: answers.flatMap { $0.packages.filter { $0.to == hospital } })
        }
        self.cosigned = cosigned
        self.answers = answers
        self.request = request
        self.agreements = agreements
        self.subject = subject
        asked = requests[0]
        reveals = try zip(zip(members, keys), requests).map { pair, asked in
            try pair.0.reveal(try sample.signed(asked), memory, sealing: try SealingKey(of: pair.1))
        }
    }

    private struct NoAgreement: Error {}

    /// A total put together from what hospitals revealed.
    func total(_ reveals: [SignedDocument]) throws -> TotalAnswer {
        let opening = PeerOpening(
            query: subject.query, request: request.digest, agreements: agreements, reveals: reveals)
        return try TotalOpener.answer(
            answers.map { (answer: $0, share: try TotalShare(from: JSONReader($0.share.payload))) }, opening: opening,
            request: request, subject: subject, roster: try cosigned.content())
    }
}

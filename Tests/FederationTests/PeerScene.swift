import CanonicalJSON
import Cohorts
import Disclosure
import Testing

@testable import Federation

/// A consortium on paper that opens its totals without a guardian: hospitals with keys and memories, two officers, and a coordinator
/// that says what the test wants it to say. No network, no store, no clock.
final class PeerScene {
    let coordinator = SigningKey()
    let keys: [HospitalID: SigningKey]
    let cosigned: CosignedRoster
    let roster: TotalsRoster
    /// To which request each hospital agreed, by total.
    var agreed: [HospitalID: [Digest256: Digest256]] = [:]
    /// To which sets each hospital agreed, by cohort.
    var sets: [HospitalID: [Digest256: [Set<String>]]] = [:]

    init(hospitals: Int, minimum: Int = 5) throws {
        keys = Dictionary(
            uniqueKeysWithValues: (1...hospitals).map { (HospitalID(unchecked: "KR-H-000\($0)"), SigningKey()) })
        roster = TotalsRoster(
            consortium: "C-TEST", version: 1, issued: Timestamp(1_900_000_000), minimum: minimum, isWrittenMinimum: minimum < 5,
            members: try keys.map {
                .init(hospital: $0.key, key: $0.value.verificationKey, sealingKey: try SealingKey(of: $0.value).sealingKey)
            }, guardian: nil)
        var cosigned = try CosignedRoster(roster, signedBy: SigningKey())
        try cosigned.sign(with: SigningKey())
        self.cosigned = cosigned
    }

    var hospitals: [HospitalID] { keys.keys.sorted() }

    func ticket(_ hospital: HospitalID, query: String = "Q-0000-0001", changed: Bool = false) throws -> QueryTicket {
        let file = try ProtocolVectors.load("signed-documents.json")
        var ticket = try #require(try file.required("documents").array().first).required("payload").decode(QueryTicket.self)
        ticket.query = QueryID(unchecked: query)
        ticket.audience = hospital
        ticket.mode = .secureTotal
        ticket.total = cosigned
        if changed {
            ticket.question.attrition.toggle()
            ticket.questionHash = ticket.question.digest
        }
        return ticket
    }

    /// One hospital's masked answer.
    func answer(
        _ hospital: HospitalID, _ shares: [UInt64], query: String = "Q-0000-0001", changed: Bool = false
    ) throws -> MaskedAnswer {
        let ticket = try ticket(hospital, query: query, changed: changed)
        let key = try #require(keys[hospital])
        return try MaskedAnswer(
            MaskedVector(shares), layout: try TotalLayout(steps: (1..<shares.count).map { "step \($0)" }, dimensions: []),
            subject: try #require(try ticket.totalSubject()), ticket: ticket, terms: ShareTerms(threshold: 11, roundTo: 5),
            peers: roster, signing: key, sealing: try SealingKey(of: key))
    }

    /// The coordinator fixes a set: these answers.
    func request(_ answers: [MaskedAnswer], query: String = "Q-0000-0001", changed: Bool = false) throws -> SignedDocument {
        let subject = try #require(try ticket(hospitals[0], query: query, changed: changed).totalSubject())
        return try SignedDocument(
            signing: OpeningRequest(subject: subject, roster: cosigned, shares: answers.map(\.share)), with: coordinator)
    }

    func member(
        _ hospital: HospitalID, _ answer: MaskedAnswer, query: String = "Q-0000-0001", changed: Bool = false
    ) throws -> PeerMember {
        PeerMember(
            hospital, roster: roster, subject: try #require(try ticket(hospital, query: query, changed: changed).totalSubject()),
            share: answer.share, coordinatorKey: coordinator.verificationKey)
    }

    /// Asks a hospital to agree; it remembers what it says.
    func agree(
        _ hospital: HospitalID, _ answer: MaskedAnswer, to request: SignedDocument, query: String = "Q-0000-0001",
        changed: Bool = false
    ) throws -> Agreement? {
        let member = try member(hospital, answer, query: query, changed: changed)
        let known = sets[hospital]?[member.subject.cohort] ?? []
        let memory = PeerMember.Memory(agreed: agreed[hospital]?[member.subject.digest], sets: known)
        switch try member.decide(request, memory) {
        case .again: return nil
        case .refuse(let word): return word
        case .agree(let word):
            agreed[hospital, default: [:]][member.subject.digest] = request.digest
            sets[hospital, default: [:]][member.subject.cohort] = known + [Set(word.hospitals.map(\.rawValue))]
            return word
        }
    }

    func signed(_ word: Agreement) throws -> SignedDocument {
        try SignedDocument(signing: word, with: try #require(keys[word.node]))
    }

    /// Asks a hospital for its shares, showing it these agreements.
    func reveal(
        _ hospital: HospitalID, _ answers: [MaskedAnswer], _ request: SignedDocument, _ agreements: [SignedDocument],
        own: MaskedAnswer? = nil
    ) throws -> SignedDocument {
        let own = try own ?? #require(answers.first { $0.packages.first?.from == hospital })
        let member = try member(hospital, own)
        let asked = RevealRequest(
            audience: hospital, request: request, agreements: agreements,
            packages: answers.flatMap { $0.packages.filter { $0.to == hospital } })
        let memory = PeerMember.Memory(agreed: agreed[hospital]?[member.subject.digest])
        let key = try #require(keys[hospital])
        return try SignedDocument(
            signing: try member.reveal(
                try SignedDocument(signing: asked, with: coordinator), memory, sealing: try SealingKey(of: key)), with: key)
    }

    /// The total that the coordinator works out.
    func total(
        _ answers: [MaskedAnswer], _ request: SignedDocument, _ agreements: [SignedDocument], _ reveals: [SignedDocument]
    ) throws -> TotalAnswer {
        let pairs = try answers.map { (answer: $0, share: try TotalShare(from: JSONReader($0.share.payload))) }
        let opening = PeerOpening(
            query: QueryID(unchecked: "Q-0000-0001"), request: request.digest, agreements: agreements, reveals: reveals)
        return try TotalOpener.answer(
            pairs, opening: opening, request: request, subject: try #require(try ticket(hospitals[0]).totalSubject()),
            roster: roster)
    }
}

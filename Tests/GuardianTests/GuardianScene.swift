import CanonicalJSON
import Cohorts
@_spi(Hospital) import Disclosure
import Federation
import Foundation
import Testing

@testable import Guardian

/// A consortium on paper: hospitals with keys, officers, a guardian in a folder of its own, and the coordinator's key.
struct GuardianScene {
    let folder: GuardianFolder
    let coordinator = SigningKey()
    let officers = [SigningKey(), SigningKey()]
    let nodes: [HospitalID: SigningKey]
    let now = Timestamp(1_900_000_000)

    init(hospitals: Int = 8) throws {
        folder = GuardianFolder(path: NSTemporaryDirectory() + "dure-guardian-" + UUID().uuidString)
        nodes = Dictionary(
            uniqueKeysWithValues: (1...hospitals).map { (HospitalID(unchecked: "KR-H-000\($0)"), SigningKey()) })
        try folder.make(
            GuardianConfiguration(
                id: GuardianID(unchecked: "G-TEST"), coordinatorURL: "https://localhost:1", authority: "",
                coordinatorKey: coordinator.verificationKey, officers: officers.map(\.verificationKey)))
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder.path) }

    func desk() throws -> OpeningDesk { try OpeningDesk(folder) { [now] in now } }

    var hospitals: [HospitalID] { nodes.keys.sorted() }

    func roster(version: Int = 1, minimum: Int = 5, signedBy signers: [SigningKey]? = nil) throws -> CosignedRoster {
        let roster = TotalsRoster(
            consortium: "C-TEST", version: version, issued: now, minimum: minimum, isWrittenMinimum: minimum < 5,
            members: nodes.map { .init(hospital: $0.key, key: $0.value.verificationKey) }, guardian: try folder.entry())
        let signers = signers ?? officers
        var cosigned = try CosignedRoster(roster, signedBy: signers[0])
        for signer in signers.dropFirst() { try cosigned.sign(with: signer) }
        return cosigned
    }

    static func question(_ text: String = "{}", isDistinct: Bool = false) throws -> FeasibilityQuestion {
        let cohort = """
            {"ConceptSets": [], "PrimaryCriteria": {"CriteriaList": [{"VisitOccurrence": {}}], "ObservationWindow": \
            {"PriorDays": 0, "PostDays": 0}, "PrimaryCriteriaLimit": {"Type": "First"}}, "InclusionRules": [], \
            "CensoringCriteria": [], "CollapseSettings": {"CollapseType": "ERA", "EraPad": \(text == "{}" ? 0 : 1)}, "CensorWindow": {}}
            """
        var question = try FeasibilityQuestion(
            parsing: Data("{\"schema\": \"dure.question/1\", \"cohort\": \(cohort), \"outputs\": {\"attrition\": false}}".utf8))
        question.distinct = isDistinct
        return question
    }

    /// One hospital's masked answer to `query`, with the ticket that it answers.
    func answer(
        _ hospital: HospitalID, _ shares: [UInt64], query: String = "Q-0000-0001", roster: CosignedRoster,
        question: FeasibilityQuestion? = nil, ticket number: Int = 1,
        distinct: MaskedAnswer.PlainSketch? = nil
    ) throws -> (answer: MaskedAnswer, ticket: QueryTicket) {
        let ticket = QueryTicket(
            id: TicketID(unchecked: "T-0000-0000-0000-0000-000\(number)"), query: QueryID(unchecked: query), audience: hospital,
            issued: now, expires: now.adding(3_600),
            project: ProjectStatement(
                id: ProjectID(unchecked: "P-1"), title: BilingualText(en: "t"), purpose: "p", purposeClass: .publicHealth,
                organisation: "ORG-1"),
            requesterRole: "researcher", question: try question ?? Self.question(isDistinct: distinct != nil), mode: .secureTotal,
            roster: Digest256(of: []), total: roster)
        let subject = try #require(try ticket.totalSubject())
        let layout = try TotalLayout(steps: (1..<shares.count).map { "step \($0)" }, dimensions: [])
        return (
            try MaskedAnswer(
                MaskedVector(shares), layout: layout, subject: subject, ticket: ticket,
                terms: ShareTerms(threshold: 11, roundTo: 5), guardian: try #require(try roster.content().guardian),
                distinct: distinct, signing: try #require(nodes[hospital])), ticket
        )
    }

    /// The coordinator's request over these answers.
    func request(
        _ answers: [(answer: MaskedAnswer, ticket: QueryTicket)], roster: CosignedRoster, signedBy key: SigningKey? = nil
    ) throws -> SignedDocument {
        let subject = try #require(try answers.first?.ticket.totalSubject())
        return try SignedDocument(
            signing: OpeningRequest(subject: subject, roster: roster, shares: answers.map(\.answer.share)),
            with: key ?? coordinator)
    }

    func opening(_ document: SignedDocument) throws -> Opening {
        try document.verified(as: Opening.self, by: try folder.entry().key)
    }
}

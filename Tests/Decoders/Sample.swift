import CanonicalJSON
import Cohorts
@_spi(Hospital) import Disclosure
import Federation

/// A consortium on paper, from which every kind of message is made.
struct Sample {
    static let shared = Result { try Sample() }

    // The same keys each time: an input that was kept is still signed by the sample's coordinator.
    let coordinator: SigningKey
    let nodeKeys = NodeKeys()
    let officers: [SigningKey]
    let sealing: SealingKey
    let authority: ConsortiumCA
    let hospital = HospitalID(unchecked: "KR-H-0011")
    let now = Timestamp(1_795_000_000)
    let provenance = Provenance(
        store: "omop", dataRelease: "2026-10", dataThrough: "2026-09-30", cdmVersion: "5.4", vocabulary: "v5.0", semantics: "1",
        software: "dure-node", synthetic: true)

    init() throws {
        coordinator = try SigningKey(seed: Self.bytes(1))
        officers = [try SigningKey(seed: Self.bytes(2)), try SigningKey(seed: Self.bytes(3))]
        sealing = try SealingKey(seed: Self.bytes(4))
        authority = try ConsortiumCA(name: "Sample", now: now)
    }

    private static func bytes(_ byte: UInt8) -> [UInt8] { Array(repeating: byte, count: 32) }

    /// Cohort definitions with most of what a definition can hold.
    static let definitions = [
        """
        {"ConceptSets":[{"id":0,"name":"a","expression":{"items":[{"concept":{"CONCEPT_ID":201826,"CONCEPT_NAME":"x"},
        "includeDescendants":true,"isExcluded":false,"includeMapped":false}]}}],"PrimaryCriteria":{"CriteriaList":[
        {"ConditionOccurrence":{"CodesetId":0,"First":true,"Age":{"Value":18,"Extent":65,"Op":"bt"},
        "OccurrenceStartDate":{"Value":"2015-01-01","Op":"gte"}}},{"Measurement":{"CodesetId":0,"ValueAsNumber":{"Value":6.5,"Op":"gte"}}}],
        "ObservationWindow":{"PriorDays":365,"PostDays":0},"PrimaryCriteriaLimit":{"Type":"First"}},
        "QualifiedLimit":{"Type":"First"},"ExpressionLimit":{"Type":"All"},"InclusionRules":[{"name":"rule","expression":{"Type":"ANY",
        "CriteriaList":[{"Criteria":{"DrugExposure":{"CodesetId":0}},"StartWindow":{"Start":{"Days":30,"Coeff":-1},
        "End":{"Days":0,"Coeff":1},"UseIndexEnd":false,"UseEventEnd":false},"Occurrence":{"Type":2,"Count":1,"IsDistinct":false}}],
        "DemographicCriteriaList":[{"Gender":[{"CONCEPT_ID":8507}]}],"Groups":[{"Type":"ALL","CriteriaList":[],
        "DemographicCriteriaList":[],"Groups":[]}]}}],"EndStrategy":{"DateOffset":{"DateField":"StartDate","Offset":30}},
        "CensoringCriteria":[{"Death":{}}],"CollapseSettings":{"CollapseType":"ERA","EraPad":7},
        "CensorWindow":{"StartDate":"2010-01-01","EndDate":"2020-12-31"},"cdmVersionRange":">=5.0.0"}
        """,
        """
        {"ConceptSets":[],"PrimaryCriteria":{"CriteriaList":[{"VisitOccurrence":{"VisitType":[{"CONCEPT_ID":9201}]}}],
        "ObservationWindow":{"PriorDays":0,"PostDays":0},"PrimaryCriteriaLimit":{"Type":"First"}},"InclusionRules":[]}
        """,
    ].map { $0.replacing("\n", with: " ") }

    func question(_ number: Int = 0) throws -> FeasibilityQuestion {
        let outputs = #"{"attrition":true,"distinct":true,"breakdown":["sex","ageBand"]}"#
        return try FeasibilityQuestion(
            parsing: #"{"schema":"dure.question/1","cohort":\#(Self.definitions[number]),"outputs":\#(outputs)}"#)
    }

    var project: ProjectStatement {
        ProjectStatement(
            id: ProjectID(unchecked: "P-0042"), title: BilingualText(ko: "과제", en: "Project"), purpose: "A purpose",
            purposeClass: .protocolFeasibility, organisation: "ORG-0007")
    }

    func ticket(_ mode: ReleaseMode = .named) throws -> QueryTicket {
        QueryTicket(
            id: TicketID(unchecked: "T-0000-0000-0000-0000-0001"), query: QueryID(unchecked: "Q-0000-0001"), audience: hospital,
            issued: now, expires: now.adding(3_600), project: project, requesterRole: "researcher", question: try question(),
            mode: mode, wish: .init(threshold: 20, roundTo: 10), roster: Digest256(of: []),
            total: mode == .secureTotal ? try cosigned() : nil)
    }

    func signed(_ payload: some SignedPayload) throws -> SignedDocument {
        try SignedDocument(signing: payload, with: coordinator)
    }

    var disclosed: DisclosedAnswer {
        let counts: [DisclosedCount] = [
            .exact(12), .rounded(25, base: 5, low: 21, high: 29), .hidden(low: 0, high: 14, why: .small), .masked,
        ]
        return DisclosedAnswer(
            total: counts[1], attrition: counts.enumerated().map { .init(name: "step \($0)", count: $1) },
            breakdown: DisclosedBreakdown(
                dimensions: ["sex"], cells: [.init(key: ["F"], count: counts[1]), .init(key: ["*"], count: counts[2])]))
    }

    func answer(_ outcome: AnswerOutcome) throws -> NodeAnswer {
        NodeAnswer(to: try ticket(), at: now, provenance: provenance, policy: Digest256(of: [1]), outcome: outcome)
    }

    // MARK: totals

    var guardian: TotalsRoster.Guardian {
        .init(id: GuardianID(unchecked: "G-PNUH"), key: officers[0].verificationKey, sealingKey: sealing.sealingKey)
    }

    func cosigned() throws -> CosignedRoster {
        let roster = TotalsRoster(
            consortium: "C-PNUH", version: 1, issued: now, minimum: 5, isWrittenMinimum: false,
            members: [.init(hospital: hospital, key: nodeKeys.signing.verificationKey)], guardian: guardian)
        var cosigned = try CosignedRoster(roster, signedBy: officers[0])
        try cosigned.sign(with: officers[1])
        return cosigned
    }

    func subject() throws -> TotalSubject {
        TotalSubject(
            query: QueryID(unchecked: "Q-0000-0001"), questionHash: try question().digest, cohort: Digest256(of: [2]),
            roster: try cosigned().content().digest)
    }

    func masked() throws -> MaskedAnswer {
        try MaskedAnswer(
            MaskedVector([11, 0, 25]), layout: TotalLayout(steps: ["a", "b"], dimensions: []), subject: subject(),
            ticket: ticket(.secureTotal), terms: ShareTerms(threshold: 11, roundTo: 5), guardian: guardian,
            distinct: .refused(.noLinkageKey), signing: nodeKeys.signing)
    }

    // MARK: people and enrolment

    var roster: Roster {
        let member = Roster.Membership(hospital: hospital, period: .init(from: CalendarDay(dayNumber: 18_000)))
        return Roster(
            notice: "Sample", hospitals: [.init(id: hospital, name: BilingualText(en: "Hospital"))],
            consortia: [.init(id: "C-PNUH", name: BilingualText(en: "Consortium"), leads: [member], members: [member])])
    }

    func result() throws -> MergedResult {
        MergedResult(
            query: QueryID(unchecked: "Q-0000-0001"), questionHash: try question().digest, title: nil,
            project: ProjectID(unchecked: "P-0042"), mode: .named, status: .running, version: 3, created: now,
            roster: Digest256(of: []),
            rows: [
                .init(node: hospital.rawValue, name: nil, answer: disclosed, answered: now, provenance: provenance),
                .init(node: "KR-H-0012", name: nil, answer: DisclosedAnswer(total: .waiting(.queue, since: 5))),
            ])
    }

    func grant() throws -> EnrolmentGrant {
        let certificate = try authority.issueNodeCertificate(
            request: try nodeKeys.certificateRequest(commonName: hospital.rawValue), hospital: hospital, now: now)
        return EnrolmentGrant(
            node: hospital, certificate: certificate, authority: try authority.certificatePEM,
            coordinatorKey: coordinator.verificationKey, signingKey: nodeKeys.signing.verificationKey,
            nodesURL: "https://localhost:7443", expires: now.adding(86_400))
    }

    func auditLines() -> [String] {
        var chain = AuditChain()
        return (0..<3).map { number in
            chain.append(
                at: now, actor: "node:KR-H-0011", action: "answer.stored", object: "T-\(number)", outcome: "ok",
                content: number == 1 ? Digest256(of: [3]) : nil
            ).line
        }
    }
}

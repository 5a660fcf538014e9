import CanonicalJSON
import Cohorts
import Disclosure
import Federation

extension Decoder {
    private static var sample: Sample { get throws { try Sample.shared.get() } }

    /// A message that travels signed, as the document and as its payload.
    private static func signed<Payload: SignedPayload>(
        _ name: String, _ type: Payload.Type, _ seeds: @escaping @Sendable () throws -> [Payload],
        use: @escaping @Sendable (Payload) -> Void = { _ in }
    ) -> Decoder {
        message(name, type, seeds, use: use)
    }

    /// What crosses the wire.
    static let wire: [Decoder] = messages + texts

    private static let messages: [Decoder] = [
        message("signed document", SignedDocument.self) {
            [try sample.signed(try sample.ticket()), try sample.signed(try sample.grant())]
        } use: { document in
            guard let key = try? sample.coordinator.verificationKey else { return }
            _ = try? TicketVerifier(audience: HospitalID(unchecked: "KR-H-0011"), coordinatorKey: key)
                .verify(document, now: Timestamp(1_795_000_000))
            _ = try? EnrolmentRequest.verified(document)
            _ = try? EnrolmentGrant.verifiedOnFirstUse(document)
        },
        signed("ticket", QueryTicket.self) {
            [try sample.ticket(), try sample.ticket(.secureTotal)]
        } use: { ticket in
            _ = try? ticket.totalSubject()
        },
        message("delivery", TicketDelivery.self) {
            [
                TicketDelivery(
                    tickets: [try sample.signed(try sample.ticket())], cancelled: [try sample.ticket().id], leaseSeconds: 60,
                    time: try sample.now)
            ]
        },
        signed("answer", NodeAnswer.self) {
            [
                try sample.answer(.answered(try sample.disclosed)), try sample.answer(.masked(try sample.masked())),
                try sample.answer(.declined(.purposeScope, at: ["/cohort"])), try sample.answer(.failed(.timeout)),
                try sample.answer(.unavailable(.domain, detail: "x")),
            ]
        } use: { answer in
            guard let ticket = try? sample.ticket() else { return }
            if case .masked(let masked) = answer.outcome, let key = try? sample.nodeKeys.signing.verificationKey {
                _ = try? masked.checked(for: ticket, by: key)
            }
            _ = MergedAnswer([DisclosedAnswer(total: answer.outcome.total), DisclosedAnswer(total: .exact(3))])
        },
        signed("receipt", AnswerReceipt.self) {
            [AnswerReceipt(ticket: try sample.ticket().id, answer: Digest256(of: [1]), received: try sample.now)]
        },
        message("progress", NodeProgress.self) {
            [NodeProgress(ticket: try sample.ticket().id, stage: .evaluating, since: try sample.now)]
        },
        message("health", NodeHealth.self) {
            let head = AuditHead(node: try sample.hospital, point: .init(count: 3, head: Digest256(of: [1])), at: try sample.now)
            return [
                NodeHealth(
                    node: try sample.hospital, boot: BootID(unchecked: BootID.example), state: .running, software: "dure-node",
                    provenance: try sample.provenance, policy: Digest256(of: [2]), time: try sample.now, waiting: 3,
                    certificateExpires: try sample.now, auditHead: try sample.signed(head))
            ]
        },
        signed("audit head", AuditHead.self) {
            [AuditHead(node: try sample.hospital, point: .init(count: 3, head: Digest256(of: [1])), at: try sample.now)]
        },
        signed("catalogue", Catalogue.self) { [try catalogue()] },
        message("roster", Roster.self) { [try sample.roster] },
        signed("totals roster", TotalsRoster.self) {
            [try sample.cosigned().content()]
        } use: {
            _ = try? $0.admission()
        },
        message("cosigned roster", CosignedRoster.self) {
            [try sample.cosigned()]
        } use: { roster in
            _ = try? roster.verified(officers: try sample.officers.map(\.verificationKey))
        },
        signed("total share", TotalShare.self) {
            [try TotalShare(from: JSONReader(try sample.masked().share.payload))]
        } use: { share in
            _ = try? share.mask(opening: try sample.sealing)
        },
        message("masked answer", MaskedAnswer.self) {
            [try sample.masked()]
        } use: { masked in
            _ = try? TotalAnswer(masked.vector, layout: masked.layout, terms: [ShareTerms(threshold: 11, roundTo: 5)])
        },
        signed("opening request", OpeningRequest.self) {
            [OpeningRequest(subject: try sample.subject(), roster: try sample.cosigned(), shares: [try sample.masked().share])]
        } use: { request in
            guard let roster = try? request.roster.content() else { return }
            _ = try? request.checkedShares(roster)
        },
        signed("opening", Opening.self) {
            let count = TotalCount(
                distinct: try DistinctSketch(), terms: [ShareTerms(threshold: 11, roundTo: 5)])
            let outcomes: [(Opening.Outcome, DistinctTotal?)] = [
                (.opened(MaskedVector([1, 2, .max])), .counted(count)), (.opened(MaskedVector([1])), .refused(.otherKeys)),
                (.refused(.tooFew), nil),
            ]
            return try outcomes.map { outcome, distinct in
                Opening(
                    subject: try sample.subject(), request: Digest256(of: [1]), guardian: GuardianID(unchecked: "G-PNUH"),
                    hospitals: [try sample.hospital], outcome: outcome, distinct: distinct)
            }
        },
        signed("guardian poll", GuardianPoll.self) {
            [GuardianPoll(guardian: GuardianID(unchecked: "G-PNUH"), asked: try sample.now)]
        },
        message("submission", QuerySubmission.self) {
            [QuerySubmission(question: try sample.question(), project: ProjectID(unchecked: "P-0042"), answerWithin: 60)]
        },
        message("result", MergedResult.self) { [try sample.result()] },
        signed("enrolment request", EnrolmentRequest.self) {
            var random = SystemRandomNumberGenerator()
            let code = EnrolmentCode(authority: Digest256(of: [1]), using: &random)
            return [
                EnrolmentRequest(
                    code: code, certificateRequest: try sample.nodeKeys.certificateRequest(commonName: "KR-H-0011"),
                    signingKey: try sample.nodeKeys.signing.verificationKey, software: "dure-node")
            ]
        } use: { request in
            _ = request.secretDigest
            _ = try? sample.authority.issueNodeCertificate(
                request: request.certificateRequest, hospital: HospitalID(unchecked: "KR-H-0011"), now: Timestamp(1_795_000_000))
        },
        signed("renewal request", RenewalRequest.self) {
            [
                RenewalRequest(
                    node: try sample.hospital,
                    certificateRequest: try sample.nodeKeys.certificateRequest(commonName: "KR-H-0011"), asked: try sample.now)
            ]
        },
        signed("enrolment grant", EnrolmentGrant.self) {
            [try sample.grant()]
        } use: { grant in
            _ = try? CertificateFacts(pem: grant.certificate)
        },
        signed("courier bundle", CourierBundle.self) { [try bundle()] },
    ]

    private static func catalogue() throws -> Catalogue {
        let row = DisclosedCatalogue.Row(
            key: ["death", "2024"], persons: CountInterval(low: 200, high: 599), records: CountInterval(low: 1_000, high: 2_399))
        return Catalogue(
            node: try sample.hospital, issued: try sample.now, provenance: try sample.provenance, policy: Digest256(of: [2]),
            amounts: DisclosedCatalogue(rows: [row]), tables: [.init(name: "death", unmapped: .init(percent: 3), isCut: false)],
            quality: [
                .init(
                    check: "plausibleValue", category: "plausibility", table: "death", threshold: 5, state: .pass,
                    failing: .init(percent: 0.5))
            ])
    }

    static func bundle() throws -> CourierBundle {
        CourierBundle(
            id: BundleID(unchecked: BundleID.example), sender: .coordinator, recipient: .hospital(try sample.hospital),
            created: try sample.now, notAfter: try sample.now.adding(86_400), readme: .init(ko: ["안내"], en: ["Read me"]),
            documents: [try sample.signed(try sample.ticket())], cancelled: [try sample.ticket().id],
            known: AuditPoint(count: 2, head: Digest256(of: [1])))
    }

    private static let texts: [Decoder] = [
        Decoder("courier file") {
            [Array(CourierFile(try sample.signed(try bundle())).text.utf8)]
        } read: { bytes in
            guard let file = try? CourierFile(parsing: bytes) else { return }
            _ = file.pages
            _ = file.fingerprint
            _ = try? CourierBundle(from: JSONReader(file.document.payload))
        },
        Decoder("certificate") {
            [Array(try sample.grant().certificate.utf8), Array(try sample.authority.certificatePEM.utf8)]
        } read: { bytes in
            _ = try? CertificateFacts(pem: String(decoding: bytes, as: UTF8.self))
            _ = try? CertificateFacts(der: bytes)
        },
        Decoder("certificate request") {
            [Array(try sample.nodeKeys.certificateRequest(commonName: "KR-H-0011").utf8)]
        } read: { bytes in
            _ = try? sample.authority.issueNodeCertificate(
                request: String(decoding: bytes, as: UTF8.self), hospital: HospitalID(unchecked: "KR-H-0011"),
                now: Timestamp(1_795_000_000))
        },
        Decoder("audit log") {
            [Array(try sample.auditLines().joined(separator: "\n").utf8)]
        } read: { bytes in
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
            _ = try? AuditChain.verify(lines)
            _ = try? AuditComparison(lines).check(AuditPoint(count: 2, head: Digest256(of: [1])))
            for line in lines { _ = try? AuditEntry(parsing: Array(line.utf8)) }
        },
        Decoder("enrolment code") {
            var random = SystemRandomNumberGenerator()
            return [Array(EnrolmentCode(authority: Digest256(of: [1]), using: &random).text.utf8)]
        } read: { bytes in
            _ = try? EnrolmentCode(String(decoding: bytes, as: UTF8.self))
        },
    ]
}

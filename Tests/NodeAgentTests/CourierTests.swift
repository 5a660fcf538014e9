import CanonicalJSON
import Disclosure
import Federation
import Foundation
import Testing

@testable import NodeAgent

/// Questions carried in, answers carried out, with nothing of a network.
@Suite struct `The courier` {
    private let kim = Operator(uid: 2001, name: "kim")
    private let lee = Operator(uid: 2002, name: "lee")

    private func desk(_ node: TestNode) throws -> CourierDesk {
        CourierDesk(
            configuration: try Consortium.configuration(node.folder), policy: try Consortium.policy(node.policy),
            state: try node.folder.state, clock: node.consortium.clock.clock)
    }

    private func file(
        _ consortium: Consortium, _ documents: [SignedDocument], to hospital: HospitalID = Consortium.hospital,
        cancelled: [TicketID] = [], known: AuditPoint? = nil, id: BundleID? = nil, life: Int64 = 86_400
    ) throws -> [UInt8] {
        var random = SystemRandomNumberGenerator()
        let now = consortium.clock.now
        let bundle = CourierBundle(
            id: id ?? .random(using: &random), sender: .coordinator, recipient: .hospital(hospital), created: now,
            notAfter: now.adding(life), readme: .init(ko: ["한국어"], en: ["English"]), documents: documents,
            cancelled: cancelled, known: known)
        return Array(CourierFile(try SignedDocument(signing: bundle, with: consortium.coordinator)).text.utf8)
    }

    /// Runs the daemon as a courier node: any use of the network is a failure.
    private func running(_ node: TestNode, _ body: @escaping @Sendable () async throws -> Void) async throws {
        var parts = try node.parts()
        parts.configuration.transport.isCourier = true
        parts.transport = nil
        let service = try NodeService(parts)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await service.run()
                return false
            }
            group.addTask {
                try await body()
                return true
            }
            while try await group.next() == false {}
            group.cancelAll()
        }
    }

    @Test func `An answer that is carried has the bytes of the one that is sent`() async throws {
        let online = try TestNode()
        let carried = try TestNode(online.consortium)
        for name in ["node-secret"] {
            _ = try NodeSecret(in: try online.folder.state)
            try Files.write(try Files.text(online.folder.state.file(name), what: name), to: carried.folder.state.file(name))
        }
        let document = try online.consortium.signed(online.consortium.ticket(Consortium.question(243)))
        try await online.running {
            await online.coordinator.offer(document)
            try await online.coordinator.answered()
        }
        let result = try await desk(carried).take(try file(online.consortium, [document]), by: kim)
        #expect(result.tickets.count == 1 && result.refused.isEmpty)
        try await running(carried) { try await carried.settles([.answered: 1]) }
        let first = try await desk(carried).export(by: kim)
        #expect(!first.isReleased && first.approvals == 1)
        #expect(try await !desk(carried).export(first.id, by: kim).isReleased)
        let second = try await desk(carried).export(first.id, by: lee)
        #expect(second.isReleased && second.approvals == 2)
        let bundle = try CourierBundle(from: JSONReader(CourierFile(parsing: Array(second.file.text.utf8)).document.payload))
        let answer = try #require(bundle.documents(of: NodeAnswer.self).first)
        #expect(await online.coordinator.posted == [answer.bytes])
        #expect(await carried.coordinator.polls.isEmpty)
        // The receipt comes back with a later file.
        let receipt = AnswerReceipt(
            ticket: result.tickets[0], answer: answer.digest, received: online.consortium.clock.now)
        let back = try file(online.consortium, [try SignedDocument(signing: receipt, with: online.consortium.coordinator)])
        #expect(try await desk(carried).take(back, by: kim).receipts == result.tickets)
        #expect(try await carried.spool().counts() == [.sent: 1])
    }

    @Test func `A file is taken in once, and another of its name not at all`() async throws {
        let node = try TestNode()
        let ticket = try node.consortium.signed(node.consortium.ticket())
        let id = BundleID(unchecked: BundleID.example)
        let first = try file(node.consortium, [ticket], id: id)
        #expect(try await desk(node).take(first, by: kim).tickets.count == 1)
        #expect(try await desk(node).take(first, by: kim).isKnown)
        let other = try file(node.consortium, [ticket], id: id, life: 1_000)
        await #expect(throws: NodeError.self) { try await desk(node).take(other, by: kim) }
    }

    @Test func `One changed byte, another hospital, another signer or a time that is over: refused`() async throws {
        let node = try TestNode()
        let ticket = try node.consortium.signed(node.consortium.ticket())
        let good = try file(node.consortium, [ticket])
        let changed = Array(String(decoding: good, as: UTF8.self).replacingOccurrences(of: "한국어", with: "한국인").utf8)
        let foreign = try file(node.consortium, [ticket], to: HospitalID(unchecked: "KR-H-0012"))
        let forged = try file(try Consortium(node.consortium.clock), [ticket])
        for bytes in [changed, foreign, forged, Array("{}".utf8)] {
            await #expect(throws: NodeError.self) { try await desk(node).take(bytes, by: kim) }
        }
        node.consortium.clock.move(3 * 86_400)
        await #expect(throws: NodeError.self) { try await desk(node).take(good, by: kim) }
        #expect(try await desk(node).list().isEmpty)
    }

    @Test func `A coordinator that has seen more of the log than there is stops a restored backup`() async throws {
        let node = try TestNode()
        let ticket = try node.consortium.signed(node.consortium.ticket())
        _ = try await desk(node).take(try file(node.consortium, [ticket]), by: kim)
        let point = try await node.spool().auditPoint()
        _ = try await desk(node).take(try file(node.consortium, [], known: point), by: kim)
        let beyond = AuditPoint(count: point.count + 50, head: point.head)
        await #expect(throws: NodeError.self) { try await desk(node).take(try file(node.consortium, [], known: beyond), by: kim) }
        let other = AuditPoint(count: 1, head: Digest256(of: [1]))
        await #expect(throws: NodeError.self) { try await desk(node).take(try file(node.consortium, [], known: other), by: kim) }
    }

    @Test func `Enrolled by two files and a fingerprint read over the telephone`() async throws {
        let folder = try TemporaryFolder()
        let consortium = try Consortium()
        let enrolment = Enrolment(try Consortium.configuration(folder), state: try folder.state)
        var random = SystemRandomNumberGenerator()
        let code = EnrolmentCode(
            authority: try CertificateFacts(pem: consortium.authority.certificatePEM).fingerprint, using: &random)
        let request = try enrolment.exportRequest(code: code.text, clock: consortium.clock.clock)
        let asked = try CourierBundle(from: JSONReader(request.document.payload))
        let wanted = try EnrolmentRequest.verified(try #require(asked.documents.first))
        let certificate = try consortium.authority.issueNodeCertificate(
            request: wanted.certificateRequest, hospital: Consortium.hospital, now: consortium.clock.now)
        let grant = EnrolmentGrant(
            node: Consortium.hospital, certificate: certificate, authority: try consortium.authority.certificatePEM,
            coordinatorKey: consortium.coordinator.verificationKey, signingKey: wanted.signingKey,
            nodesURL: "https://coordinator.test:8444", expires: try CertificateFacts(pem: certificate).expires)
        let bytes = try file(consortium, [try SignedDocument(signing: grant, with: consortium.coordinator)])
        let fingerprint = try CourierFile(parsing: bytes).fingerprint
        #expect(throws: NodeError.self) {
            try enrolment.importGrant(bytes, fingerprint: "0000 0000 0000 0000", clock: consortium.clock.clock)
        }
        #expect(!NodeIdentity.exists(in: try folder.state))
        let summary = try enrolment.importGrant(
            bytes, fingerprint: String(fingerprint.prefix(19)), clock: consortium.clock.clock)
        #expect(summary.hospital == Consortium.hospital)
        #expect(try NodeIdentity(in: folder.state).grant == grant)
    }

    @Test func `A certificate is renewed by the files that carry answers`() async throws {
        let node = try TestNode()
        node.consortium.clock.move(80 * 86_400)
        let out = try await desk(node).export(by: kim)
        let documents = try CourierBundle(from: JSONReader(out.file.document.payload)).documents(of: RenewalRequest.self)
        let request = try #require(documents.first).verified(
            as: RenewalRequest.self, by: node.consortium.keys.signing.verificationKey)
        let before = try NodeIdentity(in: node.folder.state).certificate
        let certificate = try node.consortium.authority.issueNodeCertificate(
            request: request.certificateRequest, hospital: request.node, now: node.consortium.clock.now)
        let grant = EnrolmentGrant(
            node: request.node, certificate: certificate, authority: try node.consortium.authority.certificatePEM,
            coordinatorKey: node.consortium.coordinator.verificationKey,
            signingKey: node.consortium.keys.signing.verificationKey, nodesURL: "https://coordinator.test:8444",
            expires: try CertificateFacts(pem: certificate).expires)
        let back = try file(node.consortium, [try SignedDocument(signing: grant, with: node.consortium.coordinator)])
        #expect(try await desk(node).take(back, by: kim).hasCertificate)
        #expect(try NodeIdentity(in: node.folder.state).certificate.expires > before.expires)
    }

    @Test func `A file holds as many answers as its pages take, and the form names what two people compare`() async throws {
        var node = try TestNode()
        node.policy += "\ncourier: { approvers_needed: 1, max_pages: 3 }\n"
        let made = node
        let tickets = try (0..<4).map { try made.consortium.signed(made.consortium.ticket(Consortium.question(100 + $0))) }
        _ = try await desk(node).take(try file(node.consortium, tickets), by: kim)
        try await running(node) { try await made.settles([.answered: 4]) }
        var carried = 0
        var files = 0
        while carried < 4 {
            let out = try await desk(node).export(by: kim)
            #expect(out.isReleased && (out.tickets.count == 1 || out.file.pages <= 3))
            (carried, files) = (carried + out.tickets.count, files + 1)
            #expect(ReleaseForm(out).lines.contains { $0.contains(out.file.fingerprint) })
        }
        #expect(files > 1)
        await #expect(throws: NodeError.self) { try await desk(made).export(by: kim) }
    }

    @Test func `While everything is stopped nothing is carried either`() async throws {
        let node = try TestNode()
        try StopSwitch(try node.folder.state).stop(by: kim, reason: "x", at: node.consortium.clock.now)
        await #expect(throws: NodeError.self) { try await desk(node).export(by: kim) }
        await #expect(throws: NodeError.self) { try await desk(node).take(try file(node.consortium, []), by: kim) }
    }
}

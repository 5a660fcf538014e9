import CanonicalJSON
import FaultPoints
import Federation
import Foundation
import Outbound
import Testing

@testable import NodeAgent

/// Killed at any step, the same command goes on: enrolment, renewal, the courier.
@Suite struct `Killed at any step` {
    private let kim = Operator(uid: 2001, name: "kim")

    // MARK: enrolment

    /// A coordinator as the real one: a code works once, and the same request again gets the same grant.
    private struct OneCode: Sendable {
        let consortium: Consortium
        private let used = Locked<(request: Digest256, grant: [UInt8])?>(nil)

        init(_ consortium: Consortium) { self.consortium = consortium }

        func answer(_ request: OutboundRequest) -> OutboundResponse {
            if request.method == .get {
                return OutboundResponse(status: 200, body: Array(((try? consortium.authority.certificatePEM) ?? "").utf8))
            }
            guard let document = try? SignedDocument(parsing: request.body ?? []) else { return OutboundResponse(status: 400) }
            return used.withLock { used in
                if let used {
                    return used.request == document.digest
                        ? OutboundResponse(status: 201, body: used.grant)
                        : OutboundResponse(status: 410, body: Array(#"{"code":"ENROLMENT_CODE_INVALID"}"#.utf8))
                }
                guard let grant = try? CrashGrants.enrolment(document, consortium) else { return OutboundResponse(status: 400) }
                used = (document.digest, grant.bytes)
                return OutboundResponse(status: 201, body: grant.bytes)
            }
        }
    }

    private func code(_ consortium: Consortium) throws -> EnrolmentCode {
        var random = SystemRandomNumberGenerator()
        return EnrolmentCode(authority: try consortium.authority.fingerprint, using: &random)
    }

    @Test func `An enrolment goes on with the same code, although the code works once`() async throws {
        let (folder, consortium) = (try TemporaryFolder(), try Consortium())
        let (code, coordinator) = (try code(consortium), OneCode(consortium))
        let configuration = try Consortium.configuration(folder)
        func enrol(_ state: StateDirectory) async throws -> Enrolment.Summary {
            try await Enrolment(configuration, state: state) { _ throws(OutboundError) in
                NodeTransport { request async throws(OutboundError) in coordinator.answer(request) }
            }.enrol(code: code.text)
        }
        let state = try folder.state
        let left = try await CrashScene.left(of: state) { _ = try await enrol(state) }
        #expect(left.map(\.step) == [.enrolmentKeysKept, .enrolmentGranted, .identityWritten, .identityTaken])
        let identity = try NodeIdentity(in: state)
        for point in left {
            let summary = try await enrol(point.state)
            #expect(summary.signingKeyFingerprint == identity.keys.signing.verificationKey.fingerprint, "\(point.step)")
            #expect(try NodeIdentity(in: point.state).grant == identity.grant, "\(point.step)")
            // The one-time code and the keys that wait are in no file any more.
            #expect(!Files.exists(point.state.file("keys-pending.json")), "\(point.step)")
        }
        await #expect(throws: NodeError.self) { try await enrol(state) }
    }

    @Test func `An enrolment by files goes on with the same files`() async throws {
        let (folder, consortium) = (try TemporaryFolder(), try Consortium())
        let code = try code(consortium)
        let (configuration, state) = (try Consortium.configuration(folder), try folder.state)
        func export(_ state: StateDirectory) throws -> SignedDocument {
            let file = try Enrolment(configuration, state: state).exportRequest(code: code.text, clock: consortium.clock.clock)
            return try #require(try CourierBundle(from: JSONReader(file.document.payload)).documents.first)
        }
        let asked = Locked<SignedDocument?>(nil)
        let exported = try await CrashScene.left(of: state) { try asked.withLock { $0 = try export(state) } }
        #expect(exported.map(\.step) == [.enrolmentKeysKept])
        let request = try #require(asked.withLock { $0 })
        #expect(try export(exported[0].state) == request)
        // A second file does not make the answer to the first one useless.
        #expect(try export(state) == request)

        let bytes = try CrashGrants.file([try CrashGrants.enrolment(request, consortium)], consortium)
        let fingerprint = try CourierFile(parsing: bytes).fingerprint
        func take(_ state: StateDirectory) throws -> Enrolment.Summary {
            try Enrolment(configuration, state: state).importGrant(
                bytes, fingerprint: fingerprint, clock: consortium.clock.clock)
        }
        let left = try await CrashScene.left(of: state) { _ = try take(state) }
        #expect(left.map(\.step) == [.identityWritten, .identityTaken])
        for point in left {
            #expect(try take(point.state).hospital == Consortium.hospital, "\(point.step)")
            #expect(try NodeIdentity(in: point.state).grant == NodeIdentity(in: state).grant, "\(point.step)")
            #expect(!Files.exists(point.state.file("keys-pending.json")), "\(point.step)")
        }
    }

    // MARK: renewal

    @Test func `A renewal is done again, and the certificate in use is always whole`() async throws {
        let node = try TestNode()
        node.consortium.clock.move(ConsortiumCA.leafLifetime * 2 / 3)
        let before = try NodeIdentity(in: node.folder.state)
        let running = try await RunningNode(try node.parts(), before)
        let left = try await CrashScene.left(of: try node.folder.state) { _ = try await running.renewal.step() }
        #expect(left.map(\.step) == [.renewalGranted, .identityWritten, .identityTaken, .renewalNoted])
        for point in left {
            let isNew = point.step == .identityTaken || point.step == .renewalNoted
            let found = try NodeIdentity(in: point.state)
            #expect((found.certificate.expires > before.certificate.expires) == isNew, "\(point.step)")
            var parts = try node.parts()
            parts.state = point.state
            let again = try await RunningNode(parts, found)
            #expect(try await again.renewal.step() == !isNew, "\(point.step)")
            #expect(try NodeIdentity(in: point.state).certificate.expires > before.certificate.expires, "\(point.step)")
            #expect(try NodeIdentity(in: point.state).keys.signing.seed == before.keys.signing.seed, "\(point.step)")
        }
    }

    // MARK: the courier

    private func desk(_ node: TestNode, _ state: StateDirectory) throws -> CourierDesk {
        CourierDesk(
            configuration: try Consortium.configuration(node.folder), policy: try Consortium.policy(node.policy), state: state,
            clock: node.consortium.clock.clock)
    }

    @Test func `A file is taken in to its end, and noted once`() async throws {
        let node = try TestNode()
        let state = try node.folder.state
        node.consortium.clock.move(ConsortiumCA.leafLifetime * 2 / 3)
        let before = try NodeIdentity(in: state).certificate
        let out = try await desk(node, state).export(by: kim)
        let wanted = try #require(
            try CourierBundle(from: JSONReader(out.file.document.payload)).documents(of: RenewalRequest.self).first)
        let tickets = try [50, 60].map { try node.consortium.ticket(Consortium.question($0)) }
        let documents = try tickets.map { try node.consortium.signed($0) } + [CrashGrants.renewal(wanted, node.consortium)]
        let bytes = try CrashGrants.file(documents, node.consortium)
        let left = try await CrashScene.left(of: state) { _ = try await desk(node, state).take(bytes, by: kim) }
        #expect(
            left.map(\.step) == [
                .nodeTicketStoring, .nodeTicketStored, .courierMessageTaken, .nodeTicketStoring, .nodeTicketStored,
                .courierMessageTaken, .identityWritten, .identityTaken, .renewalNoted,
                .courierMessageTaken, .courierTaken, .courierNoted,
            ])
        for point in left {
            let again = try await desk(node, point.state).take(bytes, by: kim)
            #expect(again.isKnown == (point.step == .courierNoted) && again.refused.isEmpty, "\(point.step)")
            let spool = try Spool(point.state, hospital: Consortium.hospital)
            #expect(try await spool.counts() == [.acknowledged: 2], "\(point.step)")
            #expect(try NodeIdentity(in: point.state).certificate.expires > before.expires, "\(point.step)")
            let lines = try await spool.auditLines()
            #expect(lines.filter { $0.contains("\"courier.imported\"") }.count == 1, "\(point.step)")
            #expect(lines.contains { $0.contains("\"certificate.renewed\"") }, "\(point.step)")
            #expect(!Files.exists(point.state.file("keys-pending.json")), "\(point.step)")
            _ = try await spool.verifyAudit()
        }
    }

    @Test func `A file that is to leave is made once, and what it holds is in no other`() async throws {
        let node = try TestNode()
        let state = try node.folder.state
        let ticket = try node.consortium.signed(node.consortium.ticket(Consortium.question(70)))
        _ = try await desk(node, state).take(try CrashGrants.file([ticket], node.consortium), by: kim)
        var parts = try node.parts()
        parts.configuration.transport.isCourier = true
        parts.transport = nil
        let service = try NodeService(parts)
        let task = Task { try await service.run() }
        try await eventually { (try? await node.spool().counts()) == [.answered: 1] }
        task.cancel()
        try await task.value
        let left = try await CrashScene.left(of: state) { _ = try await desk(node, state).export(by: kim) }
        #expect(left.map(\.step) == [.courierMade, .courierPrepared, .courierApproved])
        for point in left where point.step != .courierApproved {
            let again = try await desk(node, point.state).export(by: kim)
            #expect(again.tickets.count == 1 && again.approvals == 1 && !again.isReleased, "\(point.step)")
            #expect(try await desk(node, point.state).list().filter { $0.isOutgoing }.count == 1, "\(point.step)")
        }
        let last = try #require(left.last).state
        let error = await #expect(throws: NodeError.self) { try await desk(node, last).export(by: kim) }
        #expect(error?.advice.contains("courier list") == true)
        let kept = try #require(try await desk(node, last).list().first { $0.isOutgoing })
        #expect(try await desk(node, last).export(kept.id, by: Operator(uid: 2002, name: "lee")).isReleased)
    }
}

/// What a coordinator grants, without one.
enum CrashGrants {
    static func enrolment(_ request: SignedDocument, _ consortium: Consortium) throws -> SignedDocument {
        let wanted = try EnrolmentRequest.verified(request)
        return try grant(wanted.certificateRequest, wanted.signingKey, consortium)
    }

    static func renewal(_ request: SignedDocument, _ consortium: Consortium) throws -> SignedDocument {
        let key = consortium.keys.signing.verificationKey
        return try grant(try request.verified(as: RenewalRequest.self, by: key).certificateRequest, key, consortium)
    }

    private static func grant(_ request: String, _ key: VerificationKey, _ consortium: Consortium) throws -> SignedDocument {
        let certificate = try consortium.authority.issueNodeCertificate(
            request: request, hospital: Consortium.hospital, now: consortium.clock.now)
        return try SignedDocument(
            signing: EnrolmentGrant(
                node: Consortium.hospital, certificate: certificate, authority: try consortium.authority.certificatePEM,
                coordinatorKey: consortium.coordinator.verificationKey, signingKey: key,
                nodesURL: "https://coordinator.test:8444", expires: try CertificateFacts(pem: certificate).expires),
            with: consortium.coordinator)
    }

    /// A file of the coordinator's for the hospital.
    static func file(_ documents: [SignedDocument], _ consortium: Consortium) throws -> [UInt8] {
        var random = SystemRandomNumberGenerator()
        let now = consortium.clock.now
        let bundle = CourierBundle(
            id: .random(using: &random), sender: .coordinator, recipient: .hospital(Consortium.hospital), created: now,
            notAfter: now.adding(86_400), readme: .init(ko: ["한국어"], en: ["English"]), documents: documents)
        return Array(CourierFile(try SignedDocument(signing: bundle, with: consortium.coordinator)).text.utf8)
    }
}

import CanonicalJSON
import Federation
import Foundation
import Outbound
import Testing

@testable import NodeAgent

@Suite struct `Enrolling a node` {
    private let folder: TemporaryFolder
    private let consortium: Consortium
    private let code: EnrolmentCode
    /// What was asked, and whom the connection trusted.
    private let asked = Locked<[String]>([])

    init() throws {
        folder = try TemporaryFolder()
        consortium = try Consortium()
        var random = SystemRandomNumberGenerator()
        code = EnrolmentCode(authority: try consortium.authority.fingerprint, using: &random)
    }

    /// A coordinator that shows `authority` and grants `hospital`.
    private func enrol(
        fingerprint: String? = nil, shows authority: ConsortiumCA? = nil, grants hospital: HospitalID = Consortium.hospital,
        status: Int = 201, ownKey: Bool = true, replace: Bool = false
    ) async throws -> Enrolment.Summary {
        var configuration = try Consortium.configuration(folder)
        configuration.coordinatorFingerprint = fingerprint
        let (consortium, asked, code) = (consortium, asked, code)
        let shown = try (authority ?? consortium.authority).certificatePEM
        let enrolment = Enrolment(configuration, state: try folder.state) { outbound throws(OutboundError) in
            NodeTransport { request async throws(OutboundError) in
                let trust =
                    switch outbound.trust {
                    case .unverified: "unverified"
                    case .only(let pem): pem == shown ? "the authority" : "others"
                    case .machine: "the machine"
                    }
                asked.withLock { $0.append("\(request.method.rawValue) \(request.url), trusting \(trust)") }
                if request.method == .get { return OutboundResponse(status: 200, body: Array(shown.utf8)) }
                do {
                    let document = try SignedDocument(parsing: request.body ?? [])
                    let asking = try EnrolmentRequest.verified(document)
                    #expect(asking.secretDigest == code.secretDigest)
                    let certificate = try consortium.authority.issueNodeCertificate(
                        request: asking.certificateRequest, hospital: hospital, now: consortium.clock.now)
                    let grant = EnrolmentGrant(
                        node: hospital, certificate: certificate, authority: try consortium.authority.certificatePEM,
                        coordinatorKey: consortium.coordinator.verificationKey,
                        signingKey: ownKey ? asking.signingKey : SigningKey().verificationKey,
                        nodesURL: "https://coordinator.test:8444", expires: try CertificateFacts(pem: certificate).expires)
                    return OutboundResponse(
                        status: status, body: try SignedDocument(signing: grant, with: consortium.coordinator).bytes)
                } catch {
                    return OutboundResponse(status: 400)
                }
            }
        }
        return try await enrolment.enrol(code: code.text, replace: replace)
    }

    @Test func `The secret is sent only over a connection verified against the authority that the code names`() async throws {
        let summary = try await enrol()
        #expect(summary.hospital == Consortium.hospital)
        #expect(
            asked.withLock { $0 } == [
                "GET https://coordinator.test:8443/v1/ca, trusting unverified",
                "POST https://coordinator.test:8443/v1/enrolments, trusting the authority",
            ])
        let identity = try NodeIdentity(in: folder.state)
        #expect(identity.grant.nodesURL == "https://coordinator.test:8444")
        #expect(identity.certificate.node == Consortium.hospital)
    }

    @Test func `Keys are readable by the node's user alone`() async throws {
        _ = try await enrol()
        let identity = try NodeIdentity(in: folder.state)
        for name in ["signing-key", "tls-key.pem"] {
            let facts = try FileManager.default.attributesOfItem(atPath: "\(identity.folder)/\(name)")
            #expect((facts[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        }
    }

    @Test func `Another authority than the code's gets no secret`() async throws {
        let other = try ConsortiumCA(name: "Somebody else", now: consortium.clock.now)
        let error = await #expect(throws: NodeError.self) { try await enrol(shows: other) }
        #expect(error?.code == .integrity)
        #expect(asked.withLock { $0.count } == 1)
        #expect(try !NodeIdentity.exists(in: folder.state))
    }

    @Test func `The fingerprint of node yaml must match as well, in any spacing`() async throws {
        let fingerprint = Fingerprint.grouped(try consortium.authority.fingerprint)
        let error = await #expect(throws: NodeError.self) { try await enrol(fingerprint: "4C1A 9F20 77B3 0D51") }
        #expect(error?.message.contains("coordinator.fingerprint") == true)
        _ = try await enrol(fingerprint: fingerprint.lowercased().replacingOccurrences(of: " ", with: "-"))
    }

    @Test func `A grant for another hospital is not taken`() async throws {
        let error = await #expect(throws: NodeError.self) { try await enrol(grants: HospitalID(unchecked: "KR-H-0009")) }
        #expect(error?.code == .enrolment)
        #expect(try !NodeIdentity.exists(in: folder.state))
    }

    @Test func `A grant for another key is not taken`() async throws {
        let error = await #expect(throws: NodeError.self) { try await enrol(ownKey: false) }
        #expect(error?.code == .integrity)
        #expect(try !NodeIdentity.exists(in: folder.state))
    }

    @Test func `A code that was used before is said to be refused`() async throws {
        let error = await #expect(throws: NodeError.self) { try await enrol(status: 410) }
        #expect(error?.code == .refused)
        #expect(error?.advice.contains("new one") == true)
    }

    @Test func `An enrolled node is not enrolled again by accident`() async throws {
        _ = try await enrol()
        let error = await #expect(throws: NodeError.self) { try await enrol() }
        #expect(error?.advice.contains("--replace") == true)
        _ = try await enrol(replace: true)
    }

    @Test func `A typing error in the code is found before anything is sent`() async throws {
        let enrolment = Enrolment(try Consortium.configuration(folder), state: try folder.state)
        let error = await #expect(throws: NodeError.self) {
            try await enrolment.enrol(code: String(code.text.dropLast()) + (code.text.hasSuffix("0") ? "1" : "0"))
        }
        #expect(error?.code == .enrolment)
    }
}

@Suite struct `Renewal of the certificate` {
    @Test func `At two thirds of its life, with a new TLS key and the old signing key`() async throws {
        let node = try TestNode()
        let before = try NodeIdentity(in: node.folder.state)
        let running = try await RunningNode(try node.parts(), before)
        #expect(try await !running.renewal.step())
        node.consortium.clock.move(ConsortiumCA.leafLifetime * 2 / 3)
        #expect(try await running.renewal.step())
        let after = try NodeIdentity(in: node.folder.state)
        #expect(after.certificate.expires > before.certificate.expires)
        #expect(after.keys.tlsPEM != before.keys.tlsPEM)
        #expect(after.keys.signing.seed == before.keys.signing.seed)
        #expect(try await !running.renewal.step())
        #expect(await node.coordinator.renewals == 1)
    }

    @Test func `A renewal that fails leaves the old certificate in use`() async throws {
        let node = try TestNode()
        await node.coordinator.makeTrouble("renewal", .refuse(503, code: "BUSY"))
        let before = try NodeIdentity(in: node.folder.state)
        let running = try await RunningNode(try node.parts(), before)
        await #expect(throws: NodeError.self) { try await running.renewal.step(force: true) }
        #expect(try NodeIdentity(in: node.folder.state).certificate == before.certificate)
    }

    @Test func `Only the present and the previous identity are kept`() async throws {
        let node = try TestNode()
        let running = try await RunningNode(try node.parts(), try NodeIdentity(in: node.folder.state))
        for _ in 0..<3 {
            node.consortium.clock.move(1)
            try await running.renewal.step(force: true)
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: node.folder.state.path)
        #expect(names.filter { $0.hasPrefix("identity-") }.count == 2)
    }

    @Test func `Half a swap does not mix two identities`() throws {
        let node = try TestNode()
        let state = try node.folder.state
        // As if the power went after the new folder was written and before the link was swapped.
        try FileManager.default.createDirectory(atPath: state.file("identity-9-9"), withIntermediateDirectories: true)
        try "half".write(toFile: state.file("identity-9-9/tls-key.pem"), atomically: true, encoding: .utf8)
        #expect(try NodeIdentity(in: state).certificate.node == Consortium.hospital)
    }
}

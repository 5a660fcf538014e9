import CanonicalJSON
import Federation
import Testing

@testable import Coordinator

@Suite struct EnrolmentTests {
    func request(_ code: EnrolmentCode, _ keys: NodeKeys) throws -> JSONValue {
        try SignedDocument(
            signing: EnrolmentRequest(
                code: code, certificateRequest: try keys.certificateRequest(commonName: "KR-H-9999"),
                signingKey: keys.signing.verificationKey, software: "test 1"), with: keys.signing
        ).json
    }

    func code(_ coordinator: TestCoordinator, _ hospital: HospitalID = .busan) async throws -> EnrolmentCode {
        try await coordinator.office.enrolment.makeCode(for: hospital, seconds: 3_600, by: .operatorAccount("test")).code
    }

    @Test func aCodeBindsTheCertificateToItsHospitalWhateverTheRequestSays() async throws {
        let coordinator = try await TestCoordinator.make()
        let node = try await coordinator.enrol(.busan)
        let facts = try CertificateFacts(pem: node.grant.certificate)
        #expect(facts.node == .busan)
        #expect(node.grant.node == .busan)
        #expect(node.keys.own(certificate: node.grant.certificate))
        #expect(try await node.poll(coordinator).status == 204)
    }

    @Test func aCodeWorksOnceAndTheSameRequestAgainGetsTheSameGrant() async throws {
        let coordinator = try await TestCoordinator.make()
        let code = try await code(coordinator)
        let body = try request(code, NodeKeys())
        let first = try await coordinator.people(.post, "/v1/enrolments", body: body)
        let again = try await coordinator.people(.post, "/v1/enrolments", body: body)
        #expect(first.status == 201)
        #expect(again.json == first.json)
        let other = try await coordinator.people(.post, "/v1/enrolments", body: try request(code, NodeKeys()))
        #expect(other.status == 403)
        #expect(other.code == "ENROLMENT_CODE_INVALID")
    }

    @Test func anOverWithdrawnOrInventedCodeIsRefusedInTheSameWords() async throws {
        let coordinator = try await TestCoordinator.make()
        let withdrawn = try await code(coordinator)
        let over = try await code(coordinator)
        var generator = SystemRandomNumberGenerator()
        let invented = EnrolmentCode(authority: coordinator.office.keys.authorityFingerprint, using: &generator)
        coordinator.time.advance(3_600)
        var answers: Set<String> = []
        for code in [withdrawn, over, invented] {
            let answer = try await coordinator.people(.post, "/v1/enrolments", body: try request(code, NodeKeys()))
            #expect(answer.status == 403)
            answers.insert(answer.json.text())
        }
        #expect(answers.count == 1)
        #expect(try await coordinator.office.audit.entries(action: "enrolment.refuse").count == 3)
    }

    @Test func guessingAtCodesHasToWait() async throws {
        let coordinator = try await TestCoordinator.make()
        var generator = SystemRandomNumberGenerator()
        var codes: [Int] = []
        for _ in 0..<22 {
            let guess = EnrolmentCode(authority: coordinator.office.keys.authorityFingerprint, using: &generator)
            codes.append(try await coordinator.people(.post, "/v1/enrolments", body: try request(guess, NodeKeys())).status)
        }
        #expect(codes == Array(repeating: 403, count: 21) + [429])
        coordinator.time.advance(2)
        _ = try await coordinator.enrol(.busan)
    }

    @Test func aRequestSignedByAnotherKeyIsRefused() async throws {
        let coordinator = try await TestCoordinator.make()
        let keys = NodeKeys()
        let message = EnrolmentRequest(
            code: try await code(coordinator), certificateRequest: try keys.certificateRequest(commonName: "x"),
            signingKey: keys.signing.verificationKey, software: "test 1")
        let forged = try SignedDocument(signing: message, with: SigningKey())
        let answer = try await coordinator.people(.post, "/v1/enrolments", body: forged.json)
        #expect(answer.code == "SIGNATURE_INVALID")
    }

    @Test func aNodeThatIsNotEnrolledHereIsUnknown() async throws {
        let coordinator = try await TestCoordinator.make()
        let elsewhere = try await TestCoordinator.make()
        let node = try await elsewhere.enrol(.busan)
        let answer = try await node.poll(coordinator)
        #expect(answer.status == 401)
        #expect(answer.code == "NODE_UNKNOWN")
        #expect(try await coordinator.node(nil, .get, "/v1/node/tickets?boot=\(node.boot)").status == 401)
    }

    @Test func revokingTakesEffectWithTheNextRequest() async throws {
        let coordinator = try await TestCoordinator.make()
        let node = try await coordinator.enrol(.busan)
        #expect(try await node.poll(coordinator).status == 204)
        try await coordinator.office.nodes.revoke(.busan, reason: "test", by: .operatorAccount("test"))
        let answer = try await node.poll(coordinator)
        #expect(answer.status == 403)
        #expect(answer.code == "NODE_REVOKED")
    }

    @Test func enrollingAnewEndsTheOldNodesCertificate() async throws {
        let coordinator = try await TestCoordinator.make()
        let old = try await coordinator.enrol(.busan)
        let new = try await coordinator.enrol(.busan)
        #expect(try await old.poll(coordinator).code == "NODE_REVOKED")
        #expect(try await new.poll(coordinator).status == 204)
    }

    @Test func renewalGivesASecondCertificateAndTheFirstWorksOn() async throws {
        let coordinator = try await TestCoordinator.make()
        let node = try await coordinator.enrol(.busan)
        coordinator.time.advance(60 * 86_400)
        let keys = node.keys.renewed()
        let request = RenewalRequest(
            node: .busan, certificateRequest: try keys.certificateRequest(commonName: "x"), asked: coordinator.time.now)
        let document = try SignedDocument(signing: request, with: keys.signing)
        let answer = try await coordinator.node(node, .post, "/v1/node/renewal", body: document.json)
        let grant = try (try answer.message(SignedDocument.self)).verified(
            as: EnrolmentGrant.self, by: node.grant.coordinatorKey)
        #expect(keys.own(certificate: grant.certificate))
        let renewed = TestNode(hospital: .busan, keys: keys, grant: grant, boot: node.boot)
        #expect(try await renewed.poll(coordinator).status == 204)
        #expect(try await node.poll(coordinator).status == 204)
        coordinator.time.advance(31 * 86_400)
        #expect(try await node.poll(coordinator).code == "NODE_UNKNOWN")
        #expect(try await renewed.poll(coordinator).status == 204)
    }

    @Test func nobodyRenewsForAnotherOrWithAnotherKey() async throws {
        let coordinator = try await TestCoordinator.make()
        let busan = try await coordinator.enrol(.busan)
        _ = try await coordinator.enrol(.yangsan)
        let request = RenewalRequest(
            node: .yangsan, certificateRequest: try busan.keys.certificateRequest(commonName: "x"),
            asked: coordinator.time.now)
        let own = try SignedDocument(signing: request, with: busan.keys.signing)
        #expect(try await coordinator.node(busan, .post, "/v1/node/renewal", body: own.json).code == "AUDIENCE_WRONG")
        let foreign = try SignedDocument(signing: request, with: SigningKey())
        #expect(try await coordinator.node(busan, .post, "/v1/node/renewal", body: foreign.json).code == "SIGNATURE_INVALID")
    }

    @Test func aRosterSaysWhoCanGetACode() async throws {
        let coordinator = try await TestCoordinator.make()
        let roster = Roster(
            notice: "test", hospitals: [.init(id: .busan, name: BilingualText(en: "Busan"))], consortia: [])
        _ = try await coordinator.office.rosters.load(roster, by: .operatorAccount("test"))
        _ = try await code(coordinator, .busan)
        await #expect(throws: CoordinatorError.self) { try await code(coordinator, .yangsan) }
    }
}

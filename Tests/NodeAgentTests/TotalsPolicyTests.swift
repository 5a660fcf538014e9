import CanonicalJSON
import Federation
import Testing

@testable import NodeAgent

/// Which totals a hospital takes part in, by its own policy and not by the coordinator's word.
@Suite struct TotalsPolicyTests {
    let officers = [SigningKey(), SigningKey()]
    let own = SigningKey()
    let hospital = HospitalID(unchecked: "KR-H-0011")
    let now = Timestamp(1_900_000_000)

    private var policy: TotalsPolicy { TotalsPolicy(officers: officers.map(\.verificationKey), minimum: 5) }

    private func roster(
        version: Int = 1, minimum: Int = 5, key: SigningKey? = nil, others: Int = 4, signers: [SigningKey]? = nil
    ) throws -> CosignedRoster {
        let members =
            (0..<others).map {
                TotalsRoster.Member(hospital: HospitalID(unchecked: "KR-H-100\($0)"), key: SigningKey().verificationKey)
            }
            + [TotalsRoster.Member(hospital: hospital, key: (key ?? own).verificationKey)]
        let roster = TotalsRoster(
            consortium: "C", version: version, issued: now, minimum: minimum, isWrittenMinimum: minimum < 5, members: members,
            guardian: .init(
                id: GuardianID(unchecked: "G-1"), key: SigningKey().verificationKey, sealingKey: SealingKey().sealingKey))
        let signers = signers ?? officers
        var cosigned = try CosignedRoster(roster, signedBy: signers[0])
        for signer in signers.dropFirst() { try cosigned.sign(with: signer) }
        return cosigned
    }

    private func ticket(_ total: CosignedRoster?) throws -> QueryTicket {
        QueryTicket(
            id: TicketID(unchecked: "T-0000-0000-0000-0000-0001"), query: QueryID(unchecked: "Q-0000-0001"), audience: hospital,
            issued: now, expires: now.adding(60),
            project: ProjectStatement(
                id: ProjectID(unchecked: "P-1"), title: BilingualText(en: "t"), purpose: "p", purposeClass: .publicHealth,
                organisation: "O"), requesterRole: "researcher", question: try Consortium.question(), mode: .secureTotal,
            roster: Digest256(of: []), total: total)
    }

    private func accepts(_ cosigned: CosignedRoster?, newest: AcceptedRoster? = nil, policy: TotalsPolicy? = nil) throws -> Bool {
        (try? (policy ?? self.policy).roster(of: try ticket(cosigned), key: own.verificationKey, newest: newest)) != nil
    }

    @Test func aRosterSignedByBothOfficersIsAccepted() throws {
        #expect(try accepts(try roster()))
        #expect(try !accepts(nil))
    }

    @Test func oneOfficerOrTwoStrangersAreNotEnough() throws {
        #expect(try !accepts(try roster(signers: [officers[0]])))
        #expect(try !accepts(try roster(signers: [officers[0], SigningKey()])))
        #expect(try !accepts(try roster(signers: [SigningKey(), SigningKey()])))
    }

    @Test func aRosterThatListsAnotherKeyForThisHospitalIsNotAccepted() throws {
        #expect(try !accepts(try roster(key: SigningKey())))
    }

    @Test func fewerHospitalsThanThePolicyAsksForAreNotAccepted() throws {
        #expect(try !accepts(try roster(minimum: 3)))
        let written = TotalsPolicy(officers: officers.map(\.verificationKey), minimum: 3)
        #expect(try accepts(try roster(minimum: 3, others: 2), policy: written))
        #expect(try !accepts(try roster(minimum: 2, others: 2), policy: written))
        #expect(try !accepts(try roster(minimum: 5, others: 3)), "the roster has fewer members than its own minimum")
    }

    @Test func anOlderRosterAndASecondOneOfTheSameVersionAreNotAccepted() throws {
        let second = try roster(version: 2)
        let newest = AcceptedRoster(try second.content())
        #expect(AcceptedRoster(bytes: newest.bytes) == newest)
        #expect(try accepts(second, newest: newest))
        #expect(try accepts(try roster(version: 3), newest: newest))
        #expect(try !accepts(try roster(version: 1), newest: newest))
        #expect(try !accepts(try roster(version: 2), newest: newest))
    }
}

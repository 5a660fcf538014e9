import CanonicalJSON
import Cohorts
@_spi(Hospital) import Disclosure
import Federation
import Foundation
import Logging
import Testing

@testable import NodeAgent

/// What a hospital needs before a sketch of its patients leaves, and whom the sketch holds.
@Suite struct LinkageTests {
    private func linkage(
        _ folder: TemporaryFolder, csv: String, key: String = String(repeating: "ab", count: 32)
    ) throws -> Linkage {
        let linkage = Linkage(keyFile: folder.path + "/key", identifiersFile: folder.path + "/ids.csv")
        try Data(key.utf8).write(to: URL(fileURLWithPath: linkage.keyFile))
        try Data(csv.utf8).write(to: URL(fileURLWithPath: linkage.identifiersFile))
        return linkage
    }

    @Test func identifiersAreReadOfThoseWhoAreWanted() throws {
        let folder = try TemporaryFolder()
        let csv = "person_id,identifier\r\n4,A-1\r\n7,가나\r\n10,A-3\r\n"
        let linkage = try linkage(folder, csv: csv)
        #expect(try linkage.identifiers { $0 < 10 } == [4: "A-1", 7: "가나"])
        #expect(try linkage.key().name.count == 16)
    }

    @Test(arguments: [
        "", "4,A", "person_id;identifier\n4,A", "person_id,identifier\n4", "person_id,identifier\nx,A",
        "person_id,identifier\n4,", "person_id,identifier\n4,\"A\"", "person_id,identifier\n4,A,B",
        "person_id,identifier\n4, A", "person_id,identifier\n4,\u{0}A", "person_id,identifier\n4,A\n4,B",
    ])
    func aFileThatIsNotInOrderIsRefusedWithoutSayingWhatIsInIt(_ csv: String) throws {
        let folder = try TemporaryFolder()
        let linkage = try linkage(folder, csv: csv)
        do throws(NodeError) {
            _ = try linkage.identifiers { _ in true }
            Issue.record("\(csv) was read")
        } catch {
            #expect(error.code == .configuration)
            #expect(error.message.contains("line "))
            #expect(!error.message.contains("A\"") && !error.message.contains(",B"))
        }
    }

    @Test(arguments: ["", "abcd", String(repeating: "xy", count: 32)])
    func aKeyOfAnotherLengthIsRefused(_ key: String) throws {
        let folder = try TemporaryFolder()
        let linkage = try linkage(folder, csv: "", key: key)
        #expect(throws: NodeError.self) { try linkage.key() }
    }

    private func salt() throws -> SketchSalt {
        SketchSalt(
            TotalSubject(
                query: QueryID(unchecked: "Q-0000-0001"), questionHash: Digest256(of: [1]), cohort: Digest256(of: [2]),
                roster: Digest256(of: [3])))
    }

    @Test func aPatientIsTheSameAtTwoHospitalsByTheIdentifierAndNobodyElsesWithoutOne() throws {
        let folder = try TemporaryFolder()
        let (one, other) = (HospitalID(unchecked: "KR-H-0001"), HospitalID(unchecked: "KR-H-0002"))
        let patients = SketchGroup.patients(PersonSet(universe: 3, members: [0, 1, 2]))
        let (first, second) = (NodeSecret(bytes: [1]), NodeSecret(bytes: [2]))
        let linkage = try linkage(folder, csv: "person_id,identifier\n4,A\n7,B\n10,C\n20,C\n")
        let key = try linkage.key()
        let here = try SketchMembers(patients, ids: [4, 7, 10], secret: first)
            .sketch(key, linkage, of: one, salt: salt())
        // The second hospital's 20 is the first one's 10; 30 and 31 have no identifier.
        let there = try SketchMembers(patients, ids: [20, 30, 31], secret: second)
            .sketch(key, linkage, of: other, salt: salt())
        var both = here
        try both.merge(there)
        // By hand: A, B, C, and two whom nobody else knows.
        #expect(Int(both.estimate.rounded()) == 5)
        // Again: the same; as another hospital's: others.
        #expect(
            try SketchMembers(patients, ids: [20, 30, 31], secret: second).sketch(key, linkage, of: other, salt: salt()) == there)
        #expect(
            try SketchMembers(patients, ids: [20, 30, 31], secret: first).sketch(key, linkage, of: other, salt: salt()) != there)
        let madeUp = try SketchMembers(.madeUp(Array(1...11)), ids: [], secret: first).sketch(key, linkage, of: one, salt: salt())
        #expect(Int(madeUp.estimate.rounded()) == 11)
    }

    /// Why there is no sketch depends on the hospital's files and policy, never on who is in the cohort.
    @Test func withoutPolicyKeyOrFilesTheSketchIsRefusedByName() async throws {
        let folder = try TemporaryFolder()
        let consortium = try Consortium()
        let good = try linkage(folder, csv: "person_id,identifier\n4,A\n")
        let bad = Linkage(keyFile: good.keyFile, identifiersFile: folder.path + "/none.csv")
        let keyless = Linkage(keyFile: folder.path + "/none", identifiersFile: good.identifiersFile)
        let spool = try Spool(try folder.state, hospital: Consortium.hospital)
        let desk = try await ReleaseDesk(
            secret: NodeSecret(bytes: [1]), source: CountingSource(), spool: spool, keeps: false, now: consortium.clock.now)
        let members = SketchMembers(.madeUp([]), ids: [], secret: NodeSecret(bytes: [1]))

        func refusal(
            _ linkage: Linkage?, isAllowed: Bool, isAsked: Bool = true, hasGuardian: Bool = true
        ) throws -> DistinctRefusal?? {
            var policy = try Consortium.policy()
            policy.totals = TotalsPolicy(officers: [], minimum: 5, isDistinctAllowed: isAllowed)
            let totals = TotalAnswering(
                policy: policy, desk: desk, spool: spool, signing: consortium.keys.signing, isCourier: false, linkage: linkage,
                log: NodeLog(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
            let roster = TotalsRoster(
                consortium: "C", version: 1, issued: consortium.clock.now, minimum: 5, isWrittenMinimum: false, members: [],
                guardian: hasGuardian
                    ? TotalsRoster.Guardian(
                        id: GuardianID(unchecked: "G-1"), key: SigningKey().verificationKey, sealingKey: SealingKey().sealingKey)
                    : nil)
            var question = try Consortium.question()
            question.distinct = isAsked
            var ticket = try consortium.ticket(question, mode: .secureTotal)
            ticket.total = try CosignedRoster(roster, signedBy: SigningKey())
            switch try totals.sketch(members, totals.linkageKey(ticket, roster), ticket) {
            case nil: return nil
            case .made: return .some(nil)
            case .refused(let why): return .some(why)
            }
        }
        #expect(try refusal(good, isAllowed: true) == .some(nil))
        #expect(try refusal(good, isAllowed: false) == .some(.notAllowed))
        #expect(try refusal(nil, isAllowed: true) == .some(.noLinkageKey))
        #expect(try refusal(bad, isAllowed: true) == .some(.noLinkageKey))
        #expect(try refusal(keyless, isAllowed: true) == .some(.noLinkageKey))
        #expect(try refusal(good, isAllowed: true, isAsked: false) == nil)
        #expect(try refusal(good, isAllowed: true, hasGuardian: false) == nil)
    }

    @Test func thePolicyAllowsItOnlyWithAGuardianAndOnlyWhereItSaysSo() throws {
        let keys = (0..<2).map { _ in "\"\(Hex.encode(SigningKey().verificationKey.bytes))\"" }.joined(separator: ", ")
        func policy(_ lines: String) throws -> Policy {
            try Consortium.policy("\(Consortium.policyYAML)\ntotals:\n  officers: [\(keys)]\n\(lines)")
        }
        #expect(try policy("").totals?.isDistinctAllowed == false)
        #expect(try policy("").json["totals"]?["distinct"] == nil)
        let allowed = try policy("  distinct: true")
        #expect(allowed.totals?.isDistinctAllowed == true)
        #expect(allowed.json["totals"]?["distinct"] == true)
        #expect(allowed.notes.contains { $0.contains("totals.distinct") })
        #expect(throws: NodeError.self) { try policy("  distinct: true\n  kinds: [peers]") }
    }
}

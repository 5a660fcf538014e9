import CanonicalJSON
import Cohorts
@_spi(Hospital) import Disclosure
import Foundation

extension Decoder {
    /// The floors without files and network: JSON, definitions, questions, tables, ledgers.
    static let values: [Decoder] = [
        Decoder("json") {
            Sample.definitions.map { Array($0.utf8) }
        } read: { bytes in
            guard let value = try? JSONValue(parsing: bytes) else { return }
            let canonical = value.canonicalBytes()
            guard let again = try? JSONValue(parsing: canonical), again.canonicalBytes() == canonical else {
                fatalError("json: not stable: \(String(decoding: canonical, as: UTF8.self))")
            }
            _ = value.text(indent: 2)
        },
        Decoder("cohort definition") {
            Sample.definitions.map { Array($0.utf8) }
        } read: { bytes in
            guard let cohort = try? CohortExpression(parsing: bytes) else { return }
            _ = CohortLint.findings(in: cohort)
            let written = cohort.written.canonicalBytes()
            guard let again = try? CohortExpression(parsing: written), again.written.canonicalBytes() == written else {
                fatalError("cohort definition: not stable: \(String(decoding: written, as: UTF8.self))")
            }
        },
        .message("question", FeasibilityQuestion.self) {
            [try Sample.shared.get().question(), try Sample.shared.get().question(1)]
        },
        .message("disclosed answer", DisclosedAnswer.self) { [try Sample.shared.get().disclosed] },
        .message("disclosure rules", DisclosureRules.self) {
            [.standard]
        } use: { rules in
            _ = DisclosureRules.standard.tightened(by: rules).smallestShown
        },
        Decoder("table case") {
            [
                #"{"atoms":["a","b"],"cells":[{"id":"x","atoms":[0],"value":3,"status":"u"},{"id":"t","atoms":[0,1],"value":9}]}"#,
                #"{"hierarchies":{"r":{"T":["a","b"]},"s":{"S":["c","d"]}},"inner":[["a","c",2],["b","d",7]],"status":{"a|c":"u"}}"#,
            ].map { Array($0.utf8) }
        } read: { bytes in
            _ = try? TableCase(from: JSONReader(JSONValue(parsing: bytes)))
        },
        Decoder("release ledger") {
            try [Ledgers.empty, Ledgers.used()].map(\.bytesToSeal.bytes)
        } read: { bytes in
            guard let ledger = try? ReleaseLedger(opening: SealedLedgerBytes(opened: bytes), mostPersons: 100_000) else { return }
            _ = ledger.bytesToSeal
        },
        Decoder("ledger change") {
            [try Ledgers.used().changeToSeal(since: Ledgers.empty).bytes]
        } read: { bytes in
            guard var assembly = try? LedgerAssembly(whole: Ledgers.empty.bytesToSeal, mostPersons: 100_000),
                (try? assembly.add(SealedLedgerBytes(opened: bytes))) != nil
            else { return }
            _ = assembly.assembled().bytesToSeal
        },
        Decoder("share ledger") {
            try [ShareLedger(), Ledgers.shared()].map(\.bytesToSeal.bytes)
        } read: { bytes in
            guard let ledger = try? ShareLedger(opening: SealedLedgerBytes(opened: bytes), mostPersons: 100_000) else { return }
            _ = ledger.bytesToSeal
        },
    ]
}

/// Release ledgers of a made-up hospital.
private enum Ledgers {
    static let empty = ReleaseLedger(universe: 300)

    static func used() throws -> ReleaseLedger {
        var ledger = empty
        let patients = PatientKeys(universe: 300) { UInt128($0 + 1) &* 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C834 }
        let gate = ReleaseGate(rules: .standard, key: PlainKey(), patients: patients, register: nil)
        for (number, members) in [0..<40, 100..<290].enumerated() {
            let set = PersonSet(universe: 300, members: Array(members))
            let sex = EvaluatedBreakdown.Dimension(name: "sex", categories: ["F", "M"])
            let half = PersonSet(universe: 300, members: Array(members.prefix(20)))
            let rest = PersonSet(universe: 300, members: Array(members.dropFirst(20)))
            let answer = EvaluatedAnswer(
                total: set, breakdown: EvaluatedBreakdown(dimensions: [sex], cells: [["F"]: half, ["M"]: rest]))
            ledger.commit(try gate.plan(answer, for: ReleaseRequest(project: "p", cohort: "c\(number)"), against: ledger))
        }
        return ledger
    }

    /// With a set of fewer than k patients and one of more.
    static func shared() throws -> ShareLedger {
        let patients = PatientKeys(universe: 300) { UInt128($0 + 1) &* 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C834 }
        let shares = TotalShares(rules: .standard, key: PlainKey(), patients: patients)
        var ledger = ShareLedger()
        let sets = [0..<5, 100..<190].map { PersonSet(universe: 300, members: Array($0)) }
        _ = shares.vector(of: sets, remembering: &ledger)
        return ledger
    }

    private struct PlainKey: StickyKey {
        func draw(_ purpose: String, _ digest: SetDigest) -> UInt64 {
            purpose.utf8.reduce(UInt64(truncatingIfNeeded: digest.sum)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        }
    }
}

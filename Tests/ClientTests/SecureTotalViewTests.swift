import CanonicalJSON
import Client
import Cohorts
import Disclosure
import Federation
import Testing

/// How a secure total is read: as an estimate with its error, in both languages, and never as a hospital's number.
@Suite struct SecureTotalViewTests {
    private func result(
        _ words: [UInt64]?, state: SecureTotal.State = .opened, code: OpeningRefusal? = nil, distinct: DistinctTotal? = nil
    ) throws -> MergedResult {
        let terms = Array(repeating: ShareTerms(threshold: 11, roundTo: 5), count: 6)
        let answer = try words.map { words in
            try TotalAnswer(
                MaskedVector(words),
                layout: TotalLayout(steps: ["entry events"], dimensions: [.init(name: "sex", categories: ["female", "male"])]),
                terms: terms)
        }
        let rows = (1...6).map { number in
            MergedResult.Row(node: "KR-H-000\(number)", name: nil, answer: DisclosedAnswer(total: .masked))
        }
        return MergedResult(
            query: QueryID(unchecked: "Q-7F3K-92QD"), questionHash: Digest256(of: [1]), title: nil,
            project: ProjectID(unchecked: "P-1"), mode: .secureTotal, status: .complete, version: 1, created: Timestamp(0),
            roster: Digest256(of: []), rows: rows,
            total: SecureTotal(
                state: state, minimum: 5, guardian: GuardianID(unchecked: "G-1"), hospitals: 6, code: code, answer: answer,
                distinct: distinct))
    }

    @Test func theEstimateStandsWithItsErrorInBothLanguages() throws {
        let result = try result([33, 400, 22, 0])
        let english = ResultView(result, language: .english).lines().joined(separator: "\n")
        // By hand: the root of 6 * 121 / 4 is 13.47; 33 less and more 1.96 times that.
        #expect(english.contains("≈33 records"))
        #expect(english.contains("standard error at most 13.5; 95 % range 6–60"))
        #expect(english.contains("6 of 6 hospitals answered"))
        #expect(english.contains("in the total"))
        let korean = ResultView(result, language: .korean).lines().joined(separator: "\n")
        #expect(korean.contains("보안 합산"))
        #expect(korean.contains("≈33건"))
        #expect(korean.contains("표준오차 최대 13.5, 95% 범위 6–60"))
        #expect(result.exitStatus(allowPartial: false, failIfHidden: true) == .complete)
    }

    @Test func theTableTheCSVAndTheJSONKeepTheSameRules() throws {
        let result = try result([33, 400, 22, 0])
        let csv = ResultCSV(result).text.split(separator: "\r\n")
        let hash = result.questionHash.text
        #expect(csv.contains("Q-7F3K-92QD,\(hash),total,*,,33,6,60,secure-total,no"))
        #expect(csv.contains("Q-7F3K-92QD,\(hash),breakdown,*,sex=male,,0,27,secure-total-hidden,no"))
        #expect(csv.filter { $0.contains(",KR-H-000") }.allSatisfy { $0.hasSuffix(",,,masked,no") })
        #expect(try MergedResult(from: JSONReader(result.json)) == result)
        // An estimate below the threshold is in none of the three.
        #expect(result.json["total"]?["answer"]?["breakdown"]?["cells"]?[1]?["count"]?["value"] == nil)
    }

    @Test func differentPatientsStandBesideTheSumWithTheirOwnErrorOrSayWhyThereIsNoNumber() throws {
        var sketch = try DistinctSketch()
        for number in 1...26 as ClosedRange<UInt64> { sketch.insert(hash: number << 50) }
        let terms = Array(repeating: ShareTerms(threshold: 11, roundTo: 5), count: 6)
        let counted = try result([33, 400, 22, 0], distinct: .counted(TotalCount(distinct: sketch, terms: terms)))
        let english = ResultView(counted, language: .english).lines().joined(separator: "\n")
        #expect(english.contains("≈33 records"))
        // By hand: 26 is 25; the root of 6 * 121 / 4 + 25 / 4 + (0.008125 * 25)^2 is 13.705.
        #expect(english.contains("≈25 patients"))
        #expect(english.contains("standard error at most 13.8; 95 % range 0–52"))
        let hash = counted.questionHash.text
        #expect(ResultCSV(counted).text.contains("Q-7F3K-92QD,\(hash),distinct,*,,25,0,52,distinct-patients,no\r\n"))
        #expect(try MergedResult(from: JSONReader(counted.json)) == counted)

        for why in DistinctRefusal.allCases {
            let refused = try result([33, 400, 22, 0], distinct: .refused(why))
            let lines = ResultView(refused, language: .english).lines() + ResultView(refused, language: .korean).lines()
            #expect(lines.count { $0.contains(why.rawValue) } == 2)
            #expect(ResultCSV(refused).text.contains(",distinct,*,,,,,refused-\(why.rawValue),no\r\n"))
        }
        // Who asked for none hears of none.
        #expect(!ResultView(try result([33, 400, 22, 0]), language: .english).lines().joined().contains("patients"))
    }

    @Test func whatIsNotOpenedSaysWhyAndIsNoCompleteAnswer() throws {
        let few = try result(nil, state: .closed, code: .tooFew)
        #expect(ResultView(few, language: .english).lines().joined(separator: " ").contains("5 are needed"))
        #expect(few.exitStatus(allowPartial: false, failIfHidden: false) == .partial)
        let opening = ResultView(try result(nil, state: .opening), language: .english).lines().joined(separator: " ")
        #expect(opening.contains("waiting for the guardian G-1"))
        let small = try result([0, 0, 0, 0])
        #expect(ResultView(small, language: .english).lines().joined(separator: " ").contains("too small to show"))
        #expect(small.exitStatus(allowPartial: false, failIfHidden: true) == .allHidden)
    }
}

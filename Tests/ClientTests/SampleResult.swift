import Disclosure
import Federation

/// The worked example of merging: two rounded hospitals, one hidden, one that cannot answer, one that waits.
enum SampleResult {
    static func make(
        totals: [DisclosedCount] = [
            .rounded(1_240, base: 5, low: 1_238, high: 1_242), .rounded(860, base: 5, low: 858, high: 862),
            .hidden(low: 0, high: 9, why: .small), .unavailable(.domain, detail: "procedure"), .waiting(.approval, since: 0),
        ], status: QueryStatus = .running, version: Int = 1
    ) -> MergedResult {
        MergedResult(
            query: QueryID(unchecked: "Q-7F3K-92QD"), questionHash: Digest256(of: [1]),
            title: BilingualText(ko: "제2형 당뇨병", en: "Type 2 diabetes"), project: ProjectID(unchecked: "P-0042"),
            mode: .named, status: status, version: version, created: Timestamp(1_800_000_000), roster: Digest256(of: [2]),
            rows: totals.enumerated().map { index, total in
                MergedResult.Row(
                    node: "KR-H-000\(index)", name: BilingualText(en: "Hospital \(["A", "B", "C", "D", "E", "F"][index])"),
                    answer: DisclosedAnswer(
                        total: total,
                        attrition: total.isAnswer
                            ? [.init(name: "HbA1c at least 7 %", count: .hidden(low: 0, high: 9, why: .small))] : []))
            })
    }
}

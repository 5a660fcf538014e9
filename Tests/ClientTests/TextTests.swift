import Client
import Cohorts
import Disclosure
import Testing

@Suite struct TextTests {
    @Test(arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (12_345_678, "12,345,678")])
    func digitsAreGroupedByThree(_ number: Int, _ text: String) { #expect(CountText(.english).number(number) == text) }

    @Test func aHiddenOrMissingCountIsNeverWrittenAsANumber() {
        let counts = CountText(.english)
        #expect(counts.value(.hidden(low: 0, high: 14, why: .small)) == "0–14")
        #expect(counts.value(.unavailable(.domain, detail: "procedure")) == "no data")
        #expect(counts.value(.refused(code: "PURPOSE_SCOPE")) == "–")
        #expect(counts.value(.failed(.timeout)) == "–")
        #expect(counts.note(.unavailable(.domain, detail: "procedure")) == "domain not mapped here (procedure)")
        #expect(CountText(.korean).status(.hidden(low: 0, high: 14, why: .small)) == "비공개")
    }

    @Test(arguments: [
        (["LANG": "ko_KR.UTF-8"], Language.korean), (["LANG": "en_US.UTF-8"], .english), ([:], .english),
        (["LC_ALL": "ko_KR.UTF-8", "LANG": "C"], .korean), (["LC_ALL": "", "LANG": "ko"], .korean),
    ])
    func theLanguageFollowsTheLocale(_ environment: [String: String], _ language: Language) {
        #expect(Language(environment: environment) == language)
    }
}

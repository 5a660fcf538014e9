import CanonicalJSON
import Federation
import Testing

@Suite struct RosterTests {
    let text = """
        {"schema":"dure.roster/1","notice":"made up","declared":[{"date":"2023-06-30","consortia":7,"hospitals":40,"source":"press"}],
         "hospitals":[{"id":"KR-H-0001","name":{"en":"One"}},{"id":"KR-H-0002","name":{"en":"Two","ko":"둘"}}],
         "consortia":[{"id":"C-A","name":{"en":"A"},
            "lead":[{"hospital":"KR-H-0001","from":"2020-07-01","to":"2022-12-31"},{"hospital":"KR-H-0002","from":"2023-01-01"}],
            "members":[{"hospital":"KR-H-0001","from":"2020-07-01"},{"hospital":"KR-H-0002","from":"2021-01-01"}]}]}
        """

    func roster() throws -> Roster { try Roster(from: JSONReader(try JSONValue(parsing: text))) }

    func day(_ text: String) throws -> CalendarDay { try #require(CalendarDay(text)) }

    @Test func membersAndLeadsHoldFromTheirFirstDayToTheirLast() throws {
        let consortium = try #require(try roster().consortia.first)
        #expect(consortium.members(on: try day("2020-12-31")).map(\.rawValue) == ["KR-H-0001"])
        #expect(consortium.members(on: try day("2021-01-01")).map(\.rawValue) == ["KR-H-0001", "KR-H-0002"])
        #expect(consortium.lead(on: try day("2022-12-31"))?.rawValue == "KR-H-0001")
        #expect(consortium.lead(on: try day("2023-01-01"))?.rawValue == "KR-H-0002")
        #expect(consortium.lead(on: try day("2020-06-30")) == nil)
    }

    @Test func aRosterIsWrittenBackAndItsDigestDoesNotDependOnSpelling() throws {
        let roster = try roster()
        #expect(roster.problems.isEmpty)
        let again = try Roster(from: JSONReader(try JSONValue(parsing: roster.json.text(indent: 2))))
        #expect(again == roster)
        #expect(again.digest == roster.digest)
    }

    @Test func inconsistenciesAreNamed() throws {
        var broken = try roster()
        broken.hospitals.removeLast()
        broken.consortia[0].members.removeFirst()
        #expect(broken.problems.contains { $0.contains("KR-H-0002") })
        #expect(broken.problems.contains { $0.contains("led by KR-H-0001") })
    }

    @Test func aPeriodThatEndsBeforeItBeginsIsRefusedWithItsPlace() {
        let wrong = text.replacing("\"to\":\"2022-12-31\"", with: "\"to\":\"2019-12-31\"")
        let error = #expect(throws: JSONError.self) { try Roster(from: JSONReader(try JSONValue(parsing: wrong))) }
        #expect(error?.pointer.description == "/consortia/0/lead/0")
    }
}

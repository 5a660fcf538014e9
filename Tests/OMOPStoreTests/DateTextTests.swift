import Testing

@testable import OMOPStore

@Suite struct DateTextTests {
    @Test(arguments: [
        "2015-01-01", " 2015-01-01 ", "2015/01/01", "2015.01.01", "2015-1-1", "20150101",
    ])
    func `A day is read however it is written, and has no time`(text: String) {
        let read = DateText(text)
        #expect(read?.day == 16_436)
        #expect(read?.minuteOfDay == nil)
    }

    @Test(arguments: [
        "2015-01-01 13:45", "2015-01-01T13:45", "2015-01-01T13:45:59", "2015-01-01 13:45:00.000", "2015-01-01T13:45:00Z",
        "2015-01-01 13:45:00+09:00", "2015-01-01 13:45:00 +0900", "20150101 13:45", "2015-01-01  13:45:00.123456",
    ])
    func `A moment keeps the day and the time as written, whatever the zone`(text: String) {
        let read = DateText(text)
        #expect(read?.day == 16_436)
        #expect(read?.minuteOfDay == 825)
    }

    @Test func `Midnight is a time`() {
        #expect(DateText("2015-01-01 00:00:00")?.minuteOfDay == 0)
    }

    @Test(arguments: [
        "", " ", "2015", "2015-01", "01/02/2015", "2015-02-30", "2015-13-01", "0000-00-00", "2015-01-01x", "2015-01-01 25:00",
        "2015-01-01 10", "2015-01/01", "1420070400", "-5", "Jan 1 2015", "2015-01-01 10:00 PM", "201501011", "20151301",
        "2015-01-01T", "２０１５-01-01",
    ])
    func `What is no date is not guessed at`(text: String) {
        #expect(DateText(text) == nil)
    }
}

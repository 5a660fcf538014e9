import CanonicalJSON
import Federation
import Foundation
import Testing

@testable import Coordinator

@Suite struct ConfigurationTests {
    static let minimal = """
        schema: dure.coordinator/1
        consortium: { id: "C-PNUH", name_en: "Test" }
        listen:
          nodes: { host: "127.0.0.1", port: 1 }
          people: { host: "127.0.0.1", port: 2 }
          hosts: ["localhost"]
        """

    @Test func theTemplateReadsBackAsWhatItWasMadeFrom() throws {
        var configuration = CoordinatorConfiguration(
            consortiumID: "C-PNUH", consortiumName: BilingualText(ko: "부산 \"시험\"", en: "back\\slash"),
            nodes: .init(host: "0.0.0.0", port: 7443), people: .init(host: "0.0.0.0", port: 7444),
            hosts: ["a.example", "10.0.0.1"])
        configuration.leaseSeconds = 90
        let read = try CoordinatorConfiguration(yaml: ConfigurationTemplate.text(configuration))
        #expect(read == configuration)
    }

    @Test(arguments: [
        ("listn:\n  a: 1", "/listn"), ("limits: { node_body: 5 }", "/limits/node_body"),
        ("queries: { hours: 0 }", "/queries/hours"), ("queries: { hours: \"12\" }", "/queries/hours"),
        ("queries: { wish_threshold: 4 }", "/queries/wish_threshold"), ("log: { level: off }", "/log/level"),
        ("log: { level: info, extra: 1 }", "/log/extra"),
    ])
    func aMistakeIsFatalWithItsPlace(_ line: String, _ pointer: String) {
        do {
            _ = try CoordinatorConfiguration(yaml: Self.minimal + "\n" + line)
            Issue.record("accepted: \(line)")
        } catch {
            #expect(error.code == .configuration)
            #expect(error.pointer == pointer)
        }
    }

    @Test(arguments: ["a: &x 1\nb: *x", "a: 1\na: 2", "a: [1, 2", "? [a]\n: 1", ""])
    func whatIsNotPlainYAMLIsRefused(_ text: String) {
        #expect(throws: CoordinatorError.self) { try YAMLDocument.json(text, file: "x.yaml") }
    }

    @Test func aBareWordMeansWhatItSays() throws {
        let json = try YAMLDocument.json(
            "{ a: off, b: no, c: true, d: 2020-07-01, e: \"12\", f: 12, g: 0042, h: ~, i: -3, j: 1.5 }", file: "x.yaml")
        #expect(
            json == [
                "a": "off", "b": "no", "c": true, "d": "2020-07-01", "e": "12", "f": 12, "g": "0042", "h": nil, "i": -3,
                "j": "1.5",
            ])
    }

    @Test func nothingThatExistsIsOverwritten() async throws {
        let coordinator = try await TestCoordinator.make()
        let before = try StateDirectory.read(coordinator.directory.authorityKeyFile)
        await #expect(throws: CoordinatorError.self) {
            _ = try await InitialiseCoordinator(
                directory: coordinator.directory, configuration: coordinator.office.configuration,
                clock: coordinator.time.clock, passwords: PasswordDesk(cost: .trivial)
            ).run(administrator: "admin", password: TestCoordinator.password, by: .operatorAccount("test"))
        }
        #expect(try StateDirectory.read(coordinator.directory.authorityKeyFile) == before)
    }

    @Test func everyFileOfTheStateIsForItsOwnerAlone() async throws {
        let coordinator = try await TestCoordinator.make()
        let manager = FileManager.default
        func mode(_ path: String) throws -> Int {
            try #require(try manager.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
        }
        #expect(try mode(coordinator.directory.path) == 0o700)
        #expect(try mode(coordinator.directory.path + "/keys") == 0o700)
        let keys = try manager.contentsOfDirectory(atPath: coordinator.directory.path + "/keys").map { "/keys/\($0)" }
        for file in keys + ["/coordinator.yaml", "/coordinator.sqlite"] {
            #expect(try mode(coordinator.directory.path + file) == 0o600, "\(file)")
        }
    }

    @Test func aFolderWithoutACoordinatorSaysSo() {
        do {
            _ = try CoordinatorOffice(StateDirectory(path: "/nonexistent/coordinator"))
            Issue.record("opened nothing")
        } catch {
            #expect(error.code == .configuration)
        }
    }

    @Test func theServerCertificateIsMadeAnewWhenItGetsOldOrTheHostsChange() async throws {
        let coordinator = try await TestCoordinator.make()
        func certificate(_ hosts: [String]) throws -> ServerCertificate {
            try ServerCertificate(
                directory: coordinator.directory, authority: coordinator.office.keys.authority, hosts: hosts,
                clock: coordinator.time.clock)
        }
        let hosts = coordinator.office.configuration.hosts
        let first = try certificate(hosts)
        #expect(try certificate(hosts).material.facts.fingerprint == first.material.facts.fingerprint)
        #expect(try certificate(["other.example"]).material.facts.fingerprint != first.material.facts.fingerprint)
        #expect(try first.renewIfDue() == false)
        coordinator.time.advance(61 * 86_400)
        #expect(try first.renewIfDue())
        #expect(first.material.facts.expires > coordinator.time.now.adding(80 * 86_400))
    }
}

/// The sample roster that is delivered with the coordinator.
@Suite struct SampleRosterTests {
    static let path =
        "\(#filePath)".components(separatedBy: "/Tests/")[0]
        + "/nodes/roster.kr-example.yaml"

    /// Counted by hand from the published lists: 8 + 6 + 3 + 4 + 4 in 2020; Wonju, 7 and 8 more in 2021; Chung-Ang in 2023.
    @Test(arguments: [("2020-06-30", 0), ("2020-12-31", 25), ("2021-12-31", 41), ("2023-06-30", 42)])
    func itsMembersOnADayAreAsPublished(_ day: String, _ count: Int) throws {
        let roster = try RosterRegister.read(file: Self.path)
        #expect(roster.problems.isEmpty)
        #expect(roster.members(on: try #require(CalendarDay(day))).count == count)
        #expect(roster.notice.contains("press reports"))
    }

    @Test func theLeadOfOneConsortiumChangedHands() throws {
        let roster = try RosterRegister.read(file: Self.path)
        let consortium = try #require(roster.consortia.first { $0.id == "C-AMC" })
        #expect(consortium.lead(on: try #require(CalendarDay("2022-12-31")))?.rawValue == "KR-H-0020")
        #expect(consortium.lead(on: try #require(CalendarDay("2023-01-01")))?.rawValue == "KR-H-0021")
    }

    @Test func aRosterThatContradictsItselfIsNotLoadedAndAnOldOneIsKept() async throws {
        let coordinator = try await TestCoordinator.make()
        let first = try await coordinator.office.rosters.load(
            try RosterRegister.read(file: Self.path), by: .operatorAccount("test"))
        let again = try await coordinator.office.rosters.load(first.roster, by: .operatorAccount("test"))
        #expect(again.number == first.number)
        var broken = first.roster
        broken.hospitals.removeLast()
        await #expect(throws: CoordinatorError.self) {
            try await coordinator.office.rosters.load(broken, by: .operatorAccount("test"))
        }
        #expect(try await coordinator.office.rosters.current()?.roster.digest == first.roster.digest)
    }
}

import CanonicalJSON
import Disclosure
import Federation
import Foundation
import Outbound

/// The sample consortium on one machine: a coordinator, six nodes and a guardian as processes of their own, each node with a
/// synthetic store. Everything it makes lies in one folder.
public struct DemoConsortium: Sendable {
    /// The project that the sample questions are asked under.
    public static let project = ProjectID(unchecked: "P-DEMO")
    static let researcher = "researcher"
    static let administrator = "administrator"

    /// The folder that everything lies in.
    public let folder: String
    /// Persons in each store.
    public let persons: Int
    private let hospitals: [DemoHospital]
    private let nodesPort: Int
    private let peoplePort: Int
    private let hasGuardian: Bool
    private let programs: DemoPrograms
    private let say: @Sendable (String) -> Void

    /// A consortium in `folder`; nothing is made or started yet.
    ///
    /// - Parameters:
    ///   - folder: the folder that everything lies in.
    ///   - persons: persons in each store.
    ///   - hospitals: how many of the six take part.
    ///   - firstPort: where nodes connect, on loopback; the next one is the people's.
    ///   - hasGuardian: whether a guardian opens totals, or the hospitals together.
    ///   - programs: runs the other programs.
    ///   - say: takes a line for each step.
    public init(
        folder: String, persons: Int, hospitals: Int = DemoHospital.all.count, firstPort: Int = 18_443,
        hasGuardian: Bool = true, programs: DemoPrograms,
        say: @escaping @Sendable (String) -> Void
    ) {
        self.hospitals = Array(DemoHospital.all.prefix(hospitals))
        nodesPort = firstPort
        peoplePort = firstPort + 1
        self.hasGuardian = hasGuardian
        self.folder = URL(fileURLWithPath: folder).standardizedFileURL.path
        self.persons = persons
        self.programs = programs
        self.say = say
    }

    /// Makes what is missing: stores, the coordinator with its CA, a project and a researcher.
    public func prepare() throws(ClientError) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw ClientError(.configuration, code: "FOLDER", "\(folder) cannot be made.", advice: "Give another with --folder.")
        }
        for hospital in hospitals { try makeStore(hospital) }
        if hasTotals { try makeOfficers() }
        if !exists("linkage.key") { try write(Self.randomKey() + "\n", "linkage.key") }
        if !exists("researcher.password") { try makeCoordinator() }
        for hospital in hospitals { try configureNode(hospital) }
    }

    /// Starts the coordinator, enrols the nodes that are not enrolled yet, and starts them.
    public func start() async throws(ClientError) {
        say("Starting the coordinator at \(peopleURL)")
        try await startCoordinator()
        for hospital in hospitals where !exists("\(hospital.id)/state/identity") { try enrol(hospital) }
        for hospital in hospitals { try startNode(hospital.id) }
        if hasTotals {
            if hasGuardian, !exists("guardian/roster.json") { try makeGuardian() }
            if !hasGuardian, !exists("totals/roster.json") { try makePeers() }
            if exists("guardian/roster.json") { try startGuardian() }
        }
        say("Started \(hospitals.count) nodes, a process each; their logs are in \(folder)/logs")
    }

    /// Starts the coordinator and waits until it answers.
    public func startCoordinator() async throws(ClientError) {
        try programs.start("dure-coordinator", ["run"] + coordinatorOptions, log: "coordinator")
        try await waitUntilReady()
    }

    /// Starts the node of a hospital.
    public func startNode(_ hospital: HospitalID) throws(ClientError) {
        try programs.start("dure-node", ["run"] + nodeOptions(hospital), log: hospital.rawValue)
    }

    /// The arguments that name the node's files, for `dure-node`.
    public func nodeOptions(_ hospital: HospitalID) -> [String] {
        ["--config", "\(folder)/\(hospital)/node.yaml", "--state", "\(folder)/\(hospital)/state"]
    }

    /// The arguments that name the coordinator's folder, for `dure-coordinator`.
    public var coordinatorOptions: [String] { ["--state-dir", "\(folder)/coordinator"] }

    /// How to reach the coordinator as the researcher.
    public func profile() throws(ClientError) -> (profile: ClientProfile, password: String) {
        let password = try read("researcher.password").trimmingCharacters(in: .whitespacesAndNewlines)
        return (
            ClientProfile(coordinator: peopleURL, authority: try read("coordinator/keys/ca.pem"), user: Self.researcher), password
        )
    }

    /// The coordinator's address for people.
    public var peopleURL: String { "https://localhost:\(peoplePort)" }

    private func makeCoordinator() throws(ClientError) {
        say("Making the coordinator: the consortium's CA, a project, a researcher")
        try? FileManager.default.removeItem(atPath: "\(folder)/coordinator")
        try write(Self.randomPassword() + "\n", "administrator.password")
        let password = Self.randomPassword()
        try write(password + "\n", "new.password")
        try programs.run(
            "dure-coordinator",
            ["init"] + coordinatorOptions + [
                "--consortium-id", "C-PNUH", "--name-en", "Sample consortium (synthetic data)", "--name-ko", "예시 컨소시엄(합성데이터)",
                "--nodes-port", String(nodesPort), "--people-port", String(peoplePort),
                "--admin", Self.administrator, "--password-file", "\(folder)/administrator.password",
            ])
        try write(DemoHospital.rosterJSON(hospitals), "roster.json")
        try coordinator(["roster", "load", "\(folder)/roster.json"])
        try coordinator(
            ["user", "add", Self.researcher, "--role", "researcher", "--password-file", "\(folder)/new.password"])
        try coordinator(
            [
                "project", "add", Self.project.rawValue, "--title-en", "The sample project", "--title-ko", "예시 과제",
                "--organisation", "ORG-0001", "--until", "2099-12-31", "--member", Self.researcher, "--purpose", Self.purpose,
                "--mode", "named", "--mode", "secure-total",
            ] + hospitals.flatMap { ["--hospital", $0.id.rawValue] })
        // Last: the file marks the coordinator as complete.
        try write(password + "\n", "researcher.password")
        try? FileManager.default.removeItem(atPath: "\(folder)/new.password")
    }

    private static let purpose = """
        Sample questions over invented data, to show how feasibility counts travel from six hospitals to a researcher without a \
        patient record leaving any of them. Nobody's data is used.
        """

    private static func randomPassword() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<2).map { _ in String(UInt64.random(in: .min ... .max, using: &generator), radix: 36) }.joined()
    }

    /// 32 random bytes in hexadecimal digits: what the hospitals share for de-duplicated totals.
    private static func randomKey() -> String {
        var generator = SystemRandomNumberGenerator()
        return Hex.encode((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    private func coordinator(_ arguments: [String]) throws(ClientError) {
        try programs.run("dure-coordinator", arguments + coordinatorOptions)
    }

    // MARK: The guardian of consortium totals

    /// A total needs five hospitals.
    public var hasTotals: Bool { hospitals.count >= TotalRoster.minimum }

    /// Starts the guardian, a party of its own.
    public func startGuardian() throws(ClientError) {
        try programs.start("dure-guardian", ["run", "--folder", "\(folder)/guardian"], log: "guardian")
    }

    private static let officers = ["officer-1.key", "officer-2.key"]

    private func officers() throws(ClientError) -> [OfficerKey] {
        var keys: [OfficerKey] = []
        for name in Self.officers { keys.append(try OfficerKey(file: "\(folder)/\(name)")) }
        return keys
    }

    private func makeOfficers() throws(ClientError) {
        for name in Self.officers where !exists(name) {
            guard !exists("researcher.password") else {
                throw ClientError(
                    .configuration, code: "FOLDER", "\(folder) was made by an earlier release, without officers' keys.",
                    advice: "Remove it, or give another with --folder.")
            }
            _ = try OfficerKey(makingFile: "\(folder)/\(name)")
        }
    }

    /// The guardian with its keys, and the totals roster, signed by both officers.
    private func makeGuardian() throws(ClientError) {
        say("Making the guardian of consortium totals, and the roster that two officers sign")
        try? FileManager.default.removeItem(atPath: "\(folder)/guardian")
        let officers = try officers()
        let key = try programs.run("dure-coordinator", ["totals", "key"] + coordinatorOptions)
        let entry = try programs.run(
            "dure-guardian",
            [
                "init", "--folder", "\(folder)/guardian", "--id", "G-DEMO", "--coordinator", peopleURL,
                "--authority", "\(folder)/coordinator/keys/ca.pem",
                "--coordinator-key", key.trimmingCharacters(in: .whitespacesAndNewlines),
            ] + officers.flatMap { ["--officer", $0.publicText] })
        try write(entry, "guardian/entry.json")
        let draft = try programs.run(
            "dure-coordinator",
            ["totals", "draft", "--guardian", "\(folder)/guardian/entry.json"] + coordinatorOptions
                + hospitals.flatMap { ["--hospital", $0.id.rawValue] })
        try load(draft, into: "guardian", officers)
    }

    /// The totals roster of hospitals that open totals together, signed by both officers.
    private func makePeers() throws(ClientError) {
        say("Making the roster of hospitals that open consortium totals together, which two officers sign")
        var entries: [String] = []
        for hospital in hospitals {
            let name = "totals/\(hospital.id).json"
            try write(try programs.run("dure-node", ["totals-entry"] + nodeOptions(hospital.id)), name)
            entries += ["--entry", "\(folder)/\(name)"]
        }
        let draft = try programs.run("dure-coordinator", ["totals", "draft"] + entries + coordinatorOptions)
        try load(draft, into: "totals", try officers())
    }

    /// Has both officers sign a drafted roster, and puts it in force.
    private func load(_ draft: String, into name: String, _ officers: [OfficerKey]) throws(ClientError) {
        var roster: JSONValue
        do throws(JSONError) {
            roster = try JSONValue(parsing: Array(draft.utf8))
        } catch {
            throw ClientError(error)
        }
        for officer in officers { roster = try officer.sign(roster).json }
        try write(roster.text(indent: 2), "\(name)/signed.json")
        try coordinator(["totals", "load", "\(folder)/\(name)/signed.json"])
        // Last: the file marks it as complete.
        try write(roster.text(indent: 2), "\(name)/roster.json")
    }

    private func configureNode(_ hospital: DemoHospital) throws(ClientError) {
        try write(
            hospital.nodeYAML(
                coordinator: peopleURL, store: storePath(hospital), linkageKey: "\(folder)/linkage.key",
                identifiers: identifiersPath(hospital)), "\(hospital.id)/node.yaml")
        let officers = hasTotals ? try officers().map(\.publicText) : []
        if !exists("\(hospital.id)/policy.yaml") {
            try write(DemoHospital.policyYAML(officers: officers), "\(hospital.id)/policy.yaml")
        }
    }

    private func enrol(_ hospital: DemoHospital) throws(ClientError) {
        let code = try programs.run(
            "dure-coordinator", ["enrol-code", "--hospital", hospital.id.rawValue] + coordinatorOptions)
        try write(code, "\(hospital.id)/code")
        try programs.run("dure-node", ["enrol", "--code-file", "\(folder)/\(hospital.id)/code"] + nodeOptions(hospital.id))
        try? FileManager.default.removeItem(atPath: "\(folder)/\(hospital.id)/code")
        say("Enrolled \(hospital.id)  \(hospital.name.en ?? "")")
    }

    /// Waits until the coordinator answers a sign-in.
    private func waitUntilReady() async throws(ClientError) {
        let (profile, _) = try profile()
        let client: OutboundClient
        do throws(OutboundError) {
            client = try OutboundClient(profile.outbound(environment: [:]))
        } catch {
            throw ClientError(error)
        }
        defer { client.close() }
        let deadline = ContinuousClock.now.advanced(by: .seconds(60))
        while ContinuousClock.now < deadline {
            if let answer = try? await client.send(OutboundRequest(.get, peopleURL + "/readyz")), answer.status == 200 { return }
            if !programs.isRunning("coordinator") { break }
            try? await Task.sleep(for: .milliseconds(100))
        }
        throw ClientError(
            .unavailable, code: "COORDINATOR_START", "The coordinator did not start; see \(folder)/logs/coordinator.log.",
            advice: "Is a port taken? The demo listens on \(nodesPort) and \(peoplePort) of this machine.")
    }

    private func makeStore(_ hospital: DemoHospital) throws(ClientError) {
        let store = storePath(hospital)
        let identifiers = identifiersPath(hospital)
        guard ![store, identifiers].allSatisfy(FileManager.default.fileExists(atPath:)) else { return }
        say("Making a synthetic store of \(persons) persons for \(hospital.id)")
        try? FileManager.default.createDirectory(atPath: "\(folder)/stores", withIntermediateDirectories: true)
        try programs.run(
            "dure-node",
            ["synthesise", "--hospital", hospital.id.rawValue, "--persons", String(persons), "--to", store, "--quiet"]
                + ["--identifiers", identifiers, "--replace"])
    }

    private func storePath(_ hospital: DemoHospital) -> String { "\(folder)/stores/\(hospital.id)-\(persons).sqlite" }

    private func identifiersPath(_ hospital: DemoHospital) -> String { "\(folder)/stores/\(hospital.id)-\(persons).csv" }

    private func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(folder)/\(name)") }

    private func read(_ name: String) throws(ClientError) -> String {
        guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)") else {
            throw ClientError(
                .configuration, code: "FOLDER", "\(folder)/\(name) is missing.",
                advice: "Remove \(folder) and run the demo again.")
        }
        return String(decoding: data, as: UTF8.self)
    }

    private func write(_ text: String, _ name: String) throws(ClientError) {
        let path = "\(folder)/\(name)"
        try? FileManager.default.createDirectory(
            atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
        guard FileManager.default.createFile(atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        else {
            throw ClientError(.configuration, code: "FOLDER", "\(path) cannot be written.", advice: "Is the disk full?")
        }
    }
}

import CanonicalJSON
import Client
import Cohorts
import Coordinator
import Federation
import Foundation
import Logging
import NodeAgent
import OMOPStore
import Outbound
import ServiceLifecycle

/// A coordinator and some nodes in one process, on loopback, with synthetic stores of 1,000 persons: as real as the executables, but
/// a test holds every part in its hand.
struct SmallConsortium {
    static let project = ProjectID(unchecked: "P-0042")
    static let password = "correct horse battery"
    static let persons = 1_000

    let folder: String
    let office: CoordinatorOffice
    let service: CoordinatorService
    let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    /// Makes a coordinator with a roster, a project that may ask `hospitals`, and the users `researcher` and `lead`.
    static func make(hospitals: [String], configure: (inout CoordinatorConfiguration) -> Void = { _ in }) async throws
        -> SmallConsortium
    {
        let folder = NSTemporaryDirectory() + "dure-e2e-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let directory = Coordinator.StateDirectory(path: folder + "/coordinator")
        var configuration = CoordinatorConfiguration(
            consortiumID: "C-TEST", consortiumName: BilingualText(en: "Test consortium"),
            nodes: .init(host: "127.0.0.1", port: 0),
            people: .init(host: "127.0.0.1", port: 0))
        configure(&configuration)
        let actor = AuditActor.operatorAccount("test")
        _ = try await InitialiseCoordinator(directory: directory, configuration: configuration)
            .run(administrator: "admin", password: password, by: actor)
        let office = try CoordinatorOffice(directory)
        let ids = hospitals.map(HospitalID.init(unchecked:))
        _ = try await office.rosters.load(roster(ids), by: actor)
        _ = try await office.projects.add(
            ProjectStatement(
                id: project, title: BilingualText(en: "A test"), purpose: String(repeating: "Why it is asked. ", count: 8),
                purposeClass: .protocolFeasibility, organisation: "ORG-0007"),
            modes: [.named], until: CalendarDay(dayNumber: 40_000), hospitals: ids, by: actor)
        for (login, role) in [("researcher", Role.researcher), ("stranger", .researcher), ("lead", .consortiumLead)] {
            _ = try await office.people.add(
                login: login, displayName: login, organisation: "ORG-0007", role: role, password: password, by: actor)
        }
        try await office.projects.setMember(project, login: "researcher", isMember: true, by: actor)
        let service = try CoordinatorService(
            office, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), sweepInterval: .milliseconds(200))
        return SmallConsortium(folder: folder, office: office, service: service)
    }

    private static func roster(_ ids: [HospitalID]) -> Roster {
        let period = Roster.Period(from: CalendarDay(dayNumber: 18_000))
        let members = ids.map { Roster.Membership(hospital: $0, period: period) }
        return Roster(
            notice: "A test.", hospitals: ids.map { .init(id: $0, name: BilingualText(en: "Hospital \($0)")) },
            consortia: [
                .init(id: "C-TEST", name: BilingualText(en: "Test consortium"), leads: [members[0]], members: members)
            ])
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    var authorityPEM: String {
        get throws { try String(contentsOfFile: folder + "/coordinator/keys/ca.pem", encoding: .utf8) }
    }

    /// Writes the synthetic store of `hospital`.
    func store(_ hospital: String) throws -> String {
        let path = "\(folder)/\(hospital).sqlite"
        guard !FileManager.default.fileExists(atPath: path), let synthetic = SyntheticHospital.withID(hospital) else {
            return path
        }
        try SyntheticStore(hospital: synthetic, persons: Self.persons).write(to: path)
        return path
    }

    /// Enrols a node for `hospital` and returns its daemon, not yet running.
    ///
    /// - Parameters:
    ///   - recorder: sees every byte between the node and the coordinator.
    ///   - impostor: answers in the coordinator's place.
    func node(
        _ hospital: String, policy: String = policyYAML, recorder: WireRecorder? = nil, impostor: NodeTransport? = nil
    ) async throws -> NodeService {
        let state = try NodeAgent.StateDirectory("\(folder)/\(hospital)")
        let port = try await service.addresses().peoplePort
        let yaml = """
            schema: dure.node/1
            node: {id: \(hospital), name_en: "Hospital \(hospital)"}
            coordinator: {url: "https://localhost:\(port)"}
            source:
              - {id: omop-main, kind: sqlite, path: "\(try store(hospital))", synthetic: true}
            """
        let configuration = try NodeConfiguration(text: yaml, name: "node.yaml", folder: folder, environment: [:])
        if !FileManager.default.fileExists(atPath: "\(folder)/\(hospital)/identity") {
            let code = try await office.enrolment.makeCode(
                for: HospitalID(unchecked: hospital), seconds: 600, by: .operatorAccount("test"))
            _ = try await Enrolment(configuration, state: state).enrol(code: code.code.text)
        }
        let transport =
            try impostor
            ?? recorder.map { recorder in
                let client = try OutboundClient(identity(hospital))
                return NodeTransport { request async throws(OutboundError) in try await recorder.send(request, by: client) }
            }
        return try NodeService(
            .init(
                configuration: configuration, policy: try Policy(text: policy, name: "policy.yaml"), state: state, logger: logger,
                transport: transport))
    }

    private func identity(_ hospital: String) throws -> OutboundConfiguration {
        let identity = "\(folder)/\(hospital)/identity"
        return OutboundConfiguration(
            trust: .only(pem: try authorityPEM),
            identity: .init(certificateFile: identity + "/certificate.pem", keyFile: identity + "/tls-key.pem"))
    }

    /// A signed-in client; the caller closes it.
    func client(_ user: String = "researcher") async throws -> (api: CoordinatorAPI, close: @Sendable () -> Void) {
        let base = "https://localhost:\(try await service.addresses().peoplePort)"
        let outbound = try OutboundClient(OutboundConfiguration(trust: .only(pem: try authorityPEM)))
        let send: CoordinatorAPI.Send = { request async throws(OutboundError) in try await outbound.send(request) }
        let grant = try await CoordinatorAPI(base: base, token: nil, send: send).signIn(user: user, password: Self.password)
        return (CoordinatorAPI(base: base, token: grant.token, send: send), { outbound.close() })
    }

    static let policyYAML = """
        schema: dure.policy/1
        version: 1
        changed_by: test
        reason: "test"
        defaults: {breakdown_max_dimensions: 3}
        projects:
          - {id: P-0042, purposes: [protocol-feasibility]}
        """
}

/// Runs services while `body` runs, then shuts them down and waits for their end.
func running<Result: Sendable>(_ services: [any Service], _ body: () async throws -> Result) async throws -> Result {
    let group = ServiceGroup(
        configuration: .init(
            services: services.map { .init(service: $0) },
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })))
    async let done: Void = group.run()
    do {
        let result = try await body()
        await group.triggerGracefulShutdown()
        try await done
        return result
    } catch {
        await group.triggerGracefulShutdown()
        try? await done
        throw error
    }
}

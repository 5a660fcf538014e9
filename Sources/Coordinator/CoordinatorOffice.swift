public import Federation
import Foundation
import Logging

/// The registers of one coordinator over its state directory: what administration commands work with, and what the service is
/// built from. Several processes may hold one for the same folder; SQLite keeps them apart.
public struct CoordinatorOffice: Sendable {
    /// The folder.
    public let directory: StateDirectory
    /// The configuration as it was read.
    public let configuration: CoordinatorConfiguration
    /// The keys.
    public let keys: ConsortiumKeys
    /// The state.
    public let database: CoordinatorDatabase
    let clock: CoordinatorClock
    let passwords: PasswordDesk

    /// Opens the coordinator in `directory`.
    ///
    /// - Throws: `CoordinatorError` (`CONFIGURATION`, `UNAVAILABLE`).
    public init(_ directory: StateDirectory, clock: CoordinatorClock = .system) throws(CoordinatorError) {
        guard directory.isInitialised else {
            throw CoordinatorError(
                .configuration, "There is no coordinator in \(directory.path).",
                advice: "`dure-coordinator init` makes one; --state-dir says where it is.")
        }
        try self.init(
            directory, configuration: CoordinatorConfiguration(file: directory.configurationFile), clock: clock,
            passwords: PasswordDesk())
    }

    init(
        _ directory: StateDirectory, configuration: CoordinatorConfiguration, clock: CoordinatorClock, passwords: PasswordDesk,
        maximumPages: Int? = nil
    ) throws(CoordinatorError) {
        self.directory = directory
        self.configuration = configuration
        self.clock = clock
        self.passwords = passwords
        keys = try ConsortiumKeys(directory)
        database = try CoordinatorDatabase(path: directory.databaseFile, maximumPages: maximumPages)
        try StateDirectory.restrict(directory.databaseFile)
    }

    /// Looks through the whole state file, as a daemon does before it serves.
    ///
    /// - Throws: `CoordinatorError` (`INTEGRITY`) where it is damaged.
    public func check() async throws { try await database.check() }

    /// Who the people are.
    public var people: PeopleRegister { PeopleRegister(database: database, clock: clock, passwords: passwords) }
    /// Sessions and tokens.
    public var credentials: CredentialRegister { CredentialRegister(database: database, clock: clock) }
    /// The projects.
    public var projects: ProjectRegister { ProjectRegister(database: database, clock: clock) }
    /// The rosters.
    public var rosters: RosterRegister { RosterRegister(database: database, clock: clock) }
    /// The totals rosters.
    public var totals: TotalsRegister { TotalsRegister(database: database, clock: clock) }
    /// The enrolled nodes.
    public var nodes: NodeRegister { NodeRegister(database: database, clock: clock) }
    /// Enrolment codes and certificates.
    public var enrolment: EnrolmentDesk {
        EnrolmentDesk(
            database: database, clock: clock, keys: keys, certificateLifetime: Int64(configuration.certificateDays) * 86_400)
    }
    /// The audit log.
    public var audit: AuditLog { AuditLog(database: database) }

    /// What nodes have signed about their own audit logs.
    public var auditHeads: AuditHeads { AuditHeads(database: database) }
    /// What hospitals have published of their stores.
    public var catalogues: CatalogueRegister { CatalogueRegister(database: database, clock: clock) }
    /// Files carried to and from hospitals without a network.
    public var courier: CourierOffice {
        CourierOffice(
            database: database, clock: clock, keys: keys, enrolment: enrolment,
            nodesURL: configuration.nodesURL
                ?? "https://\(configuration.hosts.first ?? "localhost"):\(configuration.nodes.port)")
    }

    /// Every hospital of the roster and every node, as people see them.
    public func nodeSummaries() async throws -> [NodeSummary] {
        NodeSummary.list(
            try await nodes.list(), roster: try await rosters.current()?.roster, now: clock.now,
            silentAfter: configuration.silentAfter)
    }

    /// Copies the state into one consistent SQLite file while the daemon runs. Keys and configuration are files beside it.
    public func backUp(to path: String, by actor: AuditActor) async throws {
        let now = clock.now
        try await database.write { db in try AuditLog.append(db, .backedUp, by: actor, on: .none, at: now) }
        try await database.backUp(to: path)
    }
}

public import CanonicalJSON
public import Federation
import GRDB

/// The projects of the consortium.
public struct ProjectRegister: Sendable {
    let database: CoordinatorDatabase
    let clock: CoordinatorClock

    /// A purpose shorter than this says nothing.
    public static let shortestPurpose = 80

    /// Adds a project with its hospitals.
    public func add(
        _ statement: ProjectStatement, modes: [ReleaseMode], until: CalendarDay, hospitals: [HospitalID], by actor: AuditActor
    ) async throws -> Project {
        let now = clock.now
        guard statement.purpose.count >= Self.shortestPurpose else {
            throw CoordinatorError(
                .badRequest,
                "The purpose has \(statement.purpose.count) characters; hospitals decide by it, so it needs at least 80.",
                advice: "Say what is asked of which population, why these hospitals, the benefit, and who will see the results.")
        }
        guard !modes.isEmpty, until.description >= now.day else {
            throw CoordinatorError(.badRequest, "A project needs at least one release mode and a last day that is not over.")
        }
        return try await database.write { db in
            let known = try Row.fetchOne(db, sql: "SELECT 1 FROM project WHERE id = ?", arguments: [statement.id.rawValue])
            guard known == nil else {
                throw CoordinatorError(
                    .alreadyExists, "There is a project \(statement.id) already.", advice: "Choose another id.")
            }
            try db.execute(
                sql: """
                    INSERT INTO project
                        (id, title_ko, title_en, purpose, purpose_class, organisation, release_modes, until_day, created_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    statement.id.rawValue, statement.title.ko, statement.title.en, statement.purpose,
                    statement.purposeClass.rawValue, statement.organisation, modes.map(\.rawValue).joined(separator: ","),
                    until.description, now.seconds,
                ])
            try AuditLog.append(
                db, .projectAdded, by: actor, on: .project(statement.id), at: now, content: Digest256(of: statement.json))
            for hospital in hospitals { try Self.insert(db, hospital, statement.id, actor, now) }
            return try Project.find(db, statement.id)
        }
    }

    /// Every project, by id.
    public func list() async throws -> [Project] {
        try await database.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM project ORDER BY id").map { try Project(db, $0) }
        }
    }

    /// One project.
    public func find(_ id: ProjectID) async throws -> Project {
        try await database.read { db in try Project.find(db, id) }
    }

    /// The projects that the caller may know of.
    func visible(to caller: Caller) async throws -> [Project] {
        try Authorization.require(.seeProject, of: caller, standing: Standing(isMember: true))
        return try await list().filter {
            Authorization.permits(.seeProject, role: caller.role, standing: Standing(isMember: $0.members.contains(caller.login)))
        }
    }

    /// Adds or removes a member. Repeating changes nothing.
    public func setMember(_ id: ProjectID, login: String, isMember: Bool, by actor: AuditActor) async throws {
        let now = clock.now
        try await database.write { db in
            _ = try Project.find(db, id)
            let person = try PeopleRegister.person(db, login: login)
            try db.execute(
                sql: isMember
                    ? "INSERT OR IGNORE INTO project_member (project, person, added_at) VALUES (?, ?, ?)"
                    : "DELETE FROM project_member WHERE project = ? AND person = ? AND ? > 0",
                arguments: [id.rawValue, person.id.rawValue, now.seconds])
            guard db.changesCount > 0 else { return }
            try AuditLog.append(
                db, isMember ? .memberAdded : .memberRemoved, by: actor, on: .membership(id, person.id), at: now)
        }
    }

    /// Adds or removes a hospital that may be asked. Questions already asked go on.
    public func setHospital(_ id: ProjectID, hospital: HospitalID, isAsked: Bool, by actor: AuditActor) async throws {
        let now = clock.now
        try await database.write { db in
            _ = try Project.find(db, id)
            if isAsked {
                try Self.insert(db, hospital, id, actor, now)
            } else {
                try db.execute(
                    sql: "DELETE FROM project_hospital WHERE project = ? AND hospital = ?",
                    arguments: [id.rawValue, hospital.rawValue])
                guard db.changesCount > 0 else { return }
                try AuditLog.append(db, .hospitalRemoved, by: actor, on: .projectHospital(id, hospital), at: now)
            }
        }
    }

    private static func insert(
        _ db: Database, _ hospital: HospitalID, _ project: ProjectID, _ actor: AuditActor, _ now: Timestamp
    ) throws {
        try RosterRegister.requireListed(db, hospital)
        try db.execute(
            sql: "INSERT OR IGNORE INTO project_hospital (project, hospital, added_at) VALUES (?, ?, ?)",
            arguments: [project.rawValue, hospital.rawValue, now.seconds])
        guard db.changesCount > 0 else { return }
        try AuditLog.append(db, .hospitalAdded, by: actor, on: .projectHospital(project, hospital), at: now)
    }

    /// Closes a project: nothing more is asked, and what is still running is stopped.
    ///
    /// - Returns: the queries that were stopped.
    @discardableResult
    public func close(_ id: ProjectID, by actor: AuditActor) async throws -> [QueryID] {
        let now = clock.now
        return try await database.write { db in
            _ = try Project.find(db, id)
            try db.execute(
                sql: "UPDATE project SET closed_at = ? WHERE id = ? AND closed_at IS NULL", arguments: [now.seconds, id.rawValue])
            guard db.changesCount > 0 else { return [] }
            try AuditLog.append(db, .projectClosed, by: actor, on: .project(id), at: now)
            let running = try String.fetchAll(
                db,
                sql: """
                    SELECT DISTINCT query.id FROM query JOIN ticket ON ticket.query = query.id
                    WHERE project = ? AND cancelled_at IS NULL AND state IN ('queued', 'leased', 'acknowledged')
                    """, arguments: [id.rawValue]
            ).map(QueryID.init(unchecked:))
            for query in running { try TicketQueue.cancel(db, query, by: actor, now: now) }
            return running
        }
    }
}

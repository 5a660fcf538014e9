import Federation
import GRDB

/// Lists, shows and stops queries, each within what the caller may know.
struct QueryDesk: Sendable {
    let database: CoordinatorDatabase
    let clock: CoordinatorClock
    let nodesWaiting: WaitingRoom<HospitalID>
    let readersWaiting: WaitingRoom<QueryID>

    /// The newest queries that the caller may know of, newest first.
    func list(for caller: Caller, project: ProjectID?, limit: Int) async throws -> [QueryRecord] {
        try Authorization.require(.seeQuery, of: caller, standing: Standing(isMember: true))
        return try await database.read { db in
            let seesAll = Authorization.permits(.seeQuery, role: caller.role, standing: Standing())
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT query.*, login FROM query JOIN person ON person.id = query.person
                    WHERE (?1 IS NULL OR project = ?1)
                        AND (?2 OR project IN (SELECT project FROM project_member WHERE person = ?3))
                    ORDER BY asked_at DESC, query.id LIMIT ?4
                    """, arguments: [project?.rawValue, seesAll, caller.person.rawValue, limit])
            return try rows.map { try QueryRecord(db, $0) }
        }
    }

    /// One query.
    func find(_ id: QueryID, for caller: Caller) async throws -> QueryRecord {
        try await database.read { db in try Self.require(db, id, .seeQuery, of: caller) }
    }

    /// The query, if the caller may do `action` with it; one that the caller may not even see does not exist.
    static func require(_ db: Database, _ id: QueryID, _ action: Action, of caller: Caller) throws -> QueryRecord {
        let query = try QueryRecord.find(db, id)
        let standing = Standing(
            isMember: try Project.isMember(db, caller.person, of: query.project), isOwner: query.person == caller.person)
        guard Authorization.permits(.seeQuery, role: caller.role, standing: standing) else {
            throw CoordinatorError.notFound("query", id.rawValue)
        }
        try Authorization.require(action, of: caller, standing: standing)
        return query
    }

    /// Stops a query: what has been answered stays. Repeating changes nothing.
    func cancel(_ id: QueryID, by caller: Caller) async throws -> QueryRecord {
        let now = clock.now
        let (query, hospitals) = try await database.write { db -> (QueryRecord, [HospitalID]) in
            let query = try Self.require(db, id, .cancelQuery, of: caller)
            guard query.status == .running else { return (query, []) }
            let hospitals = try TicketQueue.cancel(db, id, by: .person(caller), now: now)
            return (try QueryRecord.find(db, id), hospitals)
        }
        for hospital in hospitals { await nodesWaiting.ring(hospital) }
        await readersWaiting.ring(id)
        return query
    }
}

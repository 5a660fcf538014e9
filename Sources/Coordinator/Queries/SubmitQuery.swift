import CanonicalJSON
import Cohorts
import FaultPoints
import Federation
import Foundation
import GRDB

/// Takes a question in: checks it, pins it, signs one ticket for each hospital, and puts them into the queue in one transaction
///.
struct SubmitQuery: Sendable {
    let database: CoordinatorDatabase
    let clock: CoordinatorClock
    let keys: ConsortiumKeys
    let nodesWaiting: WaitingRoom<HospitalID>
    /// How long a question may be answered where the researcher does not say, in seconds.
    let standardLifetime: Int64
    /// What tickets ask for beyond the hospitals' policies.
    let wish: QueryTicket.Wish

    /// Fewer rows than this hide nobody.
    static let fewestCoded = 3

    /// What became of a submission.
    struct Outcome: Sendable {
        let query: QueryRecord
        /// Whether this very submission was made before, under the same idempotency key.
        let isRepetition: Bool
    }

    /// Submits a question for `caller`.
    ///
    /// - Parameter idempotencyKey: names the submission, so that sending it again after a lost answer asks nothing twice.
    func submit(_ submission: QuerySubmission, by caller: Caller, idempotencyKey: String?) async throws -> Outcome {
        let digest = Digest256(of: submission.json)
        let now = clock.now
        let outcome = try await database.write { [self] db -> Outcome in
            let isMember = try Project.isMember(db, caller.person, of: submission.project)
            try requireProject(db, submission.project, caller, isMember)
            if let earlier = try repetition(db, caller, idempotencyKey, digest) {
                return Outcome(query: earlier, isRepetition: true)
            }
            let project = try Project.find(db, submission.project)
            let hospitals = try check(submission, against: project, now: now)
            let id = try insert(db, submission, digest, caller, idempotencyKey, now)
            try issueTickets(db, id, submission, project, hospitals, caller, now)
            try AuditLog.append(
                db, .queryAsked, by: .person(caller), on: .query(id), at: now, content: submission.question.digest)
            FaultPoint.reach(.coordinatorQueryStoring)
            return Outcome(query: try QueryRecord.find(db, id), isRepetition: false)
        }
        if !outcome.isRepetition {
            FaultPoint.reach(.coordinatorQueryStored)
            for ticket in outcome.query.tickets { await nodesWaiting.ring(ticket.hospital) }
        }
        return outcome
    }

    /// A project that the caller may not see does not exist for the caller.
    private func requireProject(_ db: Database, _ id: ProjectID, _ caller: Caller, _ isMember: Bool) throws {
        let standing = Standing(isMember: isMember)
        guard Authorization.permits(.seeProject, role: caller.role, standing: standing) else {
            throw CoordinatorError.notFound("project", id.rawValue)
        }
        try Authorization.require(.runQuery, of: caller, standing: standing)
    }

    private func repetition(
        _ db: Database, _ caller: Caller, _ key: String?, _ digest: Digest256
    ) throws -> QueryRecord? {
        guard let key else { return nil }
        let row = try Row.fetchOne(
            db, sql: "SELECT id, request_digest FROM query WHERE person = ? AND idempotency_key = ?",
            arguments: [caller.person.rawValue, key])
        guard let row else { return nil }
        guard row["request_digest"] as String == digest.text else {
            throw CoordinatorError(
                .idempotencyMismatch, "The idempotency key was used before, for another question.",
                advice: "Use a new key for a new question.")
        }
        return try QueryRecord.find(db, QueryID(unchecked: row["id"]))
    }

    private func check(
        _ submission: QuerySubmission, against project: Project, now: Timestamp
    ) throws(CoordinatorError) -> [HospitalID] {
        guard project.isActive(at: now) else {
            throw CoordinatorError(
                .projectClosed, "Project \(project.statement.id) is closed (its last day is \(project.until)).",
                advice: "Ask the consortium's lead to extend it, or use another project.")
        }
        guard project.modes.contains(submission.mode) else {
            throw CoordinatorError(
                .releaseModeUnsupported,
                "Project \(project.statement.id) does not allow the release mode \(submission.mode.rawValue).",
                advice: "It allows: \(project.modes.map(\.rawValue).joined(separator: ", ")).", pointer: "/mode")
        }
        for (index, hospital) in submission.hospitals.enumerated() where !project.hospitals.contains(hospital) {
            throw CoordinatorError(
                .hospitalNotInProject, "\(hospital) is not a hospital of project \(project.statement.id).",
                advice: "The project's hospitals: \(project.hospitals.map(\.rawValue).joined(separator: ", ")).",
                pointer: "/hospitals/\(index)")
        }
        let asked = submission.hospitals.isEmpty ? project.hospitals : Array(Set(submission.hospitals)).sorted()
        guard !asked.isEmpty else {
            throw CoordinatorError(
                .hospitalNotInProject, "Project \(project.statement.id) has no hospitals.",
                advice: "An administrator adds them: `dure-coordinator project hospital`.")
        }
        // Two questions to overlapping choices of hospitals would tell, row by row, whose a code is.
        guard submission.mode != .coded || Set(asked) == Set(project.hospitals) else {
            throw CoordinatorError(
                .codedAsksAll,
                "The release mode coded asks every hospital of the project: a choice would tell whose row is whose.",
                advice: "Leave the hospitals out, or use a project that allows named.", pointer: "/hospitals")
        }
        guard submission.mode != .coded || asked.count >= Self.fewestCoded else {
            throw CoordinatorError(
                .releaseModeUnsupported,
                "The release mode coded needs at least \(Self.fewestCoded) hospitals: fewer would be known by their number.",
                advice: "Ask more hospitals, or use a project that allows named.", pointer: "/mode")
        }
        return asked
    }

    private func insert(
        _ db: Database, _ submission: QuerySubmission, _ digest: Digest256, _ caller: Caller, _ key: String?, _ now: Timestamp
    ) throws -> QueryID {
        var generator = SystemRandomNumberGenerator()
        var id = QueryID.random(using: &generator)
        while try Row.fetchOne(db, sql: "SELECT 1 FROM query WHERE id = ?", arguments: [id.rawValue]) != nil {
            id = QueryID.random(using: &generator)
        }
        let roster = try RosterRegister.current(db)?.roster ?? RosterRegister.none
        try db.execute(
            sql: """
                INSERT INTO query (id, project, person, question, question_hash, release_mode, roster, asked_at, expires_at,
                    idempotency_key, request_digest, shuffle)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                id.rawValue, submission.project.rawValue, caller.person.rawValue, Data(submission.question.json.canonicalBytes()),
                submission.question.digest.text, submission.mode.rawValue, roster.digest.text, now.seconds,
                expiry(submission, now).seconds, key, digest.text, RandomText.hex(bytes: 16),
            ])
        return id
    }

    /// The roster that a total is asked under; the total's own record is made with it.
    private func totalsRoster(_ db: Database, _ query: QueryID, _ hospitals: [HospitalID]) throws -> CosignedRoster {
        guard let cosigned = try TotalsRegister.current(db) else {
            throw CoordinatorError(
                .releaseModeUnsupported, "No totals roster is loaded here, so no total can be asked for.",
                advice: "An administrator draws one up for the officers to sign: `dure-coordinator totals draft`.",
                pointer: "/mode")
        }
        let roster = try cosigned.content()
        if let stranger = hospitals.first(where: { roster.key(of: $0) == nil }) {
            throw CoordinatorError(
                .hospitalNotInProject, "\(stranger) is not on the totals roster.",
                advice: "Leave it out with --hospital, or let the officers sign a roster that lists it.", pointer: "/hospitals")
        }
        guard hospitals.count >= roster.fewest else {
            throw CoordinatorError(
                .releaseModeUnsupported,
                "A total needs at least \(roster.fewest) hospitals, and \(hospitals.count) are asked.",
                advice: "Ask more hospitals, or ask for named answers.", pointer: "/hospitals")
        }
        try TotalRecord.insert(db, query, roster)
        return cosigned
    }

    /// Patients of several hospitals are counted once by a guardian only, who merges what they sealed.
    private static func checkDistinct(_ total: CosignedRoster?, _ hospitals: [HospitalID]) throws {
        func refuse(_ what: String, _ advice: String) -> CoordinatorError {
            CoordinatorError(
                .releaseModeUnsupported, what, advice: advice, pointer: "/question/outputs/distinct")
        }
        guard let total else {
            throw refuse(
                "A de-duplicated total is a part of a secure total.", "Ask with the mode secure-total, or without distinct.")
        }
        guard try total.content().kind == .guardian else {
            throw refuse(
                "The hospitals open totals together here, without a guardian, so there is no de-duplicated total.",
                "Ask without distinct.")
        }
        guard hospitals.count <= DistinctTotal.mostHospitals else {
            throw refuse(
                "A de-duplicated total takes at most \(DistinctTotal.mostHospitals) hospitals, and \(hospitals.count) are asked.",
                "Ask fewer hospitals, or without distinct.")
        }
    }

    private func expiry(_ submission: QuerySubmission, _ now: Timestamp) -> Timestamp {
        now.adding(submission.answerWithin.map(Int64.init) ?? standardLifetime)
    }

    private func issueTickets(
        _ db: Database, _ query: QueryID, _ submission: QuerySubmission, _ project: Project, _ hospitals: [HospitalID],
        _ caller: Caller, _ now: Timestamp
    ) throws {
        let roster = try RosterRegister.current(db)?.roster ?? RosterRegister.none
        let total = submission.mode == .secureTotal ? try totalsRoster(db, query, hospitals) : nil
        if submission.question.distinct { try Self.checkDistinct(total, hospitals) }
        var generator = SystemRandomNumberGenerator()
        for hospital in hospitals {
            let ticket = QueryTicket(
                id: .random(using: &generator), query: query, audience: hospital, issued: now,
                expires: expiry(submission, now), project: project.statement, requesterRole: caller.role.rawValue,
                question: submission.question, mode: submission.mode, wish: wish, roster: roster.digest,
                total: total)
            try TicketQueue.insert(db, ticket, try SignedDocument(signing: ticket, with: keys.signing))
        }
    }
}

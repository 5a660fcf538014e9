import CanonicalJSON
import Cohorts
import Federation
import Foundation
import GRDB

/// A query as it is kept.
struct QueryRecord: Sendable {
    let id: QueryID
    let project: ProjectID
    let person: PersonID
    let askedBy: String
    let question: FeasibilityQuestion
    let questionHash: Digest256
    let mode: ReleaseMode
    let roster: Digest256
    let askedAt: Timestamp
    let expires: Timestamp
    let cancelledAt: Timestamp?
    let version: Int
    let shuffle: String
    let tickets: [TicketRow]
    /// Whether every hospital has answered and the total waits for the guardian, or for hospitals where there is none.
    let awaitsOpening: Bool
    /// Whether there will be no total.
    let hasNoTotal: Bool

    /// What is known of one hospital's ticket without its answer.
    struct TicketRow: Sendable, Hashable {
        let id: TicketID
        let hospital: HospitalID
        let state: TicketLifecycle.State
        let since: Timestamp
        let progress: NodeProgress.Stage?
        let progressSince: Timestamp?
        let hasCounts: Bool
        /// Whether it went out as a file.
        let isCarried: Bool
    }

    static func find(_ db: Database, _ id: QueryID) throws -> QueryRecord {
        let sql = "SELECT query.*, login FROM query JOIN person ON person.id = query.person WHERE query.id = ?"
        guard let row = try Row.fetchOne(db, sql: sql, arguments: [id.rawValue]) else {
            throw CoordinatorError.notFound("query", id.rawValue)
        }
        return try QueryRecord(db, row)
    }

    init(_ db: Database, _ row: Row) throws {
        let id: String = row["id"]
        guard let mode = ReleaseMode(rawValue: row["release_mode"]), let hash = Digest256(row["question_hash"] as String),
            let roster = Digest256(row["roster"] as String),
            let question = try? FeasibilityQuestion(from: JSONReader(JSONValue(parsing: row["question"] as Data)))
        else {
            throw CoordinatorError(.integrity, "The stored query \(id) is not readable.", advice: "Restore the state's backup.")
        }
        self.id = QueryID(unchecked: id)
        project = ProjectID(unchecked: row["project"])
        person = PersonID(unchecked: row["person"])
        askedBy = row["login"]
        self.question = question
        questionHash = hash
        self.mode = mode
        self.roster = roster
        askedAt = row.timestamp("asked_at")
        expires = row.timestamp("expires_at")
        cancelledAt = row.optionalTimestamp("cancelled_at")
        version = row["version"]
        shuffle = row["shuffle"]
        tickets = try Row.fetchAll(
            db,
            sql: """
                SELECT id, hospital, state, state_since, progress, progress_since, has_counts, carried FROM ticket
                WHERE query = ? ORDER BY hospital
                """, arguments: [id]
        ).map { row in
            TicketRow(
                id: TicketID(unchecked: row["id"]), hospital: HospitalID(unchecked: row["hospital"]),
                state: TicketLifecycle.State(rawValue: row["state"]) ?? .failed, since: row.timestamp("state_since"),
                progress: (row["progress"] as String?).flatMap(NodeProgress.Stage.init(rawValue:)),
                progressSince: row.optionalTimestamp("progress_since"), hasCounts: row["has_counts"],
                isCarried: (row["carried"] as String?) != nil)
        }
        let total = mode == .secureTotal ? try TotalRecord.find(db, QueryID(unchecked: id)) : nil
        awaitsOpening = total?.awaitsOpening(contributions: tickets.count(where: \.hasCounts)) ?? false
        hasNoTotal = total.map { $0.opening == nil || $0.isRefused } ?? false
    }

    /// What the question is called, if anything.
    var title: BilingualText? {
        guard question.title.ko != nil || question.title.en != nil else { return nil }
        return BilingualText(ko: question.title.ko, en: question.title.en)
    }

    /// Where the query stands as a whole.
    var status: QueryStatus {
        if cancelledAt != nil { return .cancelled }
        if awaitsOpening || tickets.contains(where: { !$0.state.isFinal }) { return .running }
        if hasNoTotal { return .partial }
        return tickets.allSatisfy(\.hasCounts) ? .complete : .partial
    }

    /// The query in a list. It carries no count of patients.
    var summary: QuerySummary {
        QuerySummary(
            query: id, questionHash: questionHash, title: title, project: project, askedBy: askedBy, created: askedAt,
            status: status, asked: tickets.count, answered: tickets.count(where: \.hasCounts))
    }
}

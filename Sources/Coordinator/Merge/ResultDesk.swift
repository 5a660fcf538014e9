import CanonicalJSON
import Disclosure
import FaultPoints
import Federation
import Foundation
import GRDB

/// Puts the hospitals' answers together for a reader: a row for every asked hospital, none dropped, and their merged intervals.
/// Nothing is rounded or hidden here; the hospitals have done that.
struct ResultDesk: Sendable {
    let database: CoordinatorDatabase
    let clock: CoordinatorClock
    let keys: ConsortiumKeys
    let readersWaiting: WaitingRoom<QueryID>
    let reads: ReadRecord

    /// The result, as soon as it is newer than `version`, at most after `wait`.
    func result(_ id: QueryID, for caller: Caller, newerThan version: Int, wait: Duration) async throws -> MergedResult {
        let deadline = ContinuousClock.now + wait
        while true {
            let known = await readersWaiting.bellCount(id)
            // Authorised on each round: membership may end while a poll is parked.
            let query = try await database.read { db in try QueryDesk.require(db, id, .seeResult, of: caller) }
            let left = deadline - ContinuousClock.now
            if query.version > version || query.status.isFinal || left <= .zero { return try await told(query, to: caller) }
            switch await readersWaiting.wait(for: id, known: known, atMost: left) {
            case .bell: continue
            case .timeout, .superseded, .closed: return try await told(query, to: caller)
            }
        }
    }

    /// The result as it is now, with a line in the audit log for each version that somebody sees. Without the line nothing is told.
    private func told(_ query: QueryRecord, to caller: Caller) async throws -> MergedResult {
        let result = try await merge(query)
        FaultPoint.reach(.coordinatorMerged)
        guard await reads.isNew(result.version, of: query.id, for: caller.person) else { return result }
        let now = clock.now
        do {
            try await database.write { db in
                try AuditLog.append(db, .resultRead, by: .person(caller), on: .query(query.id), at: now)
            }
        } catch {
            await reads.forget(query.id, for: caller.person)
            throw error
        }
        return result
    }

    /// The result with everything that it rests on, signed by the coordinator, and a line in the audit log.
    func export(_ id: QueryID, for caller: Caller) async throws -> SignedDocument {
        let now = clock.now
        let query = try await database.read { db in try QueryDesk.require(db, id, .exportResult, of: caller) }
        let result = try await merge(query)
        // Under "coded" the signed tickets and answers would name the hospitals.
        let evidence = query.mode == .coded ? [] : try await self.evidence(query)
        let total = try await database.read { db in try TotalRecord.find(db, id) }
        let export = ResultExport(
            result: result, coordinatorKey: keys.signing.verificationKey, evidence: evidence, exported: now,
            total: total.flatMap(ResultExport.TotalEvidence.init))
        let signed = try SignedDocument(signing: export, with: keys.signing)
        try await database.write { db in
            try AuditLog.append(
                db, .resultExported, by: .person(caller), on: .query(id), at: now, content: signed.digest)
        }
        return signed
    }

    /// The merged result as it is now.
    func merge(_ query: QueryRecord) async throws -> MergedResult {
        // One snapshot: version, states and answers belong together.
        let (query, answers, roster, total) = try await database.read { db in
            let fresh = try QueryRecord.find(db, query.id)
            return (fresh, try Self.answers(db, fresh), try Self.roster(db, fresh), try Self.total(db, fresh))
        }
        var rows = query.tickets.map { ticket in
            Self.row(ticket, answers[ticket.id], name: roster?.name(of: ticket.hospital))
        }
        if query.mode == .coded { rows = CodedRows.shuffled(rows, by: query.shuffle) }
        return MergedResult(
            query: query.id, questionHash: query.questionHash, title: query.title, project: query.project,
            mode: query.mode, status: query.status, version: query.version, created: query.askedAt, roster: query.roster,
            rows: rows, total: total)
    }

    /// The consortium total, where one was asked for.
    private static func total(_ db: Database, _ query: QueryRecord) throws -> SecureTotal? {
        guard let record = try TotalRecord.find(db, query.id) else { return nil }
        let isGathering = query.cancelledAt == nil && query.tickets.contains { !$0.state.isFinal }
        return try record.told(
            isGathering: isGathering, answers: try TotalRecord.answers(db, query.id),
            roster: try TotalsRegister.find(db, version: record.roster)?.content())
    }

    private static func answers(_ db: Database, _ query: QueryRecord) throws -> [TicketID: NodeAnswer] {
        let rows = try Row.fetchAll(
            db, sql: "SELECT answer.ticket, answer.document FROM answer JOIN ticket ON ticket.id = answer.ticket WHERE query = ?",
            arguments: [query.id.rawValue])
        var answers: [TicketID: NodeAnswer] = [:]
        for row in rows {
            // Verified when it was accepted; read again here, and verified again by whoever exports it.
            let document = try SignedDocument(parsing: row["document"] as Data)
            do {
                answers[TicketID(unchecked: row["ticket"])] = try NodeAnswer(from: JSONReader(document.payload))
            } catch {
                throw CoordinatorError(
                    .integrity, "A stored answer is not readable: \(error)", advice: "Restore the state's backup.")
            }
        }
        return answers
    }

    private static func roster(_ db: Database, _ query: QueryRecord) throws -> Roster? {
        let document = try Data.fetchOne(
            db, sql: "SELECT document FROM roster WHERE digest = ? LIMIT 1", arguments: [query.roster.text])
        return document.flatMap { try? Roster(from: JSONReader(JSONValue(parsing: $0))) }
    }

    static func row(_ ticket: QueryRecord.TicketRow, _ answer: NodeAnswer?, name: BilingualText?) -> MergedResult.Row {
        guard let answer else {
            return MergedResult.Row(
                node: ticket.hospital.rawValue, name: name, answer: DisclosedAnswer(total: standIn(for: ticket)))
        }
        return MergedResult.Row(
            node: ticket.hospital.rawValue, name: name, answer: answer.outcome.disclosed, answered: answer.answered,
            provenance: answer.provenance, policy: answer.policy)
    }

    /// What stands for a hospital that gave no answer: why, and since when.
    static func standIn(for ticket: QueryRecord.TicketRow) -> DisclosedCount {
        switch ticket.state {
        case .leased where ticket.isCarried: .waiting(.courier, since: ticket.since.seconds)
        case .queued, .leased: .waiting(.queue, since: ticket.since.seconds)
        case .acknowledged:
            ticket.progress == .held
                ? .waiting(.approval, since: ticket.progressSince?.seconds)
                : .waiting(.node, since: ticket.since.seconds)
        // Only an answer that did not hold ends a ticket as failed or declined without a stored one.
        case .failed, .answered, .declined: .failed(.integrity)
        // Nobody waits any more; that the question was stopped is the query's status.
        case .expired, .cancelled: .failed(.timeout)
        }
    }

    private func evidence(_ query: QueryRecord) async throws -> [ResultExport.Evidence] {
        try await database.read { db in
            try query.tickets.compactMap { ticket in
                let row = try Row.fetchOne(
                    db,
                    sql: """
                        SELECT ticket.document AS ticket, answer.document AS answer FROM ticket
                        LEFT JOIN answer ON answer.ticket = ticket.id WHERE ticket.id = ?
                        """, arguments: [ticket.id.rawValue])
                guard let row else { return nil }
                let answer = try (row["answer"] as Data?).map { try SignedDocument(parsing: $0) }
                return ResultExport.Evidence(
                    node: ticket.hospital, nodeKey: try Self.key(db, ticket.hospital, signed: answer),
                    ticket: try SignedDocument(parsing: row["ticket"] as Data),
                    answer: answer)
            }
        }
    }

    /// The key that an answer was signed with: the node may have been enrolled anew since.
    private static func key(_ db: Database, _ hospital: HospitalID, signed answer: SignedDocument?) throws -> VerificationKey? {
        let name = answer?.keyName
        let text = try String.fetchOne(
            db,
            sql: """
                SELECT signing_key FROM node_key WHERE hospital = ?1 AND (?2 IS NULL OR name = ?2)
                ORDER BY enrolled_at DESC LIMIT 1
                """, arguments: [hospital.rawValue, name])
        return text.flatMap(Hex.decode).flatMap(VerificationKey.init(bytes:))
    }
}

extension ResultExport.TotalEvidence {
    /// The documents of a total, once it has ended.
    fileprivate init?(_ total: TotalRecord) {
        guard let request = total.request, let opening = total.opening else { return nil }
        self.init(request: request, opening: opening)
    }
}

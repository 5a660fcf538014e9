import CanonicalJSON
import Cohorts
import Federation
import Foundation
import GRDB

/// One bell for all totals.
struct TotalsBell: Hashable, Sendable {}

/// Deals with the guardian: fixes the set of hospitals once nobody can answer any more, asks for the sum of their masks, and
/// keeps what the guardian says. The guardian fetches its work, as nodes do; nothing is sent to it unasked.
struct TotalDesk: Sendable {
    let database: CoordinatorDatabase
    let clock: CoordinatorClock
    let keys: ConsortiumKeys
    let totalsWaiting: WaitingRoom<TotalsBell>
    let readersWaiting: WaitingRoom<QueryID>

    /// Requests that one poll brings.
    private static let most = 10

    /// Waits until there is something to open, at most `wait`.
    ///
    /// - Parameter document: a `GuardianPoll`, signed by the guardian of the totals roster in force.
    func poll(_ document: SignedDocument, wait: Duration) async throws -> [SignedDocument] {
        let guardian = try await authenticate(document)
        let deadline = ContinuousClock.now + wait
        while true {
            let known = await totalsWaiting.bellCount(TotalsBell())
            let requests = try await requests(for: guardian)
            let left = deadline - ContinuousClock.now
            if !requests.isEmpty || left <= .zero { return requests }
            switch await totalsWaiting.wait(for: TotalsBell(), known: known, atMost: left) {
            case .bell: continue
            case .timeout, .superseded, .closed: return []
            }
        }
    }

    private func authenticate(_ document: SignedDocument) async throws -> GuardianID {
        let roster = try await database.read { db in try TotalsRegister.current(db)?.content() }
        guard let roster else {
            throw CoordinatorError(
                .notFound, "No totals roster was loaded.", advice: "`dure-coordinator totals load FILE`")
        }
        guard let guardian = roster.guardian else {
            throw CoordinatorError(
                .notFound, "The totals roster in force has no guardian.",
                advice: "The hospitals open totals together; stop the guardian once it has nothing left to open.")
        }
        let poll = try document.verified(as: GuardianPoll.self, by: guardian.key)
        guard poll.guardian == guardian.id else {
            throw FederationError(.audienceWrong, "The guardian in force is \(guardian.id), not \(poll.guardian).")
        }
        guard abs(clock.now.seconds - poll.asked.seconds) <= FederationProtocol.clockTolerance else {
            throw FederationError(
                .ticketExpired, "The guardian asked at \(poll.asked), and it is \(clock.now).",
                advice: "Set the guardian's clock.")
        }
        return poll.guardian
    }

    private func requests(for guardian: GuardianID) async throws -> [SignedDocument] {
        let due = try await database.read { db in try Self.due(db, guardian: guardian) }
        guard !due.isEmpty else { return [] }
        let now = clock.now
        return try await database.write { [keys] db in
            var requests: [SignedDocument] = []
            for query in try Self.due(db, guardian: guardian) {
                if let request = try Self.request(db, query, keys: keys, now) { requests.append(request) }
                if requests.count == Self.most { break }
            }
            return requests
        }
    }

    /// Totals that nobody can answer to any more, and that are not opened.
    ///
    /// - Parameter guardian: nil for those that the hospitals open together, and that are not fixed yet.
    static func due(_ db: Database, guardian: GuardianID?) throws -> [QueryID] {
        try String.fetchAll(
            db,
            sql: """
                SELECT total.query FROM total JOIN query ON query.id = total.query
                WHERE guardian = ? AND opening IS NULL AND cancelled_at IS NULL AND (guardian <> '' OR request IS NULL)
                    AND NOT EXISTS (
                        SELECT 1 FROM ticket WHERE ticket.query = total.query AND state IN ('queued', 'leased', 'acknowledged'))
                    AND minimum <= (
                        SELECT count(*) FROM ticket WHERE ticket.query = total.query AND state = 'answered' AND has_counts = 1)
                ORDER BY asked_at, total.query
                """, arguments: [guardian?.rawValue ?? ""]
        ).map(QueryID.init(unchecked:))
    }

    /// The request of a total: the one that was made, or now the one and only.
    static func request(
        _ db: Database, _ id: QueryID, keys: ConsortiumKeys, _ now: Timestamp
    ) throws -> SignedDocument? {
        guard let total = try TotalRecord.find(db, id) else { return nil }
        if let request = total.request { return request }
        let query = try QueryRecord.find(db, id)
        let answers = try TotalRecord.answers(db, id)
        guard let roster = try TotalsRegister.find(db, version: total.roster), answers.count >= total.minimum else { return nil }
        let subject = TotalSubject(
            query: id, questionHash: query.questionHash, cohort: Digest256(of: query.question.cohort.canonicalBytes),
            roster: try roster.content().digest)
        let request = try SignedDocument(
            signing: OpeningRequest(subject: subject, roster: roster, shares: answers.map(\.answer.share)), with: keys.signing)
        try db.execute(
            sql: "UPDATE total SET request = ?, requested_at = ? WHERE query = ?",
            arguments: [Data(request.bytes), now.seconds, id.rawValue])
        try AuditLog.append(db, .totalRequested, by: .system, on: .query(id), at: now, content: request.digest)
        return request
    }

    /// Keeps what the guardian says, if it fits. Saying the same again changes nothing.
    ///
    /// - Throws: `CoordinatorError` (`NOT_FOUND`, `ANSWER_CONFLICT`), `FederationError`.
    func accept(_ document: SignedDocument) async throws {
        let now = clock.now
        let query = try await database.write { db -> QueryID? in
            let claimed: QueryID
            do throws(JSONError) {
                claimed = try JSONReader(document.payload).required("query").decode(QueryID.self)
            } catch {
                throw CoordinatorError(error)
            }
            guard let total = try TotalRecord.find(db, claimed), let request = total.request,
                let roster = try TotalsRegister.find(db, version: total.roster)?.content()
            else { throw CoordinatorError.notFound("total", claimed.rawValue) }
            guard let guardian = roster.guardian else { throw CoordinatorError.notFound("total", claimed.rawValue) }
            let opening = try document.verified(as: Opening.self, by: guardian.key)
            guard opening.request == request.digest else {
                throw FederationError(.totalMismatch, "The opening is for another request.")
            }
            if let stored = total.opening {
                guard stored.digest == document.digest else {
                    throw CoordinatorError(.answerConflict, "The total of \(claimed) was opened before, in another way.")
                }
                return nil
            }
            if case .opened = opening.outcome {
                // What does not open to counts is not kept: the guardian's operator has to hear of it.
                _ = try TotalOpener.answer(try TotalRecord.answers(db, claimed), opening: opening)
            }
            try db.execute(
                sql: "UPDATE total SET opening = ?, opened_at = ? WHERE query = ?",
                arguments: [Data(document.bytes), now.seconds, claimed.rawValue])
            try db.execute(sql: "UPDATE query SET version = version + 1 WHERE id = ?", arguments: [claimed.rawValue])
            let outcome = if case .refused(let code) = opening.outcome { code.rawValue } else { "ok" }
            try AuditLog.append(
                db, .totalOpened, by: .guardian(opening.guardian), on: .query(claimed), at: now, outcome: outcome,
                content: document.digest)
            return claimed
        }
        if let query { await readersWaiting.ring(query) }
    }
}

import CanonicalJSON
import Federation
import Foundation
import GRDB

/// The SQL under `PeerRounds`: loads what the hospitals of a total have said, stores what each is to be asked next. Always within a
/// transaction of the caller's.
enum PeerQueue {
    /// A total without a guardian whose set of hospitals is fixed.
    struct Open {
        let query: QueryID
        let document: SignedDocument
        let request: OpeningRequest
        let roster: TotalsRoster
        /// The hospitals in the total, in the request's order.
        let hospitals: [HospitalID]
        let answers: [(answer: MaskedAnswer, share: TotalShare)]
        let agreements: [HospitalID: SignedDocument]
        let reveals: [HospitalID: SignedDocument]
        /// Who did not agree.
        let refused: Set<HospitalID>
        let rounds: PeerRounds

        /// The signed words of those who agreed.
        var agreed: [SignedDocument] {
            hospitals.filter { !refused.contains($0) }.compactMap { agreements[$0] }
        }
    }

    /// Loads an open total; nil where there is none, it was opened, or its set is not fixed.
    static func find(_ db: Database, _ query: QueryID) throws -> Open? {
        guard let total = try TotalRecord.find(db, query), total.guardian == nil, total.opening == nil,
            let document = total.request
        else { return nil }
        let answers = try TotalRecord.answers(db, query)
        let hospitals = answers.map(\.share.node)
        var (agreements, reveals) = ([HospitalID: SignedDocument](), [HospitalID: SignedDocument]())
        for row in try Row.fetchAll(
            db, sql: "SELECT hospital, agreement, reveal FROM peer_round WHERE query = ?", arguments: [query.rawValue])
        {
            let hospital = HospitalID(unchecked: row["hospital"])
            agreements[hospital] = try (row["agreement"] as Data?).map { try SignedDocument(parsing: $0) }
            reveals[hospital] = try (row["reveal"] as Data?).map { try SignedDocument(parsing: $0) }
        }
        let request = try read(document, OpeningRequest.self)
        let roster = try request.roster.content()
        var rounds = PeerRounds(hospitals, fewest: roster.fewest)
        var refused = Set<HospitalID>()
        for (hospital, word) in agreements {
            let code = try read(word, Agreement.self).refused
            if code != nil { refused.insert(hospital) }
            _ = rounds.take(code.map { .refused(hospital, $0) } ?? .agreed(hospital))
        }
        for hospital in reveals.keys { _ = rounds.take(.revealed(hospital)) }
        return Open(
            query: query, document: document, request: request, roster: roster, hospitals: hospitals, answers: answers,
            agreements: agreements, reveals: reveals, refused: refused, rounds: rounds)
    }

    /// Reads what was verified when it was stored.
    private static func read<Payload: SignedPayload>(_ document: SignedDocument, _: Payload.Type) throws -> Payload {
        do {
            return try Payload(from: JSONReader(document.payload))
        } catch {
            throw CoordinatorError(.integrity, "A stored total is not readable.", advice: "Restore the state's backup.")
        }
    }

    /// Writes down what each hospital of the total is to be asked. Who is asked something new is asked at once.
    static func schedule(_ db: Database, _ open: Open) throws {
        for hospital in open.hospitals {
            try db.execute(
                sql: """
                    INSERT INTO peer_round (query, hospital, due) VALUES (?1, ?2, ?3)
                    ON CONFLICT (query, hospital) DO UPDATE SET
                        offered_until = CASE WHEN due IS ?3 THEN offered_until END, due = ?3
                    """,
                arguments: [open.query.rawValue, hospital.rawValue, open.rounds.step(of: hospital)?.rawValue])
        }
    }

    /// Nobody is asked about the total any more.
    static func end(_ db: Database, _ query: QueryID) throws {
        try db.execute(sql: "UPDATE peer_round SET due = NULL WHERE query = ?", arguments: [query.rawValue])
    }

    private static let waiting = """
        FROM peer_round JOIN query ON query.id = peer_round.query
        WHERE due IS NOT NULL AND cancelled_at IS NULL AND (offered_until IS NULL OR offered_until <= ?1)
        """

    /// Whether a hospital's node is to be asked something.
    static func hasWork(_ db: Database, _ hospital: HospitalID, now: Timestamp) throws -> Bool {
        try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 \(waiting) AND hospital = ?2)", arguments: [now.seconds, hospital.rawValue])
            ?? false
    }

    /// The hospitals whose nodes are to be asked something.
    static func hospitalsWithWork(_ db: Database, now: Timestamp) throws -> [HospitalID] {
        try String.fetchAll(db, sql: "SELECT DISTINCT hospital \(waiting)", arguments: [now.seconds])
            .map(HospitalID.init(unchecked:))
    }

    /// What a hospital's node is to be asked, leased to it like a ticket.
    static func take(
        _ db: Database, _ hospital: HospitalID, atMost limit: Int, seconds: Int, keys: ConsortiumKeys, now: Timestamp
    ) throws -> [SignedDocument] {
        let queries = try String.fetchAll(
            db, sql: "SELECT peer_round.query \(waiting) AND hospital = ?2 ORDER BY peer_round.query LIMIT ?3",
            arguments: [now.seconds, hospital.rawValue, limit])
        return try queries.compactMap { id in
            guard let open = try find(db, QueryID(unchecked: id)), let step = open.rounds.step(of: hospital) else { return nil }
            try db.execute(
                sql: "UPDATE peer_round SET offered_until = ? WHERE query = ? AND hospital = ?",
                arguments: [now.adding(Int64(seconds)).seconds, id, hospital.rawValue])
            switch step {
            case .agree: return open.document
            case .reveal:
                return try SignedDocument(
                    signing: RevealRequest(
                        audience: hospital, request: open.document, agreements: open.agreed,
                        packages: open.answers.flatMap { $0.answer.packages.filter { $0.to == hospital } }),
                    with: keys.signing)
            }
        }
    }

    /// A node came up anew, or nil, the coordinator did: what was asked, or answered, may have died with it.
    static func offerAgain(_ db: Database, to hospital: HospitalID?) throws {
        try db.execute(
            sql: "UPDATE peer_round SET offered_until = NULL WHERE due IS NOT NULL AND hospital = coalesce(?, hospital)",
            arguments: [hospital?.rawValue])
    }

    /// Stores what a hospital said. The first word stands.
    ///
    /// - Parameter column: `agreement` or `reveal`.
    /// - Returns: false where the very same was stored before.
    static func keep(
        _ db: Database, _ document: SignedDocument, _ step: PeerRounds.Step, of hospital: HospitalID, _ open: Open
    ) throws -> Bool {
        if let stored = step == .agree ? open.agreements[hospital] : open.reveals[hospital] {
            guard stored.digest == document.digest else {
                throw CoordinatorError(
                    .answerConflict, "\(hospital) has said something else about the total of \(open.query) before.",
                    advice: "Find out why the node spoke twice: was its state restored from a backup?")
            }
            return false
        }
        let column = step == .agree ? "agreement" : "reveal"
        try db.execute(
            sql: "UPDATE peer_round SET \(column) = ?, due = NULL WHERE query = ? AND hospital = ?",
            arguments: [Data(document.bytes), open.query.rawValue, hospital.rawValue])
        return true
    }
}

import CanonicalJSON
import Disclosure
import Federation
import Foundation
import GRDB

/// Where a query's total stands, as it is kept.
struct TotalRecord: Sendable {
    let roster: Int
    let guardian: GuardianID
    let minimum: Int
    let request: SignedDocument?
    let opening: SignedDocument?

    static func insert(_ db: Database, _ query: QueryID, _ roster: TotalsRoster) throws {
        try db.execute(
            sql: "INSERT INTO total (query, roster, guardian, minimum) VALUES (?, ?, ?, ?)",
            arguments: [query.rawValue, roster.version, roster.guardian.id.rawValue, roster.minimum])
    }

    static func find(_ db: Database, _ query: QueryID) throws -> TotalRecord? {
        try Row.fetchOne(db, sql: "SELECT * FROM total WHERE query = ?", arguments: [query.rawValue]).map(TotalRecord.init)
    }

    private init(_ row: Row) throws {
        roster = row["roster"]
        guardian = GuardianID(unchecked: row["guardian"])
        minimum = row["minimum"]
        request = try (row["request"] as Data?).map { try SignedDocument(parsing: $0) }
        opening = try (row["opening"] as Data?).map { try SignedDocument(parsing: $0) }
    }

    /// Whether the guardian said no.
    var isRefused: Bool {
        guard let opening else { return false }
        return (try? JSONReader(opening.payload).optional("refused")) != nil
    }

    /// Whether the guardian is asked, or could be, and has not said anything yet.
    func awaitsGuardian(contributions: Int) -> Bool { opening == nil && contributions >= minimum }

    /// The total as a reader sees it.
    ///
    /// - Parameters:
    ///   - isGathering: whether a hospital may still answer.
    ///   - answers: the masked answers that were accepted, each with its share.
    func told(isGathering: Bool, answers: [(answer: MaskedAnswer, share: TotalShare)]) throws -> SecureTotal {
        var told = SecureTotal(state: .gathering, minimum: minimum, guardian: guardian, hospitals: answers.count)
        if isGathering { return told }
        guard let opening else {
            if answers.count < minimum {
                told.state = .closed
                told.code = .tooFew
            } else {
                told.state = .opening
            }
            return told
        }
        let content: Opening
        do throws(JSONError) {
            content = try Opening(from: JSONReader(opening.payload))
        } catch {
            throw CoordinatorError(.integrity, "A stored opening is not readable.", advice: "Restore the state's backup.")
        }
        switch content.outcome {
        case .refused(let code):
            told.state = .closed
            told.code = code
        case .opened:
            told.state = .opened
            told.answer = try TotalOpener.answer(answers, opening: content)
        }
        return told
    }

    /// The masked answers of a query that were accepted, by hospital.
    static func answers(_ db: Database, _ query: QueryID) throws -> [(answer: MaskedAnswer, share: TotalShare)] {
        let documents = try Data.fetchAll(
            db,
            sql: """
                SELECT answer.document FROM answer JOIN ticket ON ticket.id = answer.ticket
                WHERE query = ? ORDER BY answer.hospital
                """, arguments: [query.rawValue])
        return try documents.compactMap { data in
            do {
                // Verified when it was accepted, the share inside it included.
                let answer = try NodeAnswer(from: JSONReader(SignedDocument(parsing: data).payload))
                guard case .masked(let masked) = answer.outcome else { return nil }
                return (masked, try TotalShare(from: JSONReader(masked.share.payload)))
            } catch {
                throw CoordinatorError(.integrity, "A stored answer is not readable.", advice: "Restore the state's backup.")
            }
        }
    }
}

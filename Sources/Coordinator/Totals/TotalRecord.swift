import CanonicalJSON
import Disclosure
import Federation
import Foundation
import GRDB

/// Where a query's total stands, as it is kept.
struct TotalRecord: Sendable {
    let roster: Int
    /// Nil where the hospitals open it together.
    let guardian: GuardianID?
    /// Fewest hospitals in it.
    let minimum: Int
    let request: SignedDocument?
    let opening: SignedDocument?

    static func insert(_ db: Database, _ query: QueryID, _ roster: TotalsRoster) throws {
        try db.execute(
            sql: "INSERT INTO total (query, roster, guardian, minimum) VALUES (?, ?, ?, ?)",
            arguments: [query.rawValue, roster.version, roster.guardian?.id.rawValue ?? "", roster.fewest])
    }

    static func find(_ db: Database, _ query: QueryID) throws -> TotalRecord? {
        try Row.fetchOne(db, sql: "SELECT * FROM total WHERE query = ?", arguments: [query.rawValue]).map(TotalRecord.init)
    }

    private init(_ row: Row) throws {
        roster = row["roster"]
        let name: String = row["guardian"]
        guardian = name.isEmpty ? nil : GuardianID(unchecked: name)
        minimum = row["minimum"]
        request = try (row["request"] as Data?).map { try SignedDocument(parsing: $0) }
        opening = try (row["opening"] as Data?).map { try SignedDocument(parsing: $0) }
    }

    /// Whether the guardian, or too many hospitals where there is none, said no.
    var isRefused: Bool {
        guard let opening else { return false }
        return (try? JSONReader(opening.payload).optional("refused")) != nil
    }

    /// Whether the guardian, or the hospitals, are asked or could be, and it has not ended yet.
    func awaitsOpening(contributions: Int) -> Bool { opening == nil && contributions >= minimum }

    /// The total as a reader sees it.
    ///
    /// - Parameters:
    ///   - isGathering: whether a hospital may still answer.
    ///   - answers: the masked answers that were accepted, each with its share.
    ///   - roster: the roster that it was asked under.
    func told(
        isGathering: Bool, answers: [(answer: MaskedAnswer, share: TotalShare)], roster: TotalsRoster?
    ) throws -> SecureTotal {
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
        switch try ended(opening, answers, roster) {
        case .failure(let refused):
            told.state = .closed
            told.code = refused.code
        case .success(let ended):
            told.state = .opened
            told.answer = ended.answer
            told.distinct = ended.distinct
        }
        return told
    }

    private struct Refused: Error { let code: OpeningRefusal }

    /// What a stored opening says.
    private func ended(
        _ document: SignedDocument, _ answers: [(answer: MaskedAnswer, share: TotalShare)], _ roster: TotalsRoster?
    ) throws -> Result<(answer: TotalAnswer, distinct: DistinctTotal?), Refused> {
        do {
            guard guardian == nil else {
                let opening = try Opening(from: JSONReader(document.payload))
                if case .refused(let code) = opening.outcome { return .failure(Refused(code: code)) }
                return .success((try TotalOpener.answer(answers, opening: opening), opening.distinct))
            }
            let opening = try PeerOpening(from: JSONReader(document.payload))
            if let code = opening.refused { return .failure(Refused(code: code)) }
            guard let request, let roster else { throw Self.unreadable }
            let subject = try OpeningRequest(from: JSONReader(request.payload)).subject
            let answer = try TotalOpener.answer(
                answers, opening: opening, request: request, subject: subject, roster: roster)
            return .success((answer, nil))
        } catch is JSONError {
            throw Self.unreadable
        }
    }

    private static var unreadable: CoordinatorError {
        CoordinatorError(.integrity, "A stored opening is not readable.", advice: "Restore the state's backup.")
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

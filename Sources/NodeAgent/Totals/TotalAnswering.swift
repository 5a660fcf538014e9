@_spi(Hospital) import Disclosure
import Federation

/// How a node takes part in a consortium total: the roster is checked against the hospital's own policy, the numbers are made
/// safe, masked with a fresh mask, and stored with the ledgers that remember them, all in one transaction.
struct TotalAnswering: Sendable {
    let policy: Policy
    let desk: ReleaseDesk
    let spool: Spool
    let signing: SigningKey
    /// Whether answers are carried as files: a total without a guardian has more rounds than that.
    let isCourier: Bool
    let log: NodeLog

    /// The roster of the ticket's total, or why this hospital takes no part in it.
    func roster(of ticket: QueryTicket) async throws(NodeError) -> Result<TotalsRoster, Declined> {
        let newest = try await spool.setting(AcceptedRoster.name).flatMap(AcceptedRoster.init(bytes:))
        do throws(FederationError) {
            guard let totals = policy.totals else {
                throw FederationError(.totalsRoster, "policy.yaml has no `totals`.", advice: "List the officers' keys there.")
            }
            let roster = try totals.roster(
                of: ticket, key: signing.verificationKey, sealingKey: try SealingKey(of: signing).sealingKey, newest: newest)
            guard totals.kinds.contains(roster.kind), roster.kind == .guardian || !isCourier else {
                log.warning("no part in a total of this kind", [.ticket: ticket.id.rawValue, .code: roster.kind.rawValue])
                return .failure(Declined(code: .totalsKind))
            }
            return .success(roster)
        } catch {
            log.warning(
                "no part in this total",
                [.ticket: ticket.id.rawValue, .code: error.code.rawValue, .advice: "\(error.message) \(error.advice)"])
            return .failure(Declined(code: .totalsRoster))
        }
    }

    struct Declined: Error { let code: DeclineCode }

    /// Masks what the gate let out.
    func mask(
        _ plan: TotalPlan, _ ticket: QueryTicket, _ roster: TotalsRoster, _ rules: DisclosureRules
    ) throws(NodeError) -> MaskedAnswer {
        do throws(FederationError) {
            guard let subject = try ticket.totalSubject() else {
                throw FederationError(.totalsRoster, "Ticket \(ticket.id) asks for no total.")
            }
            guard let guardian = roster.guardian else {
                return try MaskedAnswer(
                    plan.shares, layout: plan.layout, subject: subject, ticket: ticket, terms: ShareTerms(rules),
                    peers: roster, signing: signing, sealing: try SealingKey(of: signing))
            }
            return try MaskedAnswer(
                plan.shares, layout: plan.layout, subject: subject, ticket: ticket, terms: ShareTerms(rules),
                guardian: guardian, signing: signing)
        } catch {
            throw NodeError(.integrity, error.message, advice: error.advice)
        }
    }
}

@_spi(Hospital) import Disclosure
import Federation

/// How a node takes part in a consortium total: the roster is checked against the hospital's own policy, the numbers are made
/// safe, masked with a fresh mask, and stored with the ledgers that remember them, all in one transaction.
struct TotalAnswering: Sendable {
    let policy: Policy
    let desk: ReleaseDesk
    let spool: Spool
    let signing: SigningKey
    let log: NodeLog

    /// The roster of the ticket's total, or nil where this hospital takes no part in it.
    func roster(of ticket: QueryTicket) async throws(NodeError) -> TotalsRoster? {
        let newest = try await spool.setting(AcceptedRoster.name).flatMap(AcceptedRoster.init(bytes:))
        do throws(FederationError) {
            guard let totals = policy.totals else {
                throw FederationError(.totalsRoster, "policy.yaml has no `totals`.", advice: "List the officers' keys there.")
            }
            return try totals.roster(of: ticket, key: signing.verificationKey, newest: newest)
        } catch {
            log.warning(
                "no part in this total",
                [.ticket: ticket.id.rawValue, .code: error.code.rawValue, .advice: "\(error.message) \(error.advice)"])
            return nil
        }
    }

    /// Masks what the gate let out.
    func mask(
        _ plan: TotalPlan, _ ticket: QueryTicket, _ roster: TotalsRoster, _ rules: DisclosureRules
    ) throws(NodeError) -> MaskedAnswer {
        do throws(FederationError) {
            guard let subject = try ticket.totalSubject() else {
                throw FederationError(.totalsRoster, "Ticket \(ticket.id) asks for no total.")
            }
            return try MaskedAnswer(
                plan.shares, layout: plan.layout, subject: subject, ticket: ticket, terms: ShareTerms(rules),
                guardian: roster.guardian, signing: signing)
        } catch {
            throw NodeError(.integrity, error.message, advice: error.advice)
        }
    }
}

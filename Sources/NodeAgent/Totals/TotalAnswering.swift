import Cohorts
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
    /// How the hospital knows patients of others; nil where it does not.
    let linkage: Linkage?
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

    /// The linkage key, where a sketch is asked for and may leave; or why none does; nil where none is asked for. None of it
    /// depends on a patient.
    func linkageKey(_ ticket: QueryTicket, _ roster: TotalsRoster) -> Result<LinkageKey, NoSketch>? {
        guard ticket.question.distinct, roster.kind == .guardian else { return nil }
        guard policy.totals?.isDistinctAllowed == true else { return .failure(NoSketch(code: .notAllowed)) }
        guard let linkage else {
            log.warning(
                "no linkage key, so no sketch",
                [.ticket: ticket.id.rawValue, .advice: "Name its file under linkage in node.yaml."])
            return .failure(NoSketch(code: .noLinkageKey))
        }
        do throws(NodeError) {
            return .success(try linkage.key())
        } catch {
            return .failure(noSketch(error, ticket))
        }
    }

    struct NoSketch: Error { let code: DistinctRefusal }

    private func noSketch(_ error: NodeError, _ ticket: QueryTicket) -> NoSketch {
        log.error(
            "no sketch leaves: its files cannot be used",
            [.ticket: ticket.id.rawValue, .code: error.code.rawValue, .advice: "\(error.message) \(error.advice)"])
        return NoSketch(code: .noLinkageKey)
    }

    /// The sketch of whom the gate let out.
    func sketch(
        _ members: SketchMembers?, _ key: Result<LinkageKey, NoSketch>?, _ ticket: QueryTicket
    ) throws(NodeError) -> MaskedAnswer.PlainSketch? {
        guard let key else { return nil }
        switch key {
        case .failure(let why): return .refused(why.code)
        case .success(let key):
            guard let members, let linkage, let subject = try subject(of: ticket) else { return .refused(.mismatch) }
            do throws(NodeError) {
                let sketch = try members.sketch(key, linkage, of: ticket.audience, salt: SketchSalt(subject))
                return .made(sketch, key: key.name)
            } catch {
                return .refused(noSketch(error, ticket).code)
            }
        }
    }

    private func subject(of ticket: QueryTicket) throws(NodeError) -> TotalSubject? {
        do throws(FederationError) {
            return try ticket.totalSubject()
        } catch {
            throw NodeError(.integrity, error.message, advice: error.advice)
        }
    }

    /// Masks what the gate let out.
    /// - Parameter sketch: what goes to the guardian beside it.
    func mask(
        _ plan: TotalPlan, _ ticket: QueryTicket, _ roster: TotalsRoster, _ rules: DisclosureRules,
        _ sketch: MaskedAnswer.PlainSketch? = nil
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
                guardian: guardian, distinct: sketch, signing: signing)
        } catch {
            throw NodeError(.integrity, error.message, advice: error.advice)
        }
    }
}

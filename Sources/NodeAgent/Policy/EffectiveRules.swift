import Disclosure
import Federation

/// The disclosure rules for one ticket: those of the release gate, and how much more strictly its answer is shown.
///
/// The gate's threshold and base are the hospital's, whoever asks: would they follow the project or the ticket's wish, asking
/// one question in several ways would tell its exact size. What the project agreed and the ticket wishes is applied to the
/// released answer.
struct EffectiveRules {
    /// The rules that the release gate uses.
    let gate: DisclosureRules
    /// The threshold and the base that the answer is shown with; never looser than the gate's.
    let threshold: Int
    let roundTo: Int
    /// Wishes that would have loosened something: ignored, and worth a line in the log.
    let ignored: [String]

    /// - Parameter hierarchy: what sensitive concepts are matched with.
    init(for ticket: QueryTicket, under policy: Policy, hierarchy: ConceptHierarchy = .flat) {
        let agreed = policy.agreement(for: ticket.project.id).disclosure
        let hospital = policy.disclosure
        // Both sets of rules hold, so this mixture of them does; without it, the hospital's own are as good.
        gate =
            (try? DisclosureRules(
                threshold: hospital.threshold, offset: agreed.offset, roundTo: hospital.roundTo, rounding: agreed.rounding,
                zero: agreed.zero, ledger: agreed.ledger, branchSupport: agreed.branchSupport, exposureCap: agreed.exposureCap,
                releasesPerProject: agreed.releasesPerProject)) ?? hospital
        var ignored: [String] = []
        func stricter(_ name: String, _ wish: Int?, than agreed: Int) -> Int {
            guard let wish else { return agreed }
            if wish < agreed { ignored.append(name) }
            return min(max(wish, agreed), 1_000)
        }
        let touched = Set(ConceptLookup(ticket.question, hierarchy).touches(policy.sensitive).map(\.group))
        let sensitive = policy.sensitive.filter { touched.contains($0.id) }.compactMap(\.threshold).max() ?? 0
        threshold = stricter("threshold", ticket.wish.threshold, than: max(agreed.threshold, sensitive))
        roundTo = stricter("roundTo", ticket.wish.roundTo, than: agreed.roundTo)
        self.ignored = ignored
    }

    /// A released answer as this ticket gets it.
    func shown(_ released: DisclosedAnswer) -> DisclosedAnswer {
        released.coarsened(threshold: threshold, roundTo: roundTo, from: gate)
    }
}

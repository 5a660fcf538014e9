import Disclosure
import Federation

/// The disclosure rules for one ticket: the hospital's, and what the coordinator wishes where that is stricter.
struct EffectiveRules {
    let rules: DisclosureRules
    /// Wishes that would have loosened something: ignored, and worth a line in the log.
    let ignored: [String]

    init(for ticket: QueryTicket, under policy: Policy) {
        let own = policy.agreement(for: ticket.project.id).disclosure
        var ignored: [String] = []
        func stricter(_ name: String, _ wish: Int?, than own: Int) -> Int {
            guard let wish else { return own }
            if wish < own { ignored.append(name) }
            return min(max(wish, own), 1_000)
        }
        let threshold = stricter("threshold", ticket.wish.threshold, than: own.threshold)
        let roundTo = stricter("roundTo", ticket.wish.roundTo, than: own.roundTo)
        let wished = try? DisclosureRules(
            threshold: threshold, offset: own.offset, roundTo: roundTo, rounding: own.rounding, zero: own.zero,
            ledger: own.ledger, branchSupport: own.branchSupport, exposureCap: own.exposureCap,
            releasesPerProject: own.releasesPerProject)
        rules = wished.map { own.tightened(by: $0) } ?? own
        self.ignored = ignored
    }
}

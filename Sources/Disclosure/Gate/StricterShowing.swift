/// Shows an answer more strictly than the hospital's own rules ask: for a ticket that wishes so, or a project that agreed so.
///
/// It works on the answer that the gate has let out, never on patients: what it makes is a function of numbers that this
/// hospital shows anyway. So no series of wishes, however long, tells more than the hospital's own answer does. Had the gate
/// compared an exact size with each wished threshold, a dozen wishes would have found the size by halving.
///
/// A cell of a table that is hidden here needs no other cell hidden to protect it: whoever works it out from the cells beside
/// it learns, at most, a number that the hospital shows to others.
struct StricterShowing {
    /// The rules that the answer was released under.
    let own: DisclosureRules
    /// Nothing below it is shown.
    let threshold: Int
    /// What shown numbers are multiples of.
    let roundTo: Int

    /// The smallest number that is shown: a multiple of the base, and with rounding never below the floor of all policies.
    private var smallestShown: Int {
        guard roundTo > 1 else { return threshold }
        return (max(DisclosureRules.floorShown, threshold) + roundTo - 1) / roundTo * roundTo
    }

    /// What can be behind a number that is hidden here: the largest such number with all that it can stand for.
    private var largestHidden: Int {
        let margin = own.ledger ? own.threshold + own.offset - 1 : 0
        return smallestShown - 1 + (own.roundTo - 1) + margin
    }

    /// The count as it is shown more strictly.
    func shown(_ count: DisclosedCount) -> DisclosedCount {
        switch count {
        case .exact(let value): shown(count, value, base: 1, low: value, high: value)
        case .rounded(let value, let base, let low, let high): shown(count, value, base: base, low: low, high: high)
        case .hidden(_, let high, let why): hidden(high, why)
        case .masked, .unavailable, .refused, .waiting, .failed: count
        }
    }

    private func shown(_ count: DisclosedCount, _ value: Int, base: Int, low: Int, high: Int) -> DisclosedCount {
        // A zero that is shown is either impossible by its definition or shown by the hospital's rule for zeros.
        if value == 0 { return count }
        if value < smallestShown { return hidden(high, .small) }
        guard roundTo > base else { return count }
        // To the nearest multiple, halves up. The interval is that of any number that would be shown like this one, so that
        // its ends do not tell the finer number.
        let coarse = (value + roundTo / 2) / roundTo * roundTo
        let reach = roundTo / 2 + max(value - low, high - value)
        return .rounded(
            coarse, base: roundTo, low: min(low, max(own.threshold, coarse - reach)), high: max(high, coarse + reach))
    }

    /// Hidden counts look alike whether the hospital's own rules hide them or these; only ceilings that everybody can work out
    /// from a larger cell go beyond.
    private func hidden(_ high: Int, _ why: HiddenReason) -> DisclosedCount {
        .hidden(low: 0, high: high <= largestHidden ? largestHidden : (high + roundTo - 1) / roundTo * roundTo, why: why)
    }
}

extension DisclosedAnswer {
    /// The answer under a larger threshold or a coarser base: made of this answer's numbers alone, so it tells nothing beyond
    /// them. Values that are not stricter than `own` change nothing.
    ///
    /// Every interval contains the one that it replaces, so both answers are true of the same group.
    /// - Parameters:
    ///   - threshold: patients; smaller numbers become hidden.
    ///   - roundTo: shown numbers become multiples of it.
    ///   - own: the rules that this answer was released under.
    public func coarsened(threshold: Int, roundTo: Int, from own: DisclosureRules) -> DisclosedAnswer {
        guard threshold > own.threshold || roundTo > own.roundTo else { return self }
        let showing = StricterShowing(
            own: own, threshold: max(threshold, own.threshold), roundTo: max(roundTo, own.roundTo))
        return DisclosedAnswer(
            total: showing.shown(total), attrition: attrition.map { .init(name: $0.name, count: showing.shown($0.count)) },
            breakdown: breakdown.map { table in
                DisclosedBreakdown(
                    dimensions: table.dimensions, cells: table.cells.map { .init(key: $0.key, count: showing.shown($0.count)) })
            })
    }
}

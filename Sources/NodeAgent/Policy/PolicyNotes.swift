import Disclosure
import Federation

extension Policy {
    /// What a careful reader of a well-formed policy would ask about; one sentence each.
    public var notes: [String] {
        var notes: [String] = []
        let rules = disclosure
        if rules.roundTo > 1 {
            notes.append(
                "The smallest number ever shown is \(rules.smallestShown): threshold \(rules.threshold), rounded to \(rules.roundTo)."
            )
        } else {
            notes.append(
                "Counts from \(rules.threshold) on are shown exactly: exact counts are easier to compare than rounded ones.")
        }
        if rules.zero == .show {
            notes.append("defaults.zero shows that nobody has something, which is knowledge about everybody.")
        }
        if unlisted == .answer { notes.append("Projects that are not listed are answered: nobody agreed to them by name.") }
        for (id, project) in projects.sorted(by: { $0.key < $1.key }) where project.until == nil {
            notes.append("projects.\(id) has no `until`: the agreement never ends.")
        }
        let needsTwo = [decision] + projects.values.map(\.decision) + sensitive.compactMap(\.decision) + classes.map(\.decision)
        if let desk, desk.count < 2, needsTwo.contains(where: { $0.approvers > 1 }) {
            notes.append("desk.approvers names fewer persons than an approval needs: those requests would all expire.")
        }
        if totals?.isDistinctAllowed == true {
            notes.append(
                "totals.distinct lets sketches of patients leave, sealed for the guardian, who sees roughly how many patients this "
                    + "hospital has in a group of \(rules.threshold) or more: nodes/DISCLOSURE.md, \"What remains\".")
        }
        return notes
    }
}

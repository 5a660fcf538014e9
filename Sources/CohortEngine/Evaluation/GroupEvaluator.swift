import Cohorts
import EventIndex

/// Decides groups for index events.
struct GroupEvaluator {
    let reader: BlockReader

    /// For each index event, whether the group holds.
    func evaluate(_ group: GroupPlan, on index: IndexEvents) throws(CohortEngineError) -> [Bool] {
        guard !group.members.isEmpty else { return Array(repeating: true, count: index.count) }
        guard index.count > 0 else { return [] }
        if group.rule == .all { return try evaluateAll(group.members, on: index) }
        var held = [Int](repeating: 0, count: index.count)
        for member in group.members {
            for (place, holds) in try evaluate(member, on: index).enumerated() where holds { held[place] += 1 }
        }
        return held.map { group.holds($0) }
    }

    /// ALL: an event that failed one member need not be asked about the others, and cheap members go first.
    private func evaluateAll(_ members: [GroupMember], on index: IndexEvents) throws(CohortEngineError) -> [Bool] {
        var alive = Array(0..<index.count)
        var left = index
        for member in members.filter(\.isCheap) + members.filter({ !$0.isCheap }) where left.count > 0 {
            let holds = try evaluate(member, on: left)
            let kept = holds.indices.filter { holds[$0] }
            guard kept.count < left.count else { continue }
            left = left.picking(kept)
            alive = kept.map { alive[$0] }
        }
        var result = [Bool](repeating: false, count: index.count)
        for place in alive { result[place] = true }
        return result
    }

    private func evaluate(_ member: GroupMember, on index: IndexEvents) throws(CohortEngineError) -> [Bool] {
        switch member {
        case .group(let group):
            return try evaluate(group, on: index)
        case .demographic(let plan):
            try reader.budget.spend(index.count)
            return (0..<index.count).map { holds(plan, index, $0) }
        case .counted(let plan):
            let list = try CriterionEvaluator(reader: reader).events(of: plan.criterion, among: index.persons)
            try reader.budget.hold(bytes: list.bytes)
            defer { reader.budget.release(bytes: list.bytes) }
            return try WindowCounter(plan: plan, index: index, events: list).decide(reader.budget)
        }
    }

    private func holds(_ plan: DemographicPlan, _ index: IndexEvents, _ place: Int) -> Bool {
        let person = Int(index.person[place])
        guard reader.persons.hasRow[person] else { return false }
        if let age = plan.age, !age.contains(reader.persons.age(of: person, on: index.start[place])) { return false }
        if let start = plan.start, !start.holds(index.start[place]) { return false }
        if let end = plan.end, !end.holds(index.end[place]) { return false }
        return plan.persons.allSatisfy { $0.test.holds(reader.persons.concept($0.column, of: person)) }
    }
}

extension GroupMember {
    /// Whether it is decided without reading events.
    fileprivate var isCheap: Bool {
        if case .demographic = self { true } else { false }
    }
}

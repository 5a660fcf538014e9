/// Walks a definition once, numbers its branches in their order, and leaves those out that are to be removed.
///
/// Listing and removing are one walk, so that a number always means the same branch.
struct BranchWalk {
    private let removed: Set<Int>
    private(set) var found: [CohortBranch] = []

    init(removing removed: Set<Int>) { self.removed = removed }

    /// Whether more events, or more members that hold, can make the cohort larger or smaller.
    private struct Direction {
        var larger: Bool
        var smaller: Bool

        static let growing = Direction(larger: true, smaller: false)
        static let either = Direction(larger: true, smaller: true)
        var turned: Direction { Direction(larger: smaller, smaller: larger) }

        /// The direction of what is inside a criterion of which so many events are needed.
        func inside(_ occurrence: Occurrence) -> Direction {
            switch occurrence.kind {
            case .atLeast: self
            case .atMost: turned
            case .exactly: occurrence.count == 0 ? turned : .either
            }
        }
    }

    private struct Place {
        var stage: Int
        var direction: Direction
    }

    // MARK: The parts of a definition

    mutating func expression(_ given: CohortExpression) -> CohortExpression {
        var expression = given
        // Which event of a person is looked at can change where only one is kept: then nothing is certain of the direction.
        let qualifies = given.effectiveQualifiedLimit == .all || given.inclusionRules.isEmpty
        let hasTests = given.additionalCriteria != nil || !given.inclusionRules.isEmpty
        let isCut = given.censorWindow != nil
        let entry: Direction = (given.primaryCriteria.limit == .all || !hasTests) && qualifies && !isCut ? .growing : .either
        expression.primaryCriteria.criteria = alternatives(
            given.primaryCriteria.criteria, Place(stage: 0, direction: entry)
        ) { walk, criterion, place in walk.criterion(criterion, place) }
        if let group = given.additionalCriteria, !group.isEmpty {
            let place = Place(stage: 1, direction: qualifies && !isCut ? .growing : .either)
            let (isRemoved, kept) = whole(group, place)
            // An empty group holds for everybody, and is still there for the qualified limit.
            expression.additionalCriteria = isRemoved ? CriteriaGroup(.all, pointer: group.pointer) : kept
        }
        for (index, rule) in given.inclusionRules.enumerated() where !rule.expression.isEmpty {
            let (isRemoved, kept) = whole(rule.expression, Place(stage: index + 2, direction: isCut ? .either : .growing))
            expression.inclusionRules[index].expression =
                isRemoved ? CriteriaGroup(.all, pointer: rule.expression.pointer) : kept
        }
        return expression
    }

    /// A group as one branch, then its members.
    private mutating func whole(_ group: CriteriaGroup, _ place: Place) -> (isRemoved: Bool, kept: CriteriaGroup) {
        let isRemoved = branch(place, gains: true)
        return (isRemoved, members(of: group, place))
    }

    private mutating func members(of group: CriteriaGroup, _ place: Place) -> CriteriaGroup {
        let isAlternative: Bool
        var inner = place
        switch group.rule {
        case .all: isAlternative = false
        case .any, .atLeast: isAlternative = true
        case .atMost:
            isAlternative = false
            inner.direction = place.direction.turned
        }
        var kept = group
        var gone: [Member] = []
        let isAlone = group.memberCount == 1
        func note(_ isRemoved: Bool, _ member: Member) { if isRemoved { gone.append(member) } }
        for (index, counted) in group.criteria.enumerated() {
            note(!isAlone && branch(place, gains: !isAlternative), .criterion(index))
            let direction = inner.direction.inside(counted.occurrence)
            kept.criteria[index].criterion = criterion(counted.criterion, Place(stage: place.stage, direction: direction))
        }
        for index in group.demographics.indices {
            note(!isAlone && branch(place, gains: !isAlternative), .demographic(index))
        }
        for (index, nested) in group.groups.enumerated() {
            note(!isAlone && branch(place, gains: !isAlternative), .group(index))
            kept.groups[index] = members(of: nested, inner)
        }
        if isAlternative, gone.count == group.memberCount { gone.removeLast() }
        for member in gone.reversed() {
            switch member {
            case .criterion(let index): kept.criteria.remove(at: index)
            case .demographic(let index): kept.demographics.remove(at: index)
            case .group(let index): kept.groups.remove(at: index)
            }
        }
        return kept
    }

    private enum Member {
        case criterion(Int)
        case demographic(Int)
        case group(Int)
    }

    private mutating func criterion(_ given: Criterion, _ place: Place) -> Criterion {
        var criterion = given
        // More events can join two eras into one: fewer of them.
        criterion.eraMembers = alternatives(
            given.eraMembers, Place(stage: place.stage, direction: .either)
        ) { walk, member, place in walk.criterion(member, place) }
        if let group = given.correlated, !group.isEmpty {
            let (isRemoved, kept) = whole(group, place)
            criterion.correlated = isRemoved || kept.isEmpty ? nil : kept
        }
        return criterion
    }

    /// A list of which any one is enough. One of them always stays.
    private mutating func alternatives(
        _ given: [Criterion], _ place: Place, _ inner: (inout BranchWalk, Criterion, Place) -> Criterion
    ) -> [Criterion] {
        var kept: [Criterion] = []
        var last: Criterion?
        for one in given {
            let isRemoved = given.count > 1 && branch(place, gains: false)
            let walked = inner(&self, one, place)
            if !isRemoved { kept.append(walked) }
            last = walked
        }
        if kept.isEmpty, let last { kept.append(last) }
        return kept
    }

    /// Notes a branch.
    /// - Parameter gains: whether what it is a part of holds more often without it.
    /// - Returns: whether it is to be removed.
    private mutating func branch(_ place: Place, gains: Bool) -> Bool {
        let direction = gains ? place.direction : place.direction.turned
        found.append(CohortBranch(stage: place.stage, mayGain: direction.larger, mayLose: direction.smaller))
        return removed.contains(found.count - 1)
    }
}

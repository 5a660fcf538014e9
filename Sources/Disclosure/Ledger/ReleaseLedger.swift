/// What one node has let out so far, for all projects and users: every released set with the answer that was given, what each
/// patient was exposed to, and the locks of the epoch (A.3).
///
/// It holds sets of patients, so it has no wire form; `SealedLedgerBytes` is for the node's own disk, sealed there.
public struct ReleaseLedger: Sendable {
    /// One released set.
    struct Entry: Sendable {
        let set: StoredSet
        let sketch: SetSketch
        /// The number that was shown.
        let shown: Int
        /// Epoch of the release.
        let epoch: Int
        /// Hash of the cohort whose total this is (nil for attrition steps and cells), to know the same question again.
        let cohort: String?
    }

    /// Number of person ordinals that the ledger knows.
    public private(set) var universe: Int
    /// The current epoch: one frozen data release.
    public private(set) var epoch: Int
    private(set) var entries: [Entry] = []
    /// Tables that were released, by the entry of their total and by their shape.
    private(set) var tables: [TableKey: DisclosedBreakdown] = [:]
    /// Sum of 1/|R| over the released sets that hold the person, halved each epoch.
    private(set) var exposure: [Float]
    private(set) var releases: [String: Int] = [:]
    private(set) var tiers: [String: ReleaseRequest.Tier] = [:]
    /// Changes with every commit, so that a plan made against an older state is noticed.
    private(set) var revision: UInt64 = 0
    private(set) var atoms: LedgerAtoms
    /// Places of the entries by size, ascending.
    private var bySize: [Int] = []

    struct TableKey: Sendable, Hashable {
        let total: Int
        let shape: [String]
    }

    /// A ledger that has seen nothing.
    public init(universe: Int, epoch: Int = 1) {
        self.universe = universe
        self.epoch = epoch
        exposure = [Float](repeating: 0, count: universe)
        atoms = LedgerAtoms(universe: universe)
    }

    /// Number of released sets that it remembers.
    public var count: Int { entries.count }

    /// How many questions a project has had answered in this epoch.
    public func releases(of project: String) -> Int { releases[project, default: 0] }

    /// Remembers what a plan lets out. The node stores the ledger before it sends the answer.
    ///
    /// Plans are made and committed one at a time: committing one that was made against an older state would forget what left
    /// in between, so it stops the process.
    public mutating func commit(_ plan: ReleasePlan) {
        precondition(plan.base == revision, "a release was planned against an older state of the ledger")
        self = plan.ledger
        revision = plan.base &+ 1
    }

    /// A new data release: exposures halve, project counts and tier locks start anew, released sets stay (L8).
    /// - Parameter epoch: larger than the current one.
    public mutating func begin(epoch next: Int) {
        guard next > epoch else { return }
        for index in exposure.indices { exposure[index] /= Float(1 << min(30, next - epoch)) }
        epoch = next
        releases = [:]
        tiers = [:]
        revision &+= 1
    }

    /// Makes room for persons that a new data release brought.
    public mutating func grow(to larger: Int) {
        guard larger > universe else { return }
        atoms.grow(to: larger)
        exposure += [Float](repeating: 0, count: larger - universe)
        universe = larger
        revision &+= 1
    }

    /// The steward's reset after review: what patients were exposed to in this epoch is forgotten, released sets are not.
    public mutating func resetExposure() {
        for index in exposure.indices { exposure[index] = 0 }
        releases = [:]
        revision &+= 1
    }
}

extension ReleaseLedger {
    /// Places of the entries with sizes in a range.
    func places(sizesFrom low: Int, through high: Int) -> ArraySlice<Int> {
        guard low <= high else { return [] }
        let start = bySize.partition { entries[$0].set.size >= low }
        let end = bySize.partition { entries[$0].set.size > high }
        return bySize[start..<end]
    }

    mutating func record(_ set: PersonSet, shown: Int, cohort: String?, chargesExposure: Bool) -> Int {
        let stored = StoredSet(set)
        let entry = Entry(
            set: stored, sketch: SetSketch { stored.forEachMember($0) }, shown: shown, epoch: epoch, cohort: cohort)
        restore(entry)
        if chargesExposure, stored.size > 0 {
            let cost = 1 / Float(stored.size)
            var exposure = exposure
            stored.forEachMember { exposure[$0] += cost }
            self.exposure = exposure
        }
        return entries.count - 1
    }

    /// Adds an entry to the indices.
    mutating func restore(_ entry: Entry) {
        let place = entries.count
        entries.append(entry)
        bySize.insert(place, at: bySize.partition { entries[$0].set.size > entry.set.size })
        if atoms.isFull {
            var fresh = LedgerAtoms(universe: universe)
            for older in max(0, place - LedgerAtoms.window / 2)..<place { fresh.add(entries[older].set, entry: older) }
            atoms = fresh
        }
        atoms.add(entry.set, entry: place)
    }

    /// Puts back what was used up, as it was stored.
    mutating func restore(
        exposures: [(Int, Float)], releases: [String: Int], tiers: [String: ReleaseRequest.Tier], revision: UInt64
    ) {
        for (person, exposure) in exposures { self.exposure[person] = exposure }
        self.releases = releases
        self.tiers = tiers
        self.revision = revision
    }

    mutating func restore(revision: UInt64) { self.revision = revision }

    mutating func remember(_ table: DisclosedBreakdown, _ key: TableKey) { tables[key] = table }

    mutating func count(releaseOf project: String) { releases[project, default: 0] += 1 }

    mutating func lock(_ cohort: String, _ tier: ReleaseRequest.Tier) { tiers[cohort] = tier }

    mutating func unlock(_ cohort: String) { tiers[cohort] = nil }

    /// Whether releasing the set would push more than a tenth of its members over the cap (L4).
    func isOverexposed(_ set: PersonSet, cap: Double) -> Bool {
        let size = set.size
        guard size > 0 else { return false }
        let cost = 1 / Float(size)
        // A little above the cap, so that sixteen releases of 1/80 are 0.2 whatever the rounding of the sums.
        let limit = Float(cap) * 1.000_1
        var over = 0
        set.forEachMember { if exposure[$0] + cost > limit { over += 1 } }
        return over * 10 > size
    }
}

extension Array {
    /// The first place from which on all elements belong to the second half of a partitioned array.
    fileprivate func partition(_ belongsToSecond: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if belongsToSecond(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

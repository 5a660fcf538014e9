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
        /// Whether its patients were charged for it; false where that is in the stored exposures already.
        var isCharged = false
    }

    /// Number of person ordinals that the ledger knows.
    public private(set) var universe: Int
    /// The current epoch: one frozen data release.
    public private(set) var epoch: Int
    private(set) var entries: [Entry] = []
    /// Tables that were released, by the entry of their total and by their shape.
    private(set) var tables: [TableKey: ReleasedTable] = [:]
    /// Their keys in the order in which they were released.
    private(set) var tableOrder: [TableKey] = []
    /// How often exposures and locks began anew in this process: then they are stored whole once (`changeToSeal`).
    private(set) var renewals = 0
    /// Sum of 1/|R| over the released sets that hold the person, halved each epoch.
    private(set) var exposure: [Float]
    private(set) var releases: [String: Int] = [:]
    private(set) var tiers: [String: ReleaseRequest.Tier] = [:]
    /// What was decided about groups of k to k + d - 1 patients.
    var verdicts = OffsetVerdicts()
    /// Changes with every commit, so that a plan made against an older state is noticed.
    public private(set) var revision: UInt64 = 0
    private(set) var atoms: LedgerAtoms
    /// The atoms of the window's newer half, once it is more than half full.
    private var newerAtoms: LedgerAtoms?
    /// Places of the entries by size, ascending.
    private var bySize: [Int] = []

    struct TableKey: Sendable, Hashable {
        let total: Int
        /// Name of each dimension, then its categories.
        let shape: [[String]]
    }

    /// A table that was released: what was said, and who is in each inner cell, so that another table of the same patients can
    /// be protected together with it.
    struct ReleasedTable: Sendable {
        let disclosed: DisclosedBreakdown
        /// Inner cells with somebody in them.
        let inner: [[String]: StoredSet]
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

    /// How many sets a project has had released in this epoch (`DisclosureRules.releasesPerProject` says what counts).
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
        renewals += 1
        revision &+= 1
    }

    /// Makes room for persons that a new data release brought.
    public mutating func grow(to larger: Int) {
        guard larger > universe else { return }
        atoms.grow(to: larger)
        newerAtoms?.grow(to: larger)
        exposure += [Float](repeating: 0, count: larger - universe)
        universe = larger
        revision &+= 1
    }

    /// The steward's reset after review: what patients were exposed to in this epoch is forgotten, released sets are not.
    public mutating func resetExposure() {
        for index in exposure.indices { exposure[index] = 0 }
        releases = [:]
        renewals += 1
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
        restore(
            Entry(
                set: stored, sketch: SetSketch { stored.forEachMember($0) }, shown: shown, epoch: epoch, cohort: cohort,
                isCharged: chargesExposure))
        return entries.count - 1
    }

    /// Adds an entry to the indices, and charges its patients for it.
    /// - Parameter isIndexed: whether to the window of atoms, too; where not, `indexRestored` must follow.
    mutating func restore(_ entry: Entry, isIndexed: Bool = true) {
        let place = entries.count
        entries.append(entry)
        bySize.insert(place, at: bySize.partition { entries[$0].set.size > entry.set.size })
        if isIndexed { index(place) }
        guard entry.isCharged, entry.set.size > 0 else { return }
        let cost = 1 / Float(entry.set.size)
        entry.set.forEachMember { exposure[$0] += cost }
    }

    /// Splits the atoms of the window by an entry. When the window is full its newer half goes on, which was kept beside it, so
    /// that no release has to split by all those sets anew.
    private mutating func index(_ place: Int) {
        if atoms.isFull {
            atoms = newerAtoms ?? LedgerAtoms(universe: universe)
            newerAtoms = nil
        }
        if atoms.entries.count >= LedgerAtoms.window / 2 {
            newerAtoms = newerAtoms ?? LedgerAtoms(universe: universe)
            newerAtoms?.add(entries[place].set, entry: place)
        }
        atoms.add(entries[place].set, entry: place)
    }

    /// Builds the window of entries that were put back without it.
    mutating func indexRestored() {
        for place in LedgerAtoms.windowStart(of: entries.count)..<entries.count { index(place) }
    }

    /// Puts back what was used up, as it was stored, in place of what is there.
    mutating func restore(exposures: [(Int, Float)], releases: [String: Int], tiers: [String: ReleaseRequest.Tier]) {
        for person in exposure.indices { exposure[person] = 0 }
        for (person, exposure) in exposures { self.exposure[person] = exposure }
        self.releases = releases
        self.tiers = tiers
    }

    /// Puts back what one project has had, as it was stored.
    mutating func restore(_ number: Int, releasedTo project: String) { releases[project] = number }

    /// Puts back how far it had come, as it was stored.
    mutating func restore(epoch: Int? = nil, revision: UInt64) {
        self.epoch = epoch ?? self.epoch
        self.revision = revision
    }

    mutating func remember(_ table: ReleasedTable, _ key: TableKey) {
        if tables.updateValue(table, forKey: key) == nil { tableOrder.append(key) }
    }

    /// The tables that were released of the patients of an entry, in an order that is always the same.
    func tables(of total: Int) -> [(key: TableKey, table: ReleasedTable)] {
        tables.filter { $0.key.total == total }.sorted { $0.key.shape.joined().joined() < $1.key.shape.joined().joined() }
            .map { ($0.key, $0.value) }
    }

    mutating func count(_ sets: Int, of project: String) { releases[project, default: 0] += sets }

    mutating func lock(_ cohort: String, _ tier: ReleaseRequest.Tier) { tiers[cohort] = tier }

    mutating func unlock(_ cohort: String) { tiers[cohort] = nil }

    /// Takes over a set whose number was released elsewhere, so that new ones are compared with it. It charges no exposure.
    @_spi(Hospital) public mutating func adopt(_ set: PersonSet, shown: Int) {
        _ = record(set, shown: shown, cohort: nil, chargesExposure: false)
        revision &+= 1
    }

    /// The largest count that can stand behind "hidden" of a single count: a small one, or one whose patients have been in
    /// enough released sets.
    ///
    /// It depends on what was released and not on who is asked about, so that it is the same for every hidden count; it is
    /// given in steps (100, 200, 400, ...), so that it says little about how much others have asked.
    func hiddenCeiling(_ rules: DisclosureRules) -> Int {
        let limit = Float(rules.exposureCap) * Self.exposureTolerance
        // Sorted by exposure, the set of size s can be hidden only if more than s/10 patients stand at limit - 1/s or higher.
        let atRisk = exposure.filter { $0 > limit - 1 / Float(rules.threshold) }.sorted(by: >)
        var largest = 0
        for (index, exposure) in atRisk.enumerated() {
            let most = 10 * (index + 1) - 1
            let left = limit - exposure
            largest = max(largest, left > 0 ? min(most, Int((1 / left).rounded(.up))) : most)
        }
        guard largest > rules.largestSmall else { return rules.largestSmall }
        var step = 100
        while step < largest { step *= 2 }
        return min(max(step, rules.largestSmall), max(universe, rules.largestSmall))
    }

    /// A little above the cap, so that sixteen releases of 1/80 are 0.2 whatever the rounding of the sums.
    private static let exposureTolerance: Float = 1.000_1

    /// Whether releasing the set would push more than a tenth of its members over the cap (L4).
    func isOverexposed(_ set: PersonSet, cap: Double) -> Bool {
        let size = set.size
        guard size > 0 else { return false }
        let cost = 1 / Float(size)
        let limit = Float(cap) * Self.exposureTolerance
        var over = 0
        set.forEachMember { if exposure[$0] + cost > limit { over += 1 } }
        return over * 10 > size
    }
}

extension Array {
    /// The first place from which on all elements belong to the second half of a partitioned array.
    func partition(_ belongsToSecond: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if belongsToSecond(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

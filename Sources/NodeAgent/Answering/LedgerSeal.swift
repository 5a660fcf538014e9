import Crypto

/// Seals what the node remembers of its releases for its own disk: AES-256-GCM under a key that follows from the node's secret.
struct LedgerSeal: Sendable {
    private let key: SymmetricKey

    init(secret: NodeSecret) { key = secret.sealingKey }

    /// The bytes sealed.
    /// - Parameter boundTo: what they open with only, such as their place among others; it is not kept in them.
    func close(_ bytes: [UInt8], boundTo: [UInt8] = []) throws(NodeError) -> [UInt8] {
        guard let box = try? AES.GCM.seal(bytes, using: key, authenticating: boundTo), let combined = box.combined else {
            throw NodeError(.state, "The release ledger could not be sealed.", advice: "Report this.")
        }
        return Array(combined)
    }

    /// The bytes inside; nil where they were not sealed by this node, for that place.
    func open(_ bytes: [UInt8], boundTo: [UInt8] = []) -> [UInt8]? {
        guard let box = try? AES.GCM.SealedBox(combined: bytes) else { return nil }
        return (try? AES.GCM.open(box, using: key, authenticating: boundTo)).map(Array.init)
    }
}

/// A ledger, or what was added to one, as bytes for the node's own disk. The node seals them (encrypts and authenticates)
/// before they touch it: they hold sets of patients. The type has no encoding for the wire.
public struct SealedLedgerBytes: Sendable {
    /// The bytes to seal, or the bytes after opening.
    @_spi(Hospital) public let bytes: [UInt8]

    /// Bytes that the node has opened.
    @_spi(Hospital) public init(opened bytes: [UInt8]) { self.bytes = bytes }
}

extension SealedLedgerBytes: CustomStringConvertible, CustomReflectable {
    /// A notice instead of the bytes.
    public var description: String { "ledger (stays in the hospital, sealed)" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}

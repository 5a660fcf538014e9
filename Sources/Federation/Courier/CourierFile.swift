import CanonicalJSON

/// A bundle as it is carried: the file's text, and what people compare and count.
public struct CourierFile: Sendable, Hashable {
    /// The signed bundle.
    public let document: SignedDocument

    /// The largest file that is read, in bytes.
    public static let largest = 8 << 20

    /// A file of a signed bundle.
    public init(_ document: SignedDocument) { self.document = document }

    /// Reads a file.
    ///
    /// - Throws: `FederationError` (`MALFORMED`, `WRONG_SCHEMA`).
    public init(parsing bytes: some Collection<UInt8>) throws(FederationError) {
        document = try SignedDocument(parsing: bytes, limits: JSONLimits(maxBytes: Self.largest, maxDepth: 80))
        guard document.type == CourierBundle.schema else {
            throw FederationError(.wrongSchema, "The file is a \(document.type.prefix(64)), not a \(CourierBundle.schema).")
        }
    }

    /// The file's text: indented JSON, the words for people first.
    public var text: String { document.json.text(indent: 2) + "\n" }

    /// The digest that names the bundle, however its text is broken into lines.
    public var digest: Digest256 { document.digest }

    /// Eight groups of four digits, which two people read to each other over the telephone.
    public var fingerprint: String { Fingerprint.grouped(digest) }

    /// How many printed pages the text fills: 60 lines of 100 characters each.
    public var pages: Int { Self.pages(text) }

    static func pages(_ text: String) -> Int {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).reduce(0) { $0 + max(1, ($1.count + 99) / 100) }
        return (lines + 59) / 60
    }
}

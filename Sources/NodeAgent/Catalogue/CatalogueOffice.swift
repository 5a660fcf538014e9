import CanonicalJSON
@_spi(Hospital) import Disclosure
import EventIndex
import Federation
import Foundation

/// The catalogue of this node: what would be said now, and what was said last. Signed as it leaves, and kept until the
/// coordinator has it.
public struct CatalogueOffice: Sendable {
    private let configuration: NodeConfiguration
    private let policy: Policy
    private let state: StateDirectory
    private let clock: NodeClock

    /// For the node that these describe.
    public init(configuration: NodeConfiguration, policy: Policy, state: StateDirectory, clock: NodeClock = .system) {
        self.configuration = configuration
        self.policy = policy
        self.state = state
        self.clock = clock
    }

    /// What was published last.
    private static let published = "catalogue"
    /// The digest of the one that the coordinator has taken, and the number of the index that it is of.
    private static let sent = "catalogue-sent"
    private static let index = "catalogue-index"

    /// What would be published if it were published now. Sends and keeps nothing.
    /// - Throws: `STORE` where there is no index.
    public func preview(isCancelled: @escaping @Sendable () -> Bool = { false }) async throws(NodeError) -> Catalogue {
        try await made(isCancelled)
    }

    /// The signed catalogue that has still to be sent; nil where there is nothing to send.
    ///
    /// One is made when the policy lets it leave, the index is another one than at the last time, and enough days have passed.
    func due(
        _ spool: Spool, _ key: SigningKey, isCancelled: @escaping @Sendable () -> Bool
    ) async throws(NodeError) -> SignedDocument? {
        guard policy.catalogue.isPublished else { return nil }
        let former = try await spool.document(Self.published)
        let sent = try await spool.setting(Self.sent)
        let isSent = former.map { sent == Array($0.digest.text.utf8) } ?? false
        let isOurs = former?.keyName == key.verificationKey.name
        let before = former.flatMap(Self.catalogue)
        // One that was made under another policy and did not leave yet is made anew.
        if let former, !isSent, isOurs, before?.policy == policy.hash { return former }
        guard let number = IndexShelf(state, source: configuration.source.id).current?.number else { return nil }
        let words = Array("\(number)".utf8)
        if let before, isSent {
            let next = before.issued.adding(Int64(policy.catalogue.everyDays) * 86_400)
            if Timestamp(clock.now()) < next { return nil }
            if try await spool.setting(Self.index) == words { return nil }
        }
        let catalogue = try await made(isCancelled)
        let document: SignedDocument
        do throws(FederationError) {
            document = try SignedDocument(signing: catalogue, with: key)
        } catch {
            throw NodeError(.integrity, error.message, advice: error.advice)
        }
        try await spool.keep([Self.published: document.bytes, Self.index: words])
        return document
    }

    /// The coordinator has it.
    func settled(_ document: SignedDocument, _ spool: Spool) async throws(NodeError) {
        try await spool.keep([Self.sent: Array(document.digest.text.utf8)])
        try await spool.record("catalogue.sent", "-", content: document.digest, at: Timestamp(clock.now()))
    }

    // MARK: -

    private func made(_ isCancelled: @escaping @Sendable () -> Bool) async throws(NodeError) -> Catalogue {
        let result: Result<Catalogue, NodeError>? = await Background.run { isCalledOff in
            Result { () throws(NodeError) in try make { isCancelled() || isCalledOff() } }
        }
        guard let result else {
            throw NodeError(.question, "The counting was stopped.", advice: "Start it again when it suits.")
        }
        return try result.get()
    }

    private static func catalogue(_ document: SignedDocument) -> Catalogue? { try? Catalogue(from: JSONReader(document.payload)) }

    private func make(_ isCancelled: @escaping @Sendable () -> Bool) throws(NodeError) -> Catalogue {
        let path = state.index(of: configuration.source.id)
        let index: EventIndex
        do throws(EventIndexError) { index = try EventIndex.open(path, checksums: false) } catch { throw NodeError(error) }
        let provenance = try NodeStore.open(configuration, path: path).provenance
        let maker = CatalogueMaker(node: configuration.hospital, policy: policy, secret: try NodeSecret(in: state))
        return try maker.make(
            index, IndexRelease.read(besideIndex: path), provenance, at: Timestamp(clock.now()), isCancelled: isCancelled)
    }
}

import CanonicalJSON
import Disclosure
import FaultPoints
public import Federation
import Foundation

/// Decides whether a total is opened, and opens it: everything that the guardian is there for.
public struct OpeningDesk: Sendable {
    private let configuration: GuardianConfiguration
    private let signing: SigningKey
    private let sealing: SealingKey
    private let store: OpeningStore
    private let now: @Sendable () -> Timestamp

    /// The desk of the guardian in `folder`.
    ///
    /// - Parameter now: the guardian's clock.
    public init(
        _ folder: GuardianFolder, now: @escaping @Sendable () -> Timestamp = { Timestamp(Int64(Date().timeIntervalSince1970)) }
    ) throws(GuardianError) {
        configuration = try folder.configuration()
        (signing, sealing) = try folder.keys()
        store = try OpeningStore(path: folder.file("guardian.sqlite"))
        self.now = now
    }

    /// The guardian's signed word about a request: the sum of the masks, or why not. The same request gets the same bytes for ever.
    ///
    /// - Throws: `GuardianError`; `INTEGRITY` where the request is not the coordinator's, in which case nothing is said.
    public func open(_ document: SignedDocument) throws(GuardianError) -> SignedDocument {
        let request: OpeningRequest
        do throws(FederationError) {
            request = try document.verified(as: OpeningRequest.self, by: configuration.coordinatorKey)
        } catch {
            throw GuardianError(.integrity, "A request was not the coordinator's: \(error.message)", advice: error.advice)
        }
        let word = try store.settle(request.subject) { known in
            if let opening = known.opening {
                if opening.request == document.digest.text { return (try SignedDocument(parsing: opening.document), nil) }
                // One set for ever: whoever asks about the same total with another one gets a refusal, which changes nothing.
                return (try sign(request, document.digest, [], .refused(.otherHospitals)), nil)
            }
            return try decide(request, document.digest, known)
        }
        FaultPoint.reach(.guardianOpeningStored)
        return word
    }

    private func decide(
        _ request: OpeningRequest, _ digest: Digest256, _ known: OpeningStore.Known
    ) throws -> (document: SignedDocument, kept: OpeningStore.Kept?) {
        var kept = OpeningStore.Kept(
            request: digest, hospitals: [], isOpened: false, roster: nil, outcome: "ok", at: now(), guardian: configuration.id)
        do throws(Refusal) {
            let roster = try roster(of: request, known)
            let shares = try checked(request, roster)
            let hospitals = shares.map(\.node)
            kept.hospitals = hospitals.map(\.rawValue).sorted()
            try admit(kept.hospitals, roster, known)
            let masks = try sum(shares)
            kept.isOpened = true
            kept.roster = roster
            return (
                try signed(request, digest, hospitals, .opened(masks), DistinctTotal(of: shares, opening: sealing)), kept
            )
        } catch {
            kept.outcome = error.code.rawValue
            return (try sign(request, digest, [], .refused(error.code)), kept)
        }
    }

    private struct Refusal: Error { let code: OpeningRefusal }

    private func roster(of request: OpeningRequest, _ known: OpeningStore.Known) throws(Refusal) -> TotalsRoster {
        guard let roster = try? request.roster.verified(officers: configuration.officers),
            let guardian = roster.guardian, guardian.id == configuration.id, guardian.key == signing.verificationKey,
            guardian.sealingKey == sealing.sealingKey
        else { throw Refusal(code: .roster) }
        if let newest = known.roster {
            guard roster.version > newest.version || (roster.version, roster.digest.text) == (newest.version, newest.digest)
            else {
                throw Refusal(code: .roster)
            }
        }
        return roster
    }

    private func checked(_ request: OpeningRequest, _ roster: TotalsRoster) throws(Refusal) -> [TotalShare] {
        do throws(FederationError) {
            return try request.checkedShares(roster)
        } catch {
            throw Refusal(code: error.code == .totalsRoster ? .roster : .mismatch)
        }
    }

    private func admit(_ hospitals: [String], _ roster: TotalsRoster, _ known: OpeningStore.Known) throws(Refusal) {
        guard let admission = try? roster.admission() else { throw Refusal(code: .roster) }
        guard hospitals.count >= admission.minimum else { throw Refusal(code: .tooFew) }
        do throws(DisclosureError) {
            try admission.admit(Set(hospitals), openedBefore: known.sets)
        } catch {
            throw Refusal(code: .otherHospitals)
        }
    }

    private func sum(_ shares: [TotalShare]) throws(Refusal) -> MaskedVector {
        do {
            let masks = try shares.map { try $0.mask(opening: sealing).words($0.count) }
            return try MaskedVector.sum(masks)
        } catch {
            throw Refusal(code: .mismatch)
        }
    }

    private func signed(
        _ request: OpeningRequest, _ digest: Digest256, _ hospitals: [HospitalID], _ outcome: Opening.Outcome,
        _ distinct: DistinctTotal?
    ) throws(Refusal) -> SignedDocument {
        do throws(FederationError) {
            return try sign(request, digest, hospitals, outcome, distinct)
        } catch {
            throw Refusal(code: .mismatch)
        }
    }

    private func sign(
        _ request: OpeningRequest, _ digest: Digest256, _ hospitals: [HospitalID], _ outcome: Opening.Outcome,
        _ distinct: DistinctTotal? = nil
    ) throws(FederationError) -> SignedDocument {
        try SignedDocument(
            signing: Opening(
                subject: request.subject, request: digest, guardian: configuration.id, hospitals: hospitals, outcome: outcome,
                distinct: distinct), with: signing)
    }

    /// A poll of this guardian.
    func poll() throws(FederationError) -> SignedDocument {
        try SignedDocument(signing: GuardianPoll(guardian: configuration.id, asked: now()), with: signing)
    }

    /// The guardian's own audit log: each total with how it ended, in one chain.
    public func auditLines() throws(GuardianError) -> [String] { try store.auditLines() }
}

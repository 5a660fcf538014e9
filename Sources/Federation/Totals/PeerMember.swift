import CanonicalJSON
import Disclosure

/// One hospital's part in opening a total without a guardian, as a value: what it says to what it is asked, given what it has
/// bound itself to before. No clock, no store, no network.
///
/// It agrees to one set of hospitals for a total, for ever, and gives its shares for that set only, and only once it has seen
/// that enough others agreed to the very same: of each hospital either the share of its own seed (it is in the set), or the
/// shares of the seeds that others have with it (it is not), never both.
public struct PeerMember: Sendable {
    /// What a hospital keeps.
    public struct Memory: Sendable, Hashable {
        /// The digest of the request for this total that it has agreed to.
        public var agreed: Digest256?
        /// The sets of hospitals that it has agreed to for the cohort, whatever it was broken down by.
        public var sets: [Set<String>]

        /// A memory.
        public init(agreed: Digest256? = nil, sets: [Set<String>] = []) {
            self.agreed = agreed
            self.sets = sets
        }
    }

    /// What it says to a request.
    public enum Decision: Sendable, Hashable {
        /// What it said to these very bytes before.
        case again
        /// Yes. To be kept before it is said.
        case agree(Agreement)
        /// No. Binds to nothing.
        case refuse(Agreement)
    }

    let hospital: HospitalID
    let roster: TotalsRoster
    let subject: TotalSubject
    /// Its own signed share, the one that it sent.
    let share: SignedDocument
    let coordinatorKey: VerificationKey

    /// The member that `hospital` is in the total of `subject`.
    ///
    /// - Parameters:
    ///   - roster: the roster of its ticket, checked against its own policy.
    ///   - share: the signed share in the answer that it sent.
    public init(
        _ hospital: HospitalID, roster: TotalsRoster, subject: TotalSubject, share: SignedDocument,
        coordinatorKey: VerificationKey
    ) {
        self.hospital = hospital
        self.roster = roster
        self.subject = subject
        self.share = share
        self.coordinatorKey = coordinatorKey
    }

    /// Decides about a signed `OpeningRequest`.
    ///
    /// - Throws: `FederationError` where it is not the coordinator's: then nothing is said.
    public func decide(_ document: SignedDocument, _ memory: Memory) throws(FederationError) -> Decision {
        let request = try document.verified(as: OpeningRequest.self, by: coordinatorKey)
        if let agreed = memory.agreed {
            return agreed == document.digest ? .again : .refuse(word(document, [], .otherHospitals))
        }
        do throws(FederationError) {
            let hospitals = try checked(request).map(\.node)
            if let refusal = refusal(hospitals, memory) { return .refuse(word(document, hospitals, refusal)) }
            return .agree(word(document, hospitals, nil))
        } catch {
            return .refuse(word(document, [], error.code == .totalsRoster ? .roster : .mismatch))
        }
    }

    private func word(_ document: SignedDocument, _ hospitals: [HospitalID], _ refused: OpeningRefusal?) -> Agreement {
        Agreement(subject: subject, node: hospital, request: document.digest, hospitals: hospitals, refused: refused)
    }

    /// The shares of a request that is about this total, is without a guardian, and has this hospital's own share in it.
    private func checked(_ request: OpeningRequest) throws(FederationError) -> [TotalShare] {
        guard request.subject == subject, roster.kind == .peers, request.shares.contains(share) else {
            throw FederationError(.totalMismatch, "The request is not about the answer that this hospital sent.")
        }
        let shares = try request.checkedShares(roster)
        guard shares.allSatisfy({ $0.commitment(in: roster) != nil }) else {
            throw FederationError(.totalMismatch, "A share of the request is not for the hospitals of the roster.")
        }
        return shares
    }

    private func refusal(_ hospitals: [HospitalID], _ memory: Memory) -> OpeningRefusal? {
        guard let admission = try? roster.admission() else { return .roster }
        guard hospitals.count >= roster.fewest else { return .tooFew }
        let admits = (try? admission.admit(Set(hospitals.map(\.rawValue)), openedBefore: memory.sets)) != nil
        return admits ? nil : .otherHospitals
    }

    /// Its shares, for a signed `RevealRequest`.
    ///
    /// - Throws: `FederationError` (`TOTAL_MISMATCH`) where it has not agreed to that set, or too few others have: then nothing is
    ///   said.
    public func reveal(
        _ document: SignedDocument, _ memory: Memory, sealing: SealingKey
    ) throws(FederationError) -> Reveal {
        let asked = try document.verified(as: RevealRequest.self, by: coordinatorKey)
        let digest = asked.request.digest
        guard asked.audience == hospital, memory.agreed == digest else {
            throw FederationError(.totalMismatch, "This hospital has not agreed to the set whose shares are asked for.")
        }
        let request = try asked.request.verified(as: OpeningRequest.self, by: coordinatorKey)
        let shares = try checked(request)
        try PeerOpener.check(asked.agreements, on: digest, subject, shares.map(\.node), roster)
        var parts: [Reveal.Part] = []
        for share in shares {
            // A package that does not open is its sender's doing; the others' shares may be enough.
            if let part = try? part(of: share, asked.packages, shares.map(\.node), sealing) { parts.append(part) }
        }
        return Reveal(subject: subject, node: hospital, request: digest, parts: parts)
    }

    private func part(
        of share: TotalShare, _ packages: [SealedPackage], _ hospitals: [HospitalID], _ sealing: SealingKey
    ) throws(FederationError) -> Reveal.Part {
        guard let place = roster.place(of: hospital), let commitment = share.commitment(in: roster),
            let package = packages.first(where: {
                $0.from == share.node && $0.to == hospital && $0.digest == commitment.packages[place]
            })
        else { throw FederationError(.totalMismatch, "The package of \(share.node) is missing.") }
        let dealt = try package.open(with: sealing, PackageBinding(share))
        guard dealt.count == roster.members.count else {
            throw FederationError(.totalMismatch, "The package of \(share.node) holds \(dealt.count) shares.")
        }
        let others = roster.members.map(\.hospital).filter { $0 != share.node }
        let pairs = zip(others, dealt.dropFirst()).filter { !hospitals.contains($0.0) }.map(\.1)
        return Reveal.Part(of: share.node, own: dealt[0], pairs: pairs)
    }
}

extension TotalShare {
    /// What it commits to, if that is for the hospitals of `roster`.
    func commitment(in roster: TotalsRoster) -> PeerCommitment? {
        guard case .peers(let commitment) = lock, commitment.packages.count == roster.members.count,
            commitment.pairs.count == roster.members.count - 1
        else { return nil }
        return commitment
    }
}

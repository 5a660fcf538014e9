import CanonicalJSON
import Disclosure

/// Puts the seeds together that come off a total without a guardian: the one place where that is done, at the coordinator and at
/// whoever checks an export.
struct PeerOpener: Sendable {
    private let roster: TotalsRoster
    private let shares: [TotalShare]
    private let reveals: [Reveal]

    /// - Parameters:
    ///   - shares: of the hospitals in the total, checked.
    ///   - reveals: checked with `checked(_:...)`.
    init(_ roster: TotalsRoster, shares: [TotalShare], reveals: [Reveal]) {
        self.roster = roster
        self.shares = shares
        self.reveals = reveals
    }

    /// The sum of all masks that are in the sum of the vectors.
    ///
    /// - Throws: `FederationError` (`TOTAL_MISMATCH`) where too few shares are there, or they do not give the seeds that the
    ///   hospitals committed to.
    func masks() throws(FederationError) -> MaskedVector {
        let hospitals = Set(shares.map(\.node))
        var sum = MaskedVector(count: shares.first?.count ?? 0)
        for share in shares {
            guard let commitment = share.commitment(in: roster) else { throw Self.misfit(share.node) }
            let own = try seed(of: share.node, committed: commitment.own) { $0.own }
            let words = try TotalMask(seed: own).words(share.count)
            for place in sum.words.indices { sum.words[place] &+= words.words[place] }
            let others = roster.members.map(\.hospital).filter { $0 != share.node }
            let dropped = zip(others, commitment.pairs).filter { !hospitals.contains($0.0) }
            for (number, (peer, committed)) in dropped.enumerated() {
                let pair = try seed(of: share.node, committed: committed) { part in
                    part.pairs.count == dropped.count ? part.pairs[number] : nil
                }
                PeerSeeds.add(try TotalMask(seed: pair).words(share.count), to: &sum, as: share.node, with: peer)
            }
        }
        return sum
    }

    /// The seed that the hospitals' shares give, if it is the one that was committed to. Where one hospital more than needed has
    /// spoken, each is left out once: a wrong share then spoils nothing.
    private func seed(
        of hospital: HospitalID, committed: Digest256, _ limbs: (Reveal.Part) -> [UInt64]?
    ) throws(FederationError) -> [UInt8] {
        let held = reveals.compactMap { reveal -> SecretShare.Share? in
            guard let place = roster.place(of: reveal.node), let part = reveal.parts.first(where: { $0.of == hospital }),
                let limbs = limbs(part)
            else { return nil }
            return SecretShare.Share(index: UInt64(place + 1), limbs: limbs)
        }
        guard held.count >= roster.fewest else { throw Self.misfit(hospital) }
        let sets =
            held.count == roster.fewest
            ? [held] : held.indices.map { left in Array((held[..<left] + held[(left + 1)...]).prefix(roster.fewest)) }
        for set in sets {
            if let seed = try? SecretShare.join(set, bytes: TotalMask.seedLength), Digest256(of: seed) == committed {
                return seed
            }
        }
        throw Self.misfit(hospital)
    }

    private static func misfit(_ hospital: HospitalID) -> FederationError {
        FederationError(
            .totalMismatch, "The hospitals' shares do not give the seed that \(hospital) committed to.",
            advice: "More hospitals have to give theirs, or one of them gave wrong ones.")
    }

    /// Checks that enough hospitals of the total agreed to it: each signed by its key on the roster, on one request, none twice.
    ///
    /// - Throws: `FederationError` (`TOTAL_MISMATCH`, `SIGNATURE_INVALID`).
    static func check(
        _ documents: [SignedDocument], on request: Digest256, _ subject: TotalSubject, _ hospitals: [HospitalID],
        _ roster: TotalsRoster
    ) throws(FederationError) {
        var agreed = Set<HospitalID>()
        for document in documents {
            let word = try Agreement.verified(document, roster)
            guard word.subject == subject.digest, word.request == request, word.hospitals == hospitals, word.refused == nil,
                hospitals.contains(word.node), agreed.insert(word.node).inserted
            else {
                throw FederationError(
                    .totalMismatch, "The word of \(word.node) is on another set of hospitals, or is there twice.")
            }
        }
        guard agreed.count >= roster.fewest else {
            throw FederationError(
                .totalMismatch, "\(agreed.count) hospitals agreed on the set; \(roster.fewest) are needed.",
                advice: "Wait for more hospitals.")
        }
    }

    /// The reveals in `documents`, each signed by a hospital in the total, on this request, none twice.
    static func checked(
        _ documents: [SignedDocument], on request: Digest256, _ subject: TotalSubject, _ hospitals: [HospitalID],
        _ roster: TotalsRoster
    ) throws(FederationError) -> [Reveal] {
        var found: [Reveal] = []
        for document in documents {
            let reveal = try Reveal.verified(document, roster)
            guard reveal.subject == subject.digest, reveal.request == request, hospitals.contains(reveal.node),
                !found.contains(where: { $0.node == reveal.node })
            else {
                throw FederationError(
                    .totalMismatch, "The shares of \(reveal.node) are for another total, or are there twice.")
            }
            found.append(reveal)
        }
        return found
    }
}

/// A message that a hospital of the totals roster signs, with the key that the roster lists.
protocol RosterSigned: SignedPayload {
    var node: HospitalID { get }
}

extension RosterSigned {
    /// The message in `document`, if the member that it names signed it.
    static func verified(_ document: SignedDocument, _ roster: TotalsRoster) throws(FederationError) -> Self {
        let claimed: HospitalID
        do throws(JSONError) {
            claimed = try JSONReader(document.payload).required("node").decode(HospitalID.self)
        } catch {
            throw FederationError(error)
        }
        guard let key = roster.key(of: claimed) else {
            throw FederationError(
                .totalsRoster, "\(claimed) is not on the totals roster.", advice: "Two officers sign a new roster that lists it.")
        }
        return try document.verified(as: Self.self, by: key)
    }
}

extension Agreement: RosterSigned {}
extension Reveal: RosterSigned {}
extension TotalShare: RosterSigned {}

import CanonicalJSON
import Disclosure

/// The seeds of one hospital's mask in one total that the hospitals open without a guardian.
///
/// The mask is that of a seed of the hospital's own, plus or minus one for each other hospital of the roster that only the two
/// of them know: of two hospitals in a total, one adds what the other takes off. After Bonawitz and others, Practical Secure
/// Aggregation for Privacy-Preserving Machine Learning, 2017, section 4, in the shape that needs one answer of each hospital
/// only: a hospital deals shares of the seeds that it has with the others, instead of shares of a key that they follow from.
struct PeerSeeds: Sendable {
    let hospital: HospitalID
    /// Comes off where this hospital is in the total.
    let own: [UInt8]
    /// One with each other hospital, in the roster's order; comes off where the other one is not in the total.
    let pairs: [(peer: HospitalID, seed: [UInt8])]

    /// Draws the hospital's own seed afresh, and works out those that it has with others.
    init(
        of hospital: HospitalID, _ roster: TotalsRoster, subject: Digest256, sealing: SealingKey,
        using generator: inout some RandomNumberGenerator
    ) throws(FederationError) {
        self.hospital = hospital
        own = TotalMask(using: &generator).seed
        var pairs: [(peer: HospitalID, seed: [UInt8])] = []
        for member in roster.members where member.hospital != hospital {
            guard let key = member.sealingKey else { throw Self.noKey(member.hospital) }
            pairs.append(
                (member.hospital, try sealing.agree(with: key, info: Self.info(subject, hospital, member.hospital))))
        }
        self.pairs = pairs
    }

    static func noKey(_ hospital: HospitalID) -> FederationError {
        FederationError(
            .totalsRoster, "The totals roster has no sealing key of \(hospital).", advice: "Two officers sign a new roster.")
    }

    /// Both work out the same: the lesser name comes first. The subject holds the query, so that no two totals share a seed.
    private static func info(_ subject: Digest256, _ one: HospitalID, _ other: HospitalID) -> [UInt8] {
        Array("dure.total-pair/1\n\(subject)\n\(min(one, other))\n\(max(one, other))".utf8)
    }

    /// The mask of `count` words.
    func mask(_ count: Int) throws(FederationError) -> MaskedVector {
        var mask = try TotalMask(seed: own).words(count)
        for pair in pairs {
            Self.add(try TotalMask(seed: pair.seed).words(count), to: &mask, as: hospital, with: pair.peer)
        }
        return mask
    }

    /// The one of two hospitals that comes first adds what they share, the other takes it off.
    static func add(_ words: MaskedVector, to mask: inout MaskedVector, as hospital: HospitalID, with peer: HospitalID) {
        for place in mask.words.indices {
            if hospital < peer {
                mask.words[place] &+= words.words[place]
            } else {
                mask.words[place] &-= words.words[place]
            }
        }
    }

    /// Deals every hospital of the roster, this one included, its shares of all seeds.
    func deal(
        _ roster: TotalsRoster, binding: PackageBinding, using generator: inout some RandomNumberGenerator
    ) throws(FederationError) -> [SealedPackage] {
        var dealt: [[SecretShare.Share]] = []
        for seed in [own] + pairs.map(\.seed) {
            dealt.append(try Self.split(seed, count: roster.members.count, threshold: roster.fewest, using: &generator))
        }
        var packages: [SealedPackage] = []
        for (place, member) in roster.members.enumerated() {
            guard let key = member.sealingKey else { throw Self.noKey(member.hospital) }
            packages.append(
                try SealedPackage(
                    dealt.map { $0[place].limbs }, from: hospital, to: member.hospital, key: key, binding: binding))
        }
        return packages
    }

    private static func split(
        _ seed: [UInt8], count: Int, threshold: Int, using generator: inout some RandomNumberGenerator
    ) throws(FederationError) -> [SecretShare.Share] {
        do throws(DisclosureError) {
            return try SecretShare.split(seed, count: count, threshold: threshold) { generator.next() }
        } catch {
            throw FederationError(.totalsRoster, error.message, advice: error.advice)
        }
    }
}

import CanonicalJSON
import Disclosure

/// A hospital's sketch of its patients, sealed for the guardian: always the same number of bytes, whoever is in it.
public struct SealedSketch: Sendable, Hashable, JSONEncodable, JSONDecodable {
    /// The precision of all sketches of the protocol: 16,384 registers, 0.81 % standard error.
    public static let precision = 14
    /// Bytes of the packed registers: six bits each.
    static let packedLength = 12_288

    /// The name of the linkage key that it was made with.
    public var key: String
    /// HPKE's encapsulated key.
    public var encapsulated: [UInt8]
    /// The sealed registers.
    public var ciphertext: [UInt8]

    /// Seals a sketch.
    init(_ sketch: DistinctSketch, key: String, for guardian: SealingKey.Public, info: [UInt8]) throws(FederationError) {
        let sealed = try SealingKey.seal(sketch.packed, for: guardian, info: info)
        self.key = key
        encapsulated = sealed.encapsulated
        ciphertext = sealed.ciphertext
    }

    /// The sketch inside, for the guardian.
    ///
    /// - Throws: `FederationError` (`SEAL_INVALID`, `MALFORMED`).
    func open(with guardian: SealingKey, info: [UInt8]) throws(FederationError) -> DistinctSketch {
        let packed = try guardian.open(
            SealingKey.Sealed(encapsulated: encapsulated, ciphertext: ciphertext), info: info)
        do throws(DisclosureError) {
            return try DistinctSketch(precision: Self.precision, packed: packed)
        } catch {
            throw FederationError(.malformed, error.message, advice: error.advice)
        }
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["key", "encapsulated", "ciphertext"])
        key = Hex.encode(try object.required("key").hexBytes(8))
        encapsulated = try object.required("encapsulated").hexBytes(SealingKey.encapsulatedLength)
        ciphertext = try object.required("ciphertext").hexBytes(Self.packedLength + SealingKey.tagLength)
    }

    public var json: JSONValue {
        [
            "key": .string(key), "encapsulated": .string(Hex.encode(encapsulated)),
            "ciphertext": .string(Hex.encode(ciphertext)),
        ]
    }
}

/// Why there is no de-duplicated total.
public enum DistinctRefusal: String, Sendable, CaseIterable {
    /// A hospital's policy does not allow it.
    case notAllowed = "DISTINCT_NOT_ALLOWED"
    /// A hospital has no linkage key, or no identifiers that it can read.
    case noLinkageKey = "NO_LINKAGE_KEY"
    /// The hospitals do not all have the same linkage key.
    case otherKeys = "LINKAGE_KEYS_DIFFER"
    /// A sketch is missing, does not open, or is none.
    case mismatch = "DISTINCT_MISMATCH"
}

/// One hospital's part in a de-duplicated total: its sketch, or why there is none.
public enum DistinctShare: Sendable, Hashable, JSONEncodable, JSONDecodable {
    /// Its sketch.
    case sketch(SealedSketch)
    /// Why there is none. Never depends on a patient.
    case refused(DistinctRefusal)

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["sketch", "refused"])
        if let refused = try object.optional("refused") {
            guard try object.optional("sketch") == nil else { throw json.fail(.badValue, "is a sketch and none at once") }
            self = .refused(try refused.choice(DistinctRefusal.self))
        } else {
            self = .sketch(try object.required("sketch").decode(SealedSketch.self))
        }
    }

    public var json: JSONValue {
        switch self {
        case .sketch(let sketch): ["sketch": sketch.json]
        case .refused(let why): ["refused": .string(why.rawValue)]
        }
    }
}

/// What the guardian says about the patients of all hospitals together.
public enum DistinctTotal: Sendable, Hashable, JSONEncodable, JSONDecodable {
    /// So many, each counted once.
    case counted(TotalCount)
    /// Why there is no number.
    case refused(DistinctRefusal)

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["count", "refused"])
        if let refused = try object.optional("refused") {
            guard try object.optional("count") == nil else { throw json.fail(.badValue, "is a number and none at once") }
            self = .refused(try refused.choice(DistinctRefusal.self))
        } else {
            self = .counted(try object.required("count").decode(TotalCount.self))
        }
    }

    public var json: JSONValue {
        switch self {
        case .counted(let count): ["count": count.json]
        case .refused(let why): ["refused": .string(why.rawValue)]
        }
    }
}

extension DistinctTotal {
    /// Most hospitals in one: the request to the guardian holds a sealed sketch of each, 26 kB in JSON, and has to fit a message.
    public static let mostHospitals = 200

    /// Merges what the hospitals sealed and counts: the one place where sketches are opened, and none is kept.
    ///
    /// - Parameters:
    ///   - shares: of all hospitals of the total.
    ///   - key: the guardian's.
    /// - Returns: nil where no hospital was asked for a sketch.
    public init?(of shares: [TotalShare], opening key: SealingKey) {
        guard shares.contains(where: { $0.distinct != nil }) else { return nil }
        var sketches: [(share: TotalShare, sketch: SealedSketch)] = []
        var reasons = Set<DistinctRefusal>()
        for share in shares {
            switch share.distinct {
            case .sketch(let sketch): sketches.append((share, sketch))
            case .refused(let why): reasons.insert(why)
            case nil: reasons.insert(.mismatch)
            }
        }
        if let why = DistinctRefusal.allCases.first(where: reasons.contains) {
            self = .refused(why)
        } else if Set(sketches.map(\.sketch.key)).count != 1 {
            self = .refused(.otherKeys)
        } else {
            do {
                var merged = try DistinctSketch(precision: SealedSketch.precision)
                for (share, sketch) in sketches {
                    try merged.merge(try sketch.open(with: key, info: share.sketchInfo))
                }
                self = .counted(TotalCount(distinct: merged, terms: shares.map(\.terms)))
            } catch {
                self = .refused(.mismatch)
            }
        }
    }
}

import CanonicalJSON
import Disclosure

/// A guardian as the wire names it: `G-` and one to 28 letters, digits or hyphens.
public struct GuardianID: Identifier {
    public let rawValue: String
    public init(unchecked text: String) { rawValue = text }
    public static let example = "G-PNUH"
    public static func isWellFormed(_ text: String) -> Bool {
        text.hasPrefix("G-") && (3...30).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0.isUpperLetter || $0.isDigit || $0 == UInt8(ascii: "-") }
    }
}

/// Who takes part in consortium totals, with which keys, and who opens them.
///
/// Two officers sign it (`CosignedRoster`). A node believes a hospital's or a guardian's key because officers whom its own policy
/// names have signed it, never because the coordinator says so: a coordinator that could put its own key in the guardian's place,
/// or made-up hospitals beside a real one, would read single hospitals out of a total.
public struct TotalsRoster: SignedPayload, Hashable {
    public static let schema = "dure.totals-roster/1"

    /// One hospital.
    public struct Member: Sendable, Hashable, JSONEncodable, JSONDecodable {
        /// The hospital.
        public var hospital: HospitalID
        /// The key that its node signs with.
        public var key: VerificationKey
        /// The key that others seal for its node; there where the hospitals open totals together.
        public var sealingKey: SealingKey.Public?

        /// Creates a member.
        public init(hospital: HospitalID, key: VerificationKey, sealingKey: SealingKey.Public? = nil) {
            self.hospital = hospital
            self.key = key
            self.sealingKey = sealingKey
        }

        public init(from json: JSONReader) throws(JSONError) {
            let object = try json.object(allowing: ["hospital", "key", "sealingKey"])
            hospital = try object.required("hospital").decode(HospitalID.self)
            key = try object.required("key").decode(VerificationKey.self)
            sealingKey = try object.optional("sealingKey")?.decode(SealingKey.Public.self)
        }

        public var json: JSONValue {
            var object: JSONObject = ["hospital": hospital.json, "key": key.json]
            if let sealingKey { object["sealingKey"] = sealingKey.json }
            return .object(object)
        }
    }

    /// The party that opens totals: neither the coordinator nor a hospital's node.
    public struct Guardian: Sendable, Hashable, JSONEncodable, JSONDecodable {
        /// Its name.
        public var id: GuardianID
        /// The key that it signs with.
        public var key: VerificationKey
        /// The key that seeds are sealed for.
        public var sealingKey: SealingKey.Public

        /// Creates a guardian.
        public init(id: GuardianID, key: VerificationKey, sealingKey: SealingKey.Public) {
            self.id = id
            self.key = key
            self.sealingKey = sealingKey
        }

        public init(from json: JSONReader) throws(JSONError) {
            let object = try json.object(allowing: ["id", "key", "sealingKey"])
            id = try object.required("id").decode(GuardianID.self)
            key = try object.required("key").decode(VerificationKey.self)
            sealingKey = try object.required("sealingKey").decode(SealingKey.Public.self)
        }

        public var json: JSONValue { ["id": id.json, "key": key.json, "sealingKey": sealingKey.json] }
    }

    /// Who opens totals.
    public enum Kind: String, Sendable, CaseIterable {
        /// A guardian.
        case guardian
        /// The hospitals together, without one.
        case peers
    }

    /// Most hospitals in totals without a guardian: what each deals to all others grows with the square of their number.
    public static let mostPeers = 100

    /// The consortium, `C-PNUH`.
    public var consortium: String
    /// Grows with each change; nobody goes back to an earlier one.
    public var version: Int
    /// When it was drawn up.
    public var issued: Timestamp
    /// Fewest hospitals in a total.
    public var minimum: Int
    /// Whether all hospitals agreed in writing to totals of fewer than five (three at least).
    public var isWrittenMinimum: Bool
    /// The hospitals, by identifier.
    public var members: [Member]
    /// Who opens totals; nil where the hospitals do it together.
    public var guardian: Guardian?

    /// Creates a roster; members are put in order.
    public init(
        consortium: String, version: Int, issued: Timestamp, minimum: Int, isWrittenMinimum: Bool, members: [Member],
        guardian: Guardian?
    ) {
        self.consortium = consortium
        self.version = version
        self.issued = issued
        self.minimum = minimum
        self.isWrittenMinimum = isWrittenMinimum
        self.members = members.sorted { $0.hospital < $1.hospital }
        self.guardian = guardian
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: [
            "schema", "consortium", "version", "issued", "minimum", "writtenMinimum", "members", "guardian",
        ])
        try object.expectSchema(Self.schema)
        consortium = try object.required("consortium").string(maxLength: 40)
        version = try object.required("version").int(in: 1...1_000_000)
        issued = try object.required("issued").decode(Timestamp.self)
        minimum = try object.required("minimum").int(in: 1...10_000)
        isWrittenMinimum = try object.required("writtenMinimum").bool()
        let members = try object.required("members").list(of: Member.self, maxCount: 10_000)
        self.members = members
        guardian = try object.optional("guardian")?.decode(Guardian.self)
        let names = members.map(\.hospital)
        guard names == names.sorted(), Set(names).count == names.count, Set(members.map(\.key)).count == names.count else {
            throw json.fail(.badValue, "lists its members out of order, or one of them or one key twice")
        }
        let sealing = members.compactMap(\.sealingKey)
        guard sealing.count == (guardian == nil ? names.count : 0), Set(sealing).count == sealing.count else {
            throw json.fail(
                .badValue, "needs a guardian, or a sealing key of each member and none twice; not some of both")
        }
        guard guardian != nil || names.count <= Self.mostPeers else {
            throw json.fail(.outOfRange, "lists more than \(Self.mostPeers) hospitals without a guardian")
        }
    }

    public var json: JSONValue {
        var object: JSONObject = [
            "schema": .string(Self.schema), "consortium": .string(consortium), "version": .int(version), "issued": issued.json,
            "minimum": .int(minimum), "writtenMinimum": .bool(isWrittenMinimum), "members": .array(members.map(\.json)),
        ]
        if let guardian { object["guardian"] = guardian.json }
        return .object(object)
    }

    /// Who opens totals.
    public var kind: Kind { guardian == nil ? .peers : .guardian }

    /// So many hospitals must be in a total, and agree on it where there is no guardian.
    public var fewest: Int {
        kind == .guardian ? minimum : TotalRoster.agreement(of: members.count, minimum: minimum)
    }

    /// Where a member stands, from 0.
    func place(of hospital: HospitalID) -> Int? { members.firstIndex { $0.hospital == hospital } }

    /// The digest of its canonical form, which every share and every opening names.
    public var digest: Digest256 { Digest256(of: json) }

    /// The key of a member.
    public func key(of hospital: HospitalID) -> VerificationKey? { members.first { $0.hospital == hospital }?.key }

    /// Which sets of its hospitals a total may be opened over.
    ///
    /// - Throws: `FederationError` (`TOTALS_ROSTER`) where it has too few members for its own minimum, or too low a minimum.
    public func admission() throws(FederationError) -> TotalRoster {
        do throws(DisclosureError) {
            return try TotalRoster(
                members: Set(members.map(\.hospital.rawValue)), minimum: minimum, hasWrittenPolicy: isWrittenMinimum)
        } catch {
            throw FederationError(.totalsRoster, error.message, advice: error.advice)
        }
    }
}

/// A totals roster with the signatures of its officers.
public struct CosignedRoster: Sendable, Hashable, JSONEncodable, JSONDecodable {
    static let schema = "dure.cosigned-roster/1"
    /// So many officers must have signed.
    public static let officersNeeded = 2

    /// The same roster, signed by each officer.
    public private(set) var documents: [SignedDocument]

    /// A roster that nobody has signed yet is none: it begins with its first signature.
    public init(_ roster: TotalsRoster, signedBy officer: SigningKey) throws(FederationError) {
        documents = [try SignedDocument(signing: roster, with: officer)]
    }

    /// Adds an officer's signature of the same roster.
    public mutating func sign(with officer: SigningKey) throws(FederationError) {
        let roster = try content()
        documents.removeAll { $0.keyName == officer.verificationKey.name }
        documents.append(try SignedDocument(signing: roster, with: officer))
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["schema", "roster", "signatures"])
        try object.expectSchema(Self.schema)
        let payload = try object.required("roster").object().value
        var documents: [SignedDocument] = []
        for item in try object.required("signatures").array(maxCount: 20) {
            let signature = try item.object(allowing: ["key", "signature"])
            documents.append(
                try SignedDocument(
                    type: TotalsRoster.schema, payload: payload, keyName: try signature.required("key").string(maxLength: 64),
                    signature: try signature.required("signature")))
        }
        guard !documents.isEmpty else { throw json.fail(.missing, "has no signature") }
        self.documents = documents
    }

    public var json: JSONValue {
        [
            "schema": .string(Self.schema), "roster": documents.first?.payload ?? .null,
            "signatures": .array(
                documents.map { ["key": .string($0.keyName), "signature": .string(Hex.encode($0.signature))] }),
        ]
    }

    /// The short names of the keys that signed, as they claim.
    public var signers: [String] { documents.map(\.keyName) }

    /// What is signed, before any signature is checked: for showing it to an officer.
    public func content() throws(FederationError) -> TotalsRoster {
        do throws(JSONError) {
            return try TotalsRoster(from: JSONReader(documents.first?.payload ?? .null))
        } catch {
            throw FederationError(error)
        }
    }

    /// The roster, if at least two different officers of `officers` signed it.
    ///
    /// - Throws: `FederationError` (`TOTALS_ROSTER`, `MALFORMED`).
    public func verified(officers: [VerificationKey]) throws(FederationError) -> TotalsRoster {
        var signers = Set<VerificationKey>()
        for document in documents {
            for officer in officers where officer.name == document.keyName {
                if (try? document.verified(as: TotalsRoster.self, by: officer)) != nil { signers.insert(officer) }
            }
        }
        guard signers.count >= Self.officersNeeded else {
            throw FederationError(
                .totalsRoster,
                "The totals roster is signed by \(signers.count) of the known officers; \(Self.officersNeeded) are needed.",
                advice: "Compare the officers' keys, by telephone, with those that are configured here.")
        }
        return try content()
    }
}

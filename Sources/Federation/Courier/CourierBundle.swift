import CanonicalJSON
import Cohorts

/// Signed messages as one text file that a person carries between a coordinator and a hospital without a network.
///
/// The messages are those of the wire, byte for byte: a bundle adds who sends it to whom, until when it may be used, and a plain
/// text that says what is in it. It is one file of indented JSON: small, text only, without archives or programs, as gateways
/// between separated networks ask for, and readable before it is let through.
public struct CourierBundle: SignedPayload, Hashable {
    public static let schema = "dure.courier-bundle/1"

    /// Who sends or receives a bundle.
    public enum Party: Sendable, Hashable, JSONEncodable, JSONDecodable {
        case coordinator
        case hospital(HospitalID)

        public init(from json: JSONReader) throws(JSONError) {
            if try json.string(maxLength: 64) == "coordinator" {
                self = .coordinator
            } else {
                self = .hospital(try json.decode(HospitalID.self))
            }
        }

        public var json: JSONValue { .string(text) }
        /// `coordinator`, or the hospital's identifier.
        public var text: String {
            switch self {
            case .coordinator: "coordinator"
            case .hospital(let id): id.rawValue
            }
        }
    }

    /// What a person reads in the file before anything else; a list of lines in each language.
    public struct Readme: Sendable, Hashable, JSONEncodable, JSONDecodable {
        /// The Korean lines.
        public var ko: [String]
        /// The English lines.
        public var en: [String]

        /// Lines in both languages.
        public init(ko: [String], en: [String]) {
            self.ko = ko
            self.en = en
        }

        public init(from json: JSONReader) throws(JSONError) {
            let object = try json.object(allowing: ["ko", "en"])
            ko = try Self.lines(try object.required("ko"))
            en = try Self.lines(try object.required("en"))
        }

        private static func lines(_ json: JSONReader) throws(JSONError) -> [String] {
            var lines: [String] = []
            for line in try json.array(maxCount: 5_000) { lines.append(try line.string(maxLength: 4_000)) }
            return lines
        }

        public var json: JSONValue {
            ["ko": .array(ko.map(JSONValue.string)), "en": .array(en.map(JSONValue.string))]
        }
    }

    /// This bundle. Never used twice.
    public var id: BundleID
    /// Who sends it.
    public var sender: Party
    /// The one who may use it.
    public var recipient: Party
    /// When it was made.
    public var created: Timestamp
    /// From when on it must not be used.
    public var notAfter: Timestamp
    /// What is in it, for a person.
    public var readme: Readme
    /// The messages, each signed by whoever says it.
    public var documents: [SignedDocument]
    /// Tickets that nobody waits for any more.
    public var cancelled: [TicketID]
    /// The recipient's own audit log as the sender last saw it: a recipient whose log is shorter was set back.
    public var known: AuditPoint?

    /// Creates a bundle.
    public init(
        id: BundleID, sender: Party, recipient: Party, created: Timestamp, notAfter: Timestamp, readme: Readme,
        documents: [SignedDocument], cancelled: [TicketID] = [], known: AuditPoint? = nil
    ) {
        self.id = id
        self.sender = sender
        self.recipient = recipient
        self.created = created
        self.notAfter = notAfter
        self.readme = readme
        self.documents = documents
        self.cancelled = cancelled
        self.known = known
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: [
            "readme", "schema", "id", "sender", "recipient", "created", "notAfter", "documents", "cancelled", "known",
        ])
        try object.expectSchema(Self.schema)
        id = try object.required("id").decode(BundleID.self)
        sender = try object.required("sender").decode(Party.self)
        recipient = try object.required("recipient").decode(Party.self)
        created = try object.required("created").decode(Timestamp.self)
        notAfter = try object.required("notAfter").decode(Timestamp.self)
        readme = try object.required("readme").decode(Readme.self)
        documents = try object.required("documents").list(of: SignedDocument.self, maxCount: 1_000)
        cancelled = try object.required("cancelled").list(of: TicketID.self, maxCount: 1_000)
        known = try object.optional("known")?.decode(AuditPoint.self)
    }

    public var json: JSONValue {
        // The words for people stand first in the file; what is signed is the canonical form, whatever the order.
        var object: JSONObject = [
            "readme": readme.json, "schema": .string(Self.schema), "id": id.json, "sender": sender.json,
            "recipient": recipient.json, "created": created.json, "notAfter": notAfter.json,
            "documents": .array(documents.map(\.json)), "cancelled": .array(cancelled.map(\.json)),
        ]
        if let known { object["known"] = known.json }
        return .object(object)
    }

    /// The documents of one kind, as they are.
    public func documents<Payload: SignedPayload>(of _: Payload.Type) -> [SignedDocument] {
        documents.filter { $0.type == Payload.schema }
    }

    /// Checks a bundle's signature, recipient and time.
    ///
    /// - Throws: `FederationError`: `SIGNATURE_INVALID`, `AUDIENCE_WRONG`, `TICKET_NOT_YET_VALID`, `TICKET_EXPIRED`.
    public static func verify(
        _ document: SignedDocument, by key: VerificationKey, for recipient: Party, now: Timestamp
    ) throws(FederationError) -> CourierBundle {
        let bundle = try document.verified(as: CourierBundle.self, by: key)
        guard bundle.recipient == recipient else {
            throw FederationError(
                .audienceWrong, "Bundle \(bundle.id) is for \(bundle.recipient.text), and this is \(recipient.text).")
        }
        guard bundle.created.seconds <= now.seconds + courierTolerance else {
            throw FederationError(
                .ticketNotYetValid, "Bundle \(bundle.id) was made at \(bundle.created), and it is \(now) here.",
                advice: "Set this machine's clock; a day is tolerated.")
        }
        guard now.seconds < bundle.notAfter.seconds + courierTolerance else {
            throw FederationError(
                .ticketExpired, "Bundle \(bundle.id) could be used until \(bundle.notAfter); it is \(now).",
                advice: "Ask for a new one.")
        }
        return bundle
    }

    /// How far two clocks may differ where no network sets them, in seconds.
    public static let courierTolerance: Int64 = 86_400
}

/// One carried file: `B-7F3K-92QD-1234`.
public struct BundleID: Identifier {
    public let rawValue: String
    public init(unchecked text: String) { rawValue = text }
    public static let example = "B-7F3K-92QD-1234"
    public static func isWellFormed(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "B"
            && parts.dropFirst().allSatisfy { $0.utf8.count == 4 && $0.utf8.allSatisfy(Crockford.contains) }
    }
    /// A new identifier from `generator`.
    public static func random(using generator: inout some RandomNumberGenerator) -> BundleID {
        let words = (0..<3).map { _ in
            String(
                decoding: (0..<4).map { _ in Crockford.alphabet[Int.random(in: 0..<32, using: &generator)] }, as: UTF8.self)
        }
        return BundleID(unchecked: (["B"] + words).joined(separator: "-"))
    }
}

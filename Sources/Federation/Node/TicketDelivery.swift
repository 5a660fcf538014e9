import CanonicalJSON

/// What a long poll brings a node: tickets to work on, tickets to stop working on, and the coordinator's clock.
public struct TicketDelivery: Sendable, Hashable, JSONEncodable, JSONDecodable {
    static let schema = "dure.delivery/1"

    /// Signed tickets, each leased to this node until `leaseSeconds` from now.
    public var tickets: [SignedDocument]
    /// Tickets whose query was cancelled.
    public var cancelled: [TicketID]
    /// What the hospital is asked about totals without a guardian that it has answered: signed `OpeningRequest`s and
    /// `RevealRequest`s.
    public var totals: [SignedDocument]
    /// For how long the tickets are leased, in seconds: acknowledge before, or they are offered again.
    public var leaseSeconds: Int
    /// The coordinator's clock, by which a node sees how far its own is off. Never trusted for a decision.
    public var time: Timestamp

    /// Creates a delivery.
    public init(
        tickets: [SignedDocument], cancelled: [TicketID], totals: [SignedDocument] = [], leaseSeconds: Int, time: Timestamp
    ) {
        self.tickets = tickets
        self.cancelled = cancelled
        self.totals = totals
        self.leaseSeconds = leaseSeconds
        self.time = time
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["schema", "tickets", "cancelled", "totals", "leaseSeconds", "time"])
        try object.expectSchema(Self.schema)
        tickets = try object.required("tickets").list(of: SignedDocument.self, maxCount: 100)
        cancelled = try object.required("cancelled").list(of: TicketID.self, maxCount: 1_000)
        totals = try object.optional("totals")?.list(of: SignedDocument.self, maxCount: 100) ?? []
        leaseSeconds = try object.required("leaseSeconds").int(in: 1...86_400)
        time = try object.required("time").decode(Timestamp.self)
    }

    public var json: JSONValue {
        var object: JSONObject = [
            "schema": .string(Self.schema), "tickets": .array(tickets.map(\.json)), "cancelled": .array(cancelled.map(\.json)),
            "leaseSeconds": .number(JSONNumber(leaseSeconds)), "time": time.json,
        ]
        if !totals.isEmpty { object["totals"] = .array(totals.map(\.json)) }
        return .object(object)
    }
}

extension JSONReader {
    /// The elements of an array, each decoded.
    public func list<Element: JSONDecodable>(of _: Element.Type, maxCount: Int) throws(JSONError) -> [Element] {
        var elements: [Element] = []
        for item in try array(maxCount: maxCount) { elements.append(try item.decode(Element.self)) }
        return elements
    }
}

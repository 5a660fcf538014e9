import CanonicalJSON

/// The coordinator shows one hospital that enough others agree, and asks for its shares. Signed by the coordinator.
public struct RevealRequest: SignedPayload, Hashable {
    public static let schema = "dure.reveal-request/1"

    /// The hospital that is asked.
    public var audience: HospitalID
    /// The signed `OpeningRequest` that fixes the set.
    public var request: SignedDocument
    /// The signed agreements.
    public var agreements: [SignedDocument]
    /// What the hospitals in the total have dealt the one that is asked.
    public var packages: [SealedPackage]

    /// Creates a request.
    public init(audience: HospitalID, request: SignedDocument, agreements: [SignedDocument], packages: [SealedPackage]) {
        self.audience = audience
        self.request = request
        self.agreements = agreements
        self.packages = packages
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["schema", "audience", "request", "agreements", "packages"])
        try object.expectSchema(Self.schema)
        audience = try object.required("audience").decode(HospitalID.self)
        request = try object.required("request").decode(SignedDocument.self)
        agreements = try object.required("agreements").list(of: SignedDocument.self, maxCount: TotalsRoster.mostPeers)
        packages = try object.required("packages").list(of: SealedPackage.self, maxCount: TotalsRoster.mostPeers)
    }

    public var json: JSONValue {
        [
            "schema": .string(Self.schema), "audience": audience.json, "request": request.json,
            "agreements": .array(agreements.map(\.json)), "packages": .array(packages.map(\.json)),
        ]
    }
}

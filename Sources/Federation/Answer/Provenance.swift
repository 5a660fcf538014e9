import CanonicalJSON

/// What an answer was computed from: enough to compute it again and to read a zero.
public struct Provenance: Sendable, Hashable, JSONEncodable, JSONDecodable {
    /// The store's own name.
    public var store: String
    /// The id of the data release that the ETL gave, `2026-11`.
    public var dataRelease: String
    /// Up to which day the data reaches, `2026-10-31`, where the store says so.
    public var dataThrough: String?
    /// The CDM's version, `5.4`.
    public var cdmVersion: String
    /// The vocabulary's release, where the store says so.
    public var vocabulary: String?
    /// Whose cohort semantics in which version, `circe-2026.09`.
    public var semantics: String
    /// The node's software, `dure-node 1.0.0`.
    public var software: String
    /// Whether the data is made up. Carried through to every table and page.
    public var synthetic: Bool

    /// Creates a provenance.
    public init(
        store: String, dataRelease: String, dataThrough: String?, cdmVersion: String, vocabulary: String?, semantics: String,
        software: String, synthetic: Bool
    ) {
        self.store = store
        self.dataRelease = dataRelease
        self.dataThrough = dataThrough
        self.cdmVersion = cdmVersion
        self.vocabulary = vocabulary
        self.semantics = semantics
        self.software = software
        self.synthetic = synthetic
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: [
            "store", "dataRelease", "dataThrough", "cdmVersion", "vocabulary", "semantics", "software", "synthetic",
        ])
        store = try object.required("store").string(maxLength: 200)
        dataRelease = try object.required("dataRelease").string(maxLength: 100)
        dataThrough = try object.optional("dataThrough")?.string(maxLength: 10)
        cdmVersion = try object.required("cdmVersion").string(maxLength: 40)
        vocabulary = try object.optional("vocabulary")?.string(maxLength: 100)
        semantics = try object.required("semantics").string(maxLength: 100)
        software = try object.required("software").string(maxLength: 100)
        synthetic = try object.required("synthetic").bool()
    }

    public var json: JSONValue {
        var object: JSONObject = [
            "store": .string(store), "dataRelease": .string(dataRelease), "cdmVersion": .string(cdmVersion),
            "semantics": .string(semantics), "software": .string(software), "synthetic": .bool(synthetic),
        ]
        if let dataThrough { object["dataThrough"] = .string(dataThrough) }
        if let vocabulary { object["vocabulary"] = .string(vocabulary) }
        return .object(object)
    }
}

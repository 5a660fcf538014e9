import CanonicalJSON
import Disclosure

// `dure.catalogue/1` on the wire. What another hospital's node sent is read as strictly as everything else.

extension Catalogue {
    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: [
            "schema", "node", "issued", "provenance", "policy", "amounts", "tables", "quality",
        ])
        try object.expectSchema(Self.schema)
        node = try object.required("node").decode(HospitalID.self)
        issued = try object.required("issued").decode(Timestamp.self)
        provenance = try object.required("provenance").decode(Provenance.self)
        policy = try object.required("policy").decode(Digest256.self)
        amounts = try object.required("amounts").decode(DisclosedCatalogue.self)
        tables = try object.required("tables").array(maxCount: 40).map { reader throws(JSONError) in try Table(from: reader) }
        quality = try object.required("quality").array(maxCount: 1_000).map { reader throws(JSONError) in
            try Quality(from: reader)
        }
    }

    public var json: JSONValue {
        [
            "schema": .string(Self.schema), "node": node.json, "issued": issued.json, "provenance": provenance.json,
            "policy": policy.json, "amounts": amounts.json, "tables": .array(tables.map(\.json)),
            "quality": .array(quality.map(\.json)),
        ]
    }
}

extension Catalogue.Table: JSONEncodable, JSONDecodable {
    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["name", "unmapped", "cut"])
        name = try object.required("name").nonEmptyString(maxLength: 64)
        unmapped = try object.optional("unmapped")?.decode(Catalogue.Share.self)
        isCut = try object.required("cut").bool()
    }

    public var json: JSONValue {
        var object: JSONObject = ["name": .string(name), "cut": .bool(isCut)]
        if let unmapped { object["unmapped"] = unmapped.json }
        return .object(object)
    }
}

extension Catalogue.Share: JSONEncodable, JSONDecodable {
    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["from", "below"])
        from = try object.required("from").int(in: 0...100)
        below = try object.required("below").int(in: 1...101)
        guard let place = Self.edges.firstIndex(of: from), place + 1 < Self.edges.count, Self.edges[place + 1] == below else {
            throw json.fail(.badValue, "is not a band: the edges are \(Self.edges.map(String.init).joined(separator: ", "))")
        }
    }

    public var json: JSONValue { ["from": .int(from), "below": .int(below)] }
}

extension Catalogue.Quality: JSONEncodable, JSONDecodable {
    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["check", "category", "table", "thresholdPercent", "state", "failing"])
        check = try object.required("check").nonEmptyString(maxLength: 64)
        category = try object.required("category").nonEmptyString(maxLength: 64)
        table = try object.optional("table")?.nonEmptyString(maxLength: 64)
        threshold = try object.required("thresholdPercent").double()
        state = try object.required("state").choice(State.self)
        failing = try object.optional("failing")?.decode(Catalogue.Share.self)
    }

    public var json: JSONValue {
        var object: JSONObject = [
            "check": .string(check), "category": .string(category), "thresholdPercent": .double(threshold),
            "state": .string(state.rawValue),
        ]
        if let table { object["table"] = .string(table) }
        if let failing { object["failing"] = failing.json }
        return .object(object)
    }
}

import CanonicalJSON
import Federation

/// What is in a backup: sealed with it, so that only who may open it learns even the names.
public struct BackupManifest: Sendable, Hashable, JSONEncodable, JSONDecodable {
    static let schema = "dure.backup-manifest/1"
    /// The most files, and the longest manifest in bytes.
    static let (mostFiles, limit) = (10_000, 4 << 20)

    /// One file.
    public struct File: Sendable, Hashable {
        /// Where it belongs, from the restored folder: `identity/grant.json`.
        public var path: String
        /// Its length in bytes.
        public var size: Int
        /// Its digest.
        public var digest: Digest256
    }

    /// Of which program: `dure-node`, `dure-coordinator`, `dure-guardian`.
    public var program: String
    /// The version that made it.
    public var version: String
    /// Of whom: the hospital, the consortium, the guardian.
    public var name: String
    /// When.
    public var created: Timestamp
    /// How far its audit log goes.
    public var audit: AuditPoint
    /// How far the node's release ledger goes; nil for the others.
    public var ledger: Int?
    /// The files.
    public var files: [File]

    init(
        program: String, version: String, name: String, created: Timestamp, audit: AuditPoint, ledger: Int?, files: [File]
    ) {
        self.program = program
        self.version = version
        self.name = name
        self.created = created
        self.audit = audit
        self.ledger = ledger
        self.files = files
    }

    /// Reads a manifest.
    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["schema", "program", "version", "name", "created", "audit", "ledger", "files"])
        try object.expectSchema(Self.schema)
        program = try object.required("program").nonEmptyString(maxLength: 40)
        version = try object.required("version").string(maxLength: 40)
        name = try object.required("name").nonEmptyString(maxLength: 100)
        created = try object.required("created").decode(Timestamp.self)
        audit = try object.required("audit").decode(AuditPoint.self)
        ledger = try object.optional("ledger")?.int(in: 0...JSONReader.exactIntegers.upperBound)
        files = []
        for entry in try object.required("files").array(maxCount: Self.mostFiles) {
            let file = try entry.object(allowing: ["path", "size", "digest"])
            let path = try file.required("path")
            let text = try path.nonEmptyString(maxLength: 200)
            guard Self.isSafe(text) else { throw path.fail(.badValue, "is not a path inside the folder") }
            files.append(
                File(
                    path: text, size: try file.required("size").int(in: 0...(1 << 40)),
                    digest: try file.required("digest").decode(Digest256.self)))
        }
        guard Set(files.map(\.path)).count == files.count else {
            throw try object.required("files").fail(.badValue, "has a path twice")
        }
    }

    /// `dure.backup-manifest/1`
    public var json: JSONValue {
        let files = files.map { file -> JSONValue in
            ["path": .string(file.path), "size": .int(file.size), "digest": file.digest.json]
        }
        var object: JSONObject = [
            "schema": .string(Self.schema), "program": .string(program), "version": .string(version), "name": .string(name),
            "created": created.json, "audit": audit.json, "files": .array(files),
        ]
        if let ledger { object["ledger"] = .int(ledger) }
        return .object(object)
    }

    /// Whether a path stays inside the folder that it is laid out in: names of letters, digits, `.`, `-` and `_`, none beginning
    /// with a dot.
    static func isSafe(_ path: String) -> Bool {
        let names = path.split(separator: "/", omittingEmptySubsequences: false)
        return !names.isEmpty && names.count <= 4
            && names.allSatisfy { name in
                name.first.map { $0 != "." } == true
                    && name.utf8.allSatisfy { byte in
                        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                            || byte == 0x2e || byte == 0x2d || byte == 0x5f
                    }
            }
    }
}

import CanonicalJSON
import Federation
import Foundation

extension CoordinatorConfiguration {
    static let schema = "dure.coordinator/1"

    /// Reads `coordinator.yaml`. An unknown key is an error with its path: a misspelt setting must not be silently ignored.
    ///
    /// - Throws: `CoordinatorError` (`CONFIGURATION`).
    public init(file path: String) throws(CoordinatorError) {
        guard let data = FileManager.default.contents(atPath: path), data.count < 1 << 20 else {
            throw CoordinatorError(
                .configuration, "The configuration \(path) cannot be read.",
                advice: "`dure-coordinator init` writes one; --state-dir says where to look.")
        }
        try self.init(yaml: String(decoding: data, as: UTF8.self), file: path)
    }

    init(yaml: String, file: String = "coordinator.yaml") throws(CoordinatorError) {
        let json = try YAMLDocument.json(yaml, file: file)
        do throws(JSONError) {
            try self.init(from: JSONReader(json))
        } catch {
            throw CoordinatorError(
                .configuration, "\(file): \(error.description)",
                advice: "The commented file of `dure-coordinator init` shows every key.", pointer: error.pointer.description)
        }
    }

    private init(from json: JSONReader) throws(JSONError) {
        let root = try json.object(allowing: ["schema", "consortium", "listen", "queries", "people", "nodes", "limits", "log"])
        try root.expectSchema(Self.schema)
        let consortium = try root.required("consortium").object(allowing: ["id", "name_ko", "name_en"])
        let listen = try root.required("listen").object(allowing: [
            "nodes", "people", "hosts", "nodes_url", "people_certificate_file", "people_key_file", "metrics_port",
        ])
        let ko = try consortium.optional("name_ko")?.string(maxLength: 200)
        let en = try consortium.optional("name_en")?.string(maxLength: 200)
        guard ko != nil || en != nil else { throw consortium.fail(.missing, "needs name_ko or name_en") }
        var hosts: [String] = []
        for host in try listen.required("hosts").array(maxCount: 100) { hosts.append(try host.nonEmptyString(maxLength: 253)) }
        guard !hosts.isEmpty else { throw try listen.required("hosts").fail(.badValue, "needs at least one name") }
        self.init(
            consortiumID: try consortium.required("id").nonEmptyString(maxLength: 40),
            consortiumName: BilingualText(ko: ko, en: en),
            nodes: try Self.address(try listen.required("nodes")), people: try Self.address(try listen.required("people")),
            hosts: hosts)
        nodesURL = try listen.optional("nodes_url")?.string(maxLength: 500)
        peopleCertificate = try Self.certificate(listen)
        metricsPort = try listen.optional("metrics_port")?.int(in: 1...65_535)
        try readQueries(try root.optional("queries"))
        try readRest(root)
    }

    private static func address(_ json: JSONReader) throws(JSONError) -> Address {
        let object = try json.object(allowing: ["host", "port"])
        return Address(
            host: try object.required("host").nonEmptyString(maxLength: 253),
            port: try object.required("port").int(in: 0...65_535))
    }

    private static func certificate(_ listen: JSONReader) throws(JSONError) -> OwnCertificate? {
        let chain = try listen.optional("people_certificate_file")?.nonEmptyString()
        let key = try listen.optional("people_key_file")?.nonEmptyString()
        switch (chain, key) {
        case (nil, nil): return nil
        case (let chain?, let key?): return OwnCertificate(chainFile: chain, keyFile: key)
        default: throw listen.fail(.missing, "needs both people_certificate_file and people_key_file, or neither")
        }
    }

    private mutating func readQueries(_ json: JSONReader?) throws(JSONError) {
        guard let json else { return }
        let object = try json.object(allowing: [
            "hours", "lease_seconds", "longest_poll_seconds", "tickets_per_poll", "wish_threshold", "wish_round_to",
        ])
        try object.set("hours", &queryHours, 1...8_760)
        try object.set("lease_seconds", &leaseSeconds, 1...3_600)
        try object.set("longest_poll_seconds", &longestPoll, 1...300)
        try object.set("tickets_per_poll", &ticketsPerPoll, 1...100)
        wishThreshold = try object.optional("wish_threshold")?.int(in: 5...1_000_000)
        wishRoundTo = try object.optional("wish_round_to")?.int(in: 0...1_000_000)
    }

    private mutating func readRest(_ root: JSONReader) throws(JSONError) {
        if let people = try root.optional("people")?.object(allowing: ["session_hours"]) {
            try people.set("session_hours", &sessionHours, 1...720)
        }
        if let nodes = try root.optional("nodes")?.object(allowing: ["certificate_days", "silent_after_seconds"]) {
            try nodes.set("certificate_days", &certificateDays, 1...825)
            try nodes.set("silent_after_seconds", &silentAfter, 10...86_400)
        }
        if let log = try root.optional("log")?.object(allowing: ["level"]) {
            logLevel = try log.required("level").choice(LogLevelName.self).rawValue
        }
        guard
            let limits = try root.optional("limits")?.object(allowing: [
                "node_body_kb", "people_body_kb", "body_seconds", "idle_seconds", "connections", "requests_per_node",
                "requests_per_address",
            ])
        else { return }
        var nodeKB = self.limits.nodeBody >> 10
        var peopleKB = self.limits.peopleBody >> 10
        try limits.set("node_body_kb", &nodeKB, 64...65_536)
        try limits.set("people_body_kb", &peopleKB, 64...65_536)
        self.limits.nodeBody = nodeKB << 10
        self.limits.peopleBody = peopleKB << 10
        try limits.set("body_seconds", &self.limits.bodySeconds, 1...600)
        try limits.set("idle_seconds", &self.limits.idleSeconds, 5...3_600)
        try limits.set("connections", &self.limits.connections, 10...1_000_000)
        try limits.set("requests_per_node", &self.limits.requestsPerNode, 2...100)
        try limits.set("requests_per_address", &self.limits.requestsPerAddress, 2...10_000)
    }

    private enum LogLevelName: String, CaseIterable { case trace, debug, info, notice, warning, error, critical }
}

extension JSONReader {
    /// Sets `value` where the member is there and in range.
    fileprivate func set(_ key: String, _ value: inout Int, _ range: ClosedRange<Int>) throws(JSONError) {
        if let found = try optional(key)?.int(in: range) { value = found }
    }
}

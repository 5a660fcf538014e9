import Daemon
import Federation
import Foundation
import OMOPStore
import Outbound

/// `node.yaml`: who this node is, whom it talks to and how, and what it answers from.
public struct NodeConfiguration: Sendable, Hashable {
    /// The hospital.
    public var hospital: HospitalID
    /// Its names, for people.
    public var name: BilingualText
    /// `ko` or `en`: what status and doctor print by default.
    public var language: String
    /// Where to enrol: the coordinator's address for people.
    public var coordinatorURL: String
    /// What the consortium's CA certificate must match, if the file says so (compared by telephone).
    public var coordinatorFingerprint: String?
    /// The way out.
    public var transport: Transport
    /// The store that questions are answered from.
    public var source: Source
    /// How patients are known whom other hospitals treat too; nil where they are not.
    public var linkage: Linkage?
    /// When a new load of the data needs a person's word.
    public var refresh: Refresh
    /// What one node may use of the machine.
    public var limits: Limits
    /// The file that metrics are written to; nil where there are none.
    public var metricsFile: String?
    /// The folder that relative paths start from: the file's own.
    public var folder: String

    /// The way out to the coordinator.
    public struct Transport: Sendable, Hashable {
        /// Whether messages are carried as files: then the daemon opens no connection at all.
        public var isCourier = false
        /// For how long the coordinator may hold a poll, in seconds.
        public var pollSeconds: Int
        /// The proxy, its user and password already read from their files.
        public var proxy: ProxySettings
        /// Authorities to trust besides the consortium's own (an inspecting proxy's): PEM files.
        public var extraCA: [String]
        /// The oldest TLS version.
        public var minimumTLS: OutboundConfiguration.TLSVersion
    }

    /// The store.
    public struct Source: Sendable, Hashable {
        /// What it is called in logs and answers.
        public var id: String
        /// Where it is and how it is read.
        public var address: StoreAddress
        /// The data release that the ETL gave; nil to take what the store says.
        public var dataRelease: String?
        /// Whether the data is made up.
        public var isSynthetic: Bool
    }

    /// When a new load of the data needs a person's word.
    public struct Refresh: Sendable, Hashable {
        /// By how many percent the persons, or the rows or persons of a table, may go down.
        public var maxDropPercent: Int
    }

    /// What one node may use of the machine.
    public struct Limits: Sendable, Hashable {
        /// Questions evaluated at one time.
        public var concurrentQueries: Int
        /// Seconds of wall time for one question.
        public var secondsPerQuery: Int
        /// MiB of working memory for one question.
        public var memoryMiB: Int
        /// Seconds that running work gets after SIGTERM.
        public var drainSeconds: Int
    }

    /// Reads the file.
    /// - Parameter environment: where `HTTPS_PROXY` and `NO_PROXY` are looked up if the file names no proxy.
    /// - Throws: `CONFIGURATION` with every problem, `FILE` where the file itself cannot be read.
    public init(
        file path: String, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(NodeError) {
        let text = try Files.text(path, what: "the node's configuration")
        let folder = Files.folder(of: path)
        try self.init(text: text, name: Files.name(of: path), folder: folder, environment: environment)
    }

    /// Reads a text as if it were the file `name` in `folder`.
    public init(text: String, name: String, folder: String, environment: [String: String]) throws(NodeError) {
        let file = YAMLFile(name: name, text: text)
        let root = file.root
        root.schema("dure.node/1")
        self.folder = folder

        let node = root.map("node")
        let id = node.requiredString("id")
        hospital = HospitalID(rawValue: id) ?? HospitalID(unchecked: HospitalID.example)
        if !id.isEmpty, HospitalID(rawValue: id) == nil {
            node.report("id", "\"\(id)\" is not a hospital of a roster; it looks like \(HospitalID.example)")
        }
        self.name = BilingualText(ko: node.string("name_ko"), en: node.string("name_en"))
        language = node.choice("language", default: Language.ko).rawValue

        let coordinator = root.map("coordinator")
        coordinatorURL = coordinator.requiredString("url")
        if !coordinatorURL.isEmpty, !coordinatorURL.hasPrefix("https://") {
            coordinator.report("url", "must begin with https://")
        }
        coordinatorFingerprint = coordinator.string("fingerprint")
        transport = Transport(root.map("transport"), folder: folder, environment: environment)
        source = Source.only(of: root, folder: folder, environment: environment)
        linkage = Linkage(root.map("linkage"), isThere: root.has("linkage"), folder: folder, environment: environment)
        refresh = Refresh(maxDropPercent: root.map("refresh").int("max_drop_percent", in: 0...100, default: 20))
        limits = Limits(root.map("limits"))
        metricsFile = Self.metrics(root.map("metrics"), folder: folder)
        try file.finish()
    }

    private static func metrics(_ map: YAMLMap, folder: String) -> String? {
        guard let name = map.string("textfile") else { return nil }
        // node_exporter reads no other file.
        if !name.hasSuffix(".prom") { map.report("textfile", "must end with .prom") }
        return Files.resolve(name, in: folder)
    }

    private enum Language: String, CaseIterable { case ko, en }
}

extension NodeConfiguration.Transport {
    private enum Mode: String, CaseIterable { case online, courier }

    init(_ map: YAMLMap, folder: String, environment: [String: String]) {
        isCourier = map.choice("mode", default: Mode.online) == .courier
        pollSeconds = map.int("poll_seconds", in: 1...55, default: 25)
        let tls = map.map("tls")
        minimumTLS = tls.choice("minimum", default: OutboundConfiguration.TLSVersion.tls13)
        extraCA = (tls.strings("extra_ca") ?? []).map { Files.resolve($0, in: folder) }
        for path in extraCA where !Files.isReadable(path) { tls.report("extra_ca", "\(path) cannot be read") }
        proxy = Self.proxy(map.map("proxy"), folder: folder, environment: environment)
    }

    private static func proxy(_ map: YAMLMap, folder: String, environment: [String: String]) -> ProxySettings {
        func secret(_ key: String) -> String? {
            guard let name = map.string(key) else { return nil }
            let path = Files.secret(name, in: folder, environment)
            guard let text = try? Files.text(path, what: key) else {
                map.report(key, "\(path) cannot be read")
                return nil
            }
            return text.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        let username = secret("username_file")
        let password = secret("password_file")
        let exceptions = map.strings("no_proxy")
        guard let url = map.string("url") else {
            var settings = ProxySettings.fromEnvironment(environment)
            settings.username = username
            settings.password = password
            if let exceptions { settings.exceptions = exceptions }
            return settings
        }
        if !url.hasPrefix("http://"), !url.hasPrefix("https://") {
            map.report("url", "must begin with http:// or https://")
        }
        if url.contains("@") {
            map.report("url", "must not hold a user name or password; put them into username_file and password_file")
        }
        return ProxySettings(
            url: url, username: username, password: password,
            exceptions: exceptions ?? ProxySettings.fromEnvironment(environment).exceptions)
    }
}

extension NodeConfiguration.Limits {
    init(_ map: YAMLMap) {
        concurrentQueries = map.int("concurrent_queries", in: 1...16, default: 2)
        secondsPerQuery = map.int("seconds_per_query", in: 1...3_600, default: 120)
        memoryMiB = map.int("memory_mb", in: 64...1_048_576, default: 1_024)
        drainSeconds = map.int("drain_seconds", in: 1...600, default: 25)
    }
}

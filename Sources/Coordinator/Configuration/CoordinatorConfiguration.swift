public import Federation

/// Everything that can be set, as it stands in `coordinator.yaml` (the template documents each value and its unit).
public struct CoordinatorConfiguration: Sendable, Hashable {
    /// Where a listener listens.
    public struct Address: Sendable, Hashable {
        /// A name or an IP address of this machine.
        public var host: String
        /// The port; 0 takes a free one (tests).
        public var port: Int

        /// Creates an address.
        public init(host: String, port: Int) {
            self.host = host
            self.port = port
        }
    }

    /// A server certificate that somebody else issued, for the people's listener.
    public struct OwnCertificate: Sendable, Hashable {
        /// The chain, PEM, leaf first.
        public var chainFile: String
        /// Its key, PEM.
        public var keyFile: String

        /// Names the two files.
        public init(chainFile: String, keyFile: String) {
            self.chainFile = chainFile
            self.keyFile = keyFile
        }
    }

    /// Hard limits on what comes in.
    public struct Limits: Sendable, Hashable {
        /// The largest body of a node's request, in bytes.
        public var nodeBody = 8 << 20
        /// The largest body of a person's request, in bytes.
        public var peopleBody = 2 << 20
        /// The longest time to send a body, in seconds.
        public var bodySeconds = 20
        /// After so long without a request a connection is closed, in seconds. Also the longest time to send the headers.
        public var idleSeconds = 75
        /// Connections a listener keeps open at a time.
        public var connections = 4_000
        /// Requests of one node at a time, its long poll included.
        public var requestsPerNode = 6
        /// Requests of one network address at a time, on the people's listener.
        public var requestsPerAddress = 64

        /// The standard limits.
        public init() {}
    }

    /// Names of the consortium, for certificates and pages.
    public var consortiumID: String
    /// The consortium's name.
    public var consortiumName: BilingualText
    /// Where nodes connect (mutual TLS).
    public var nodes: Address
    /// Where people, and nodes that enrol, connect.
    public var people: Address
    /// The DNS names and IPv4 addresses in the server certificate; the first is told to nodes.
    public var hosts: [String]
    /// What nodes are told to connect to, where it is not the first of `hosts` and the port listened on.
    public var nodesURL: String?
    /// The people's listener may present a certificate from elsewhere; without it, one of the consortium's CA.
    public var peopleCertificate: OwnCertificate?

    /// How long a question may be answered, in hours.
    public var queryHours = 168
    /// How long a node has to acknowledge a ticket that it took, in seconds.
    public var leaseSeconds = 60
    /// The longest long poll, in seconds. Below every proxy's read timeout.
    public var longestPoll = 55
    /// How many tickets one poll brings.
    public var ticketsPerPoll = 8
    /// The threshold that tickets ask for, in patients; a hospital's policy can only be stricter.
    public var wishThreshold: Int?
    /// The rounding base that tickets ask for, in patients.
    public var wishRoundTo: Int?

    /// How long a session of a person lives, in hours.
    public var sessionHours = 12
    /// How long a node's certificate lives, in days.
    public var certificateDays = 90
    /// After so long without contact a node counts as silent, in seconds.
    public var silentAfter = 180

    /// Limits on what comes in.
    public var limits = Limits()
    /// Where metrics are shown, a port of 127.0.0.1; nil for nowhere. 0 takes a free one (tests).
    public var metricsPort: Int?
    /// The least severe log line written: trace, debug, info, notice, warning, error, critical.
    public var logLevel = "info"

    /// A configuration with standard values.
    public init(
        consortiumID: String, consortiumName: BilingualText, nodes: Address, people: Address,
        hosts: [String] = ["localhost", "127.0.0.1"]
    ) {
        self.consortiumID = consortiumID
        self.consortiumName = consortiumName
        self.nodes = nodes
        self.people = people
        self.hosts = hosts
    }
}

/// Everything a client needs to know about the way out: who we are, whom we trust, and through which proxy.
public struct OutboundConfiguration: Sendable, Hashable {
    /// Our own certificate and key, for mutual TLS.
    public struct Identity: Sendable, Hashable {
        /// PEM file of the certificate (with its intermediates, if any).
        public var certificateFile: String
        /// PEM file of the private key.
        public var keyFile: String

        /// An identity from two PEM files.
        public init(certificateFile: String, keyFile: String) {
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }

    /// Whose signature on the server's certificate is good enough.
    public enum Trust: Sendable, Hashable {
        /// These authorities and no other: PEM text. The machine's own store is not asked.
        case only(pem: String)
        /// The machine's own store, and these authorities too (PEM text; may be empty).
        case machine(andPEM: String)
        /// Nobody is verified. For one use: fetching a consortium's CA certificate, whose fingerprint is then
        /// compared with the one that came by telephone or on paper. Nothing secret may be sent this way.
        case unverified
    }

    /// The oldest TLS version spoken.
    public enum TLSVersion: String, Sendable, Hashable, CaseIterable {
        /// TLS 1.2: only where an inspecting proxy cannot do better.
        case tls12 = "1.2"
        /// TLS 1.3.
        case tls13 = "1.3"
    }

    /// Our certificate, or nil where the server asks for none.
    public var identity: Identity?
    /// Whom we trust.
    public var trust: Trust
    /// The proxy, or the direct way.
    public var proxy: ProxySettings
    /// The oldest TLS version spoken.
    public var minimumTLS: TLSVersion
    /// Time allowed for name, connection, proxy and TLS handshake together.
    public var connectTimeout: Duration
    /// Whether `http://` to 127.0.0.1, ::1 or localhost is allowed. For tests.
    public var allowsPlainLoopback: Bool
    /// What we call ourselves to servers and proxies.
    public var userAgent: String

    /// A configuration; only trust has no default, because it is the one thing nobody should forget.
    public init(
        trust: Trust, identity: Identity? = nil, proxy: ProxySettings = .direct, minimumTLS: TLSVersion = .tls13,
        connectTimeout: Duration = .seconds(15), allowsPlainLoopback: Bool = false, userAgent: String = "dure"
    ) {
        self.identity = identity
        self.trust = trust
        self.proxy = proxy
        self.minimumTLS = minimumTLS
        self.connectTimeout = connectTimeout
        self.allowsPlainLoopback = allowsPlainLoopback
        self.userAgent = userAgent
    }
}

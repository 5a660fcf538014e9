/// Why a request did not bring back an HTTP answer, in words that name the fix.
///
/// An answer with status 4xx or 5xx is not an error of this room: it is an ``OutboundResponse``.
public struct OutboundError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong; the raw values are stable (they appear in logs and in `doctor --output json`).
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The address cannot be read as an HTTPS URL.
        case badAddress = "BAD_ADDRESS"
        /// The address says `http://`, which is refused.
        case plainRefused = "PLAIN_HTTP_REFUSED"
        /// A file of the configuration (certificate, key, CA) is missing or unusable.
        case badFile = "BAD_FILE"
        /// The coordinator's name is not known to this machine's DNS.
        case nameNotResolved = "NAME_NOT_RESOLVED"
        /// The proxy's name is not known to this machine's DNS.
        case proxyNameNotResolved = "PROXY_NAME_NOT_RESOLVED"
        /// Nobody listens at the address, or a firewall refuses.
        case refused = "CONNECTION_REFUSED"
        /// The proxy wants a user name and password (407).
        case proxyAuthentication = "PROXY_AUTHENTICATION"
        /// The proxy does not let this connection through.
        case proxyRefused = "PROXY_REFUSED"
        /// No answer within the time allowed.
        case timedOut = "TIMED_OUT"
        /// The server's certificate is not by a trusted authority.
        case untrustedCertificate = "CERTIFICATE_UNTRUSTED"
        /// The server's certificate is trusted, but for another name.
        case wrongName = "CERTIFICATE_WRONG_NAME"
        /// A certificate is not valid yet, or no longer, by this machine's clock.
        case certificateDates = "CERTIFICATE_DATES"
        /// The TLS handshake failed for another reason (often: our own certificate was not accepted).
        case handshake = "TLS_HANDSHAKE"
        /// The connection broke while the answer was awaited or read.
        case connectionLost = "CONNECTION_LOST"
        /// The answer is larger than the caller allows.
        case tooLarge = "ANSWER_TOO_LARGE"
        /// The caller's task was cancelled.
        case cancelled = "CANCELLED"
        /// The client was closed.
        case closed = "CLIENT_CLOSED"
        /// libcurl said something that has no words of ours.
        case other = "OTHER"
    }

    /// What went wrong.
    public var code: Code
    /// What, and where: one sentence.
    public var message: String
    /// What to do about it: one or two sentences.
    public var advice: String
    /// libcurl's own words, for the log of somebody who debugs a network. Never holds a password.
    public var detail: String

    /// An error with its words.
    public init(_ code: Code, _ message: String, advice: String, detail: String = "") {
        self.code = code
        self.message = message
        self.advice = advice
        self.detail = detail
    }

    /// Message and advice as one text.
    public var description: String { "\(message) \(advice)" }

    /// Whether waiting and trying again, with nothing changed, may help.
    public var isTransient: Bool {
        switch code {
        case .nameNotResolved, .proxyNameNotResolved, .refused, .timedOut, .connectionLost, .handshake, .proxyRefused, .other:
            true
        case .badAddress, .plainRefused, .badFile, .proxyAuthentication, .untrustedCertificate, .wrongName,
            .certificateDates, .tooLarge, .cancelled, .closed:
            false
        }
    }
}

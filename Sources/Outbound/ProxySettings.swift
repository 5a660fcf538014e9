/// The proxy between this machine and the outside, if there is one.
///
/// A configured proxy goes before the environment's (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`, in either case, as
/// every command-line tool reads them).
public struct ProxySettings: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    /// `http://host:port` or `https://host:port`; nil for the direct way.
    public var url: String?
    /// The user name, if the proxy asks for one.
    public var username: String?
    /// The password that belongs to it.
    public var password: String?
    /// Hosts that are reached directly: names, `.domains`, addresses, networks (`10.0.0.0/8`), or `*`.
    public var exceptions: [String]

    /// Settings from their parts.
    public init(url: String? = nil, username: String? = nil, password: String? = nil, exceptions: [String] = []) {
        self.url = url
        self.username = username
        self.password = password
        self.exceptions = exceptions
    }

    /// No proxy.
    public static let direct = ProxySettings()

    /// What the environment's variables say.
    public static func fromEnvironment(_ environment: [String: String]) -> ProxySettings {
        func value(_ names: String...) -> String? {
            names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        }
        let exceptions = value("no_proxy", "NO_PROXY") ?? ""
        return ProxySettings(
            url: value("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"),
            exceptions: exceptions.split { $0 == "," || $0 == " " }.map(String.init))
    }

    /// Without the password: settings are printed by `doctor` and `status`.
    public var description: String {
        guard let url else { return "none" }
        return ProxySettings.withoutUserInfo(url) + (username == nil ? "" : " (with a user name)")
    }

    /// Nothing but the description: a dump must not show the password either.
    public var customMirror: Mirror { Mirror(self, children: ["proxy": description]) }

    /// The address without `user:password@`, which some people put into the variable.
    static func withoutUserInfo(_ url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else {
            return url.split(separator: "@").last.map(String.init) ?? url
        }
        let rest = url[scheme.upperBound...]
        guard let at = rest.lastIndex(of: "@") else { return url }
        return String(url[..<scheme.upperBound] + rest[rest.index(after: at)...])
    }
}

import Foundation

/// What is refused before anything is sent.
enum AddressCheck {
    static func check(_ url: String, allowsPlainLoopback: Bool) throws(OutboundError) {
        guard !url.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }), let parts = URLComponents(string: url),
            let host = parts.host,
            !host.isEmpty, let scheme = parts.scheme?.lowercased()
        else {
            throw OutboundError(
                .badAddress, "\"\(ProxySettings.withoutUserInfo(url))\" is not an address.",
                advice: "Write it as https://host or https://host:port.")
        }
        switch scheme {
        case "https": return
        case "http" where allowsPlainLoopback && isLoopback(host): return
        case "http":
            throw OutboundError(
                .plainRefused, "\(ProxySettings.withoutUserInfo(url)) is plain HTTP, which is not used.",
                advice: "Write https:// in the address; ask the coordinator's operator for it if you do not know it.")
        default:
            throw OutboundError(
                .badAddress, "\"\(scheme)\" is not a scheme that is used here.", advice: "Write the address as https://host:port."
            )
        }
    }

    private static func isLoopback(_ host: String) -> Bool {
        ["127.0.0.1", "localhost", "::1", "[::1]"].contains(host)
    }

    static func checkReadable(_ path: String, what: String) throws(OutboundError) {
        guard access(path, R_OK) == 0 else {
            let exists = access(path, F_OK) == 0
            throw OutboundError(
                .badFile, "The file of \(what), \(path), \(exists ? "cannot be read" : "does not exist").",
                advice: exists ? "Check its owner and permissions." : "Enrol first, or correct the path.")
        }
    }
}

import CCurl

/// What a server showed of itself in the TLS handshake, believed or not: for telling a person who is in between.
public struct PresentedCertificate: Sendable, Hashable {
    /// Whose certificate it says it is.
    public var subject: String
    /// Who signed it: an inspecting proxy gives itself away here.
    public var issuer: String
    /// First moment of validity, as OpenSSL prints it.
    public var validFrom: String
    /// Last moment of validity, as OpenSSL prints it.
    public var validUntil: String

    /// Reads libcurl's notes on the first (the server's own) certificate.
    init?(handle: UnsafeMutableRawPointer) {
        var info: UnsafeMutablePointer<curl_certinfo>?
        guard shim_getinfo_certificates(handle, &info) == CURLE_OK, let info, info.pointee.num_of_certs > 0 else { return nil }
        var facts: [String: String] = [:]
        var entry = info.pointee.certinfo[0]
        while let node = entry {
            if let data = node.pointee.data {
                let line = String(cString: data)
                if let colon = line.firstIndex(of: ":") {
                    facts[String(line[..<colon])] = String(line[line.index(after: colon)...])
                }
            }
            entry = node.pointee.next
        }
        subject = facts["Subject"] ?? ""
        issuer = facts["Issuer"] ?? ""
        validFrom = facts["Start date"] ?? ""
        validUntil = facts["Expire date"] ?? ""
    }

    /// The issuer's common name, or the whole issuer where it has none.
    public var issuerName: String {
        for part in issuer.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1)
            if pair.count == 2, pair[0].allSatisfy({ "CN ".contains($0) }) { return String(pair[1].drop { $0 == " " }) }
        }
        return issuer
    }
}

import CCurl
import Foundation

/// From libcurl's result to words that name the fix.
struct Diagnosis {
    private let transfer: Transfer
    private let result: CURLcode

    init(of transfer: Transfer, _ result: CURLcode) {
        self.transfer = transfer
        self.result = result
    }

    private var host: String {
        let parts = URLComponents(string: transfer.request.url)
        return (parts?.host ?? "the server") + (parts?.port.map { ":\($0)" } ?? "")
    }
    private var proxy: String { transfer.configuration.proxy.description }

    var error: OutboundError {
        var error = proxyError ?? resultError
        error.detail = "curl \(result.rawValue): \(transfer.errorDetail)"
        return error
    }

    /// What the proxy said to CONNECT, if it was a refusal.
    private var proxyError: OutboundError? {
        switch transfer.number(CURLINFO_HTTP_CONNECTCODE) {
        case 407:
            return OutboundError(
                .proxyAuthentication, "The proxy \(proxy) answered 407: it wants a user name and password, or refused ours.",
                advice:
                    "Set `transport.proxy.username_file` and `transport.proxy.password_file` in node.yaml, or correct what is in them."
            )
        case let status where status >= 300:
            return OutboundError(
                .proxyRefused, "The proxy \(proxy) answered \(status) when asked to connect to \(host).",
                advice: "Ask the network team to allow HTTPS (CONNECT) to \(host) through the proxy.")
        default:
            return nil
        }
    }

    private var resultError: OutboundError {
        switch result {
        case CURLE_WRITE_ERROR where transfer.isTooLarge:
            OutboundError(
                .tooLarge,
                "The answer of \(host) is larger than \(transfer.request.responseLimit) bytes, or its header is endless.",
                advice: "Nothing of it was used. Report this to the coordinator's operator.")
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL:
            OutboundError(.badAddress, "\(host) is not an address that can be used.", advice: "Write it as https://host:port.")
        case CURLE_COULDNT_RESOLVE_HOST:
            OutboundError(
                .nameNotResolved, "The name of \(host) is not known here.",
                advice:
                    "Check the spelling in `coordinator.url` and this machine's DNS; behind a proxy, set `transport.proxy.url`.")
        case CURLE_COULDNT_RESOLVE_PROXY:
            OutboundError(
                .proxyNameNotResolved, "The name of the proxy \(proxy) is not known here.",
                advice: "Check `transport.proxy.url` (or HTTPS_PROXY) and this machine's DNS.")
        case CURLE_COULDNT_CONNECT:
            OutboundError(
                .refused,
                "Nobody answers at \(transfer.configuration.proxy.url == nil ? host : "the proxy \(proxy) or behind it").",
                advice: "Is the address right, and does the firewall allow outgoing connections to it?")
        case CURLE_OPERATION_TIMEDOUT:
            OutboundError(
                .timedOut, "\(host) did not answer in time.",
                advice:
                    "Does the firewall allow outgoing connections to \(host)? If this network needs a proxy, set `transport.proxy.url`."
            )
        default:
            tlsError ?? connectionError
        }
    }

    private var tlsError: OutboundError? {
        switch result {
        case CURLE_PEER_FAILED_VERIFICATION:
            verificationError
        case CURLE_SSL_CERTPROBLEM:
            OutboundError(
                .badFile,
                "Our own certificate or key cannot be used (\(transfer.configuration.identity?.certificateFile ?? "")).",
                advice: "Both must be PEM files that belong together. Enrol again if they do not.")
        case CURLE_SSL_CACERT_BADFILE:
            OutboundError(
                .badFile, "The file of trusted authorities cannot be used.", advice: "It must hold certificates in PEM text.")
        case CURLE_SSL_CONNECT_ERROR:
            OutboundError(
                .handshake, "The TLS handshake with \(host) failed.",
                advice: "If a proxy inspects TLS, set `transport.tls.minimum` to \"1.2\"; if the server refused our certificate, "
                    + "ask the coordinator's operator whether this hospital is still enrolled.")
        default:
            nil
        }
    }

    private var verificationError: OutboundError {
        // OpenSSL's X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED.
        switch transfer.number(CURLINFO_SSL_VERIFYRESULT) {
        case 9:
            OutboundError(
                .certificateDates, "The certificate of \(host) is not valid yet, by this machine's clock.",
                advice: "Check this machine's clock (`timedatectl`).")
        case 10:
            OutboundError(
                .certificateDates, "The certificate of \(host) is past its last day, by this machine's clock.",
                advice: "Check this machine's clock (`timedatectl`); if it is right, tell the coordinator's operator.")
        case 0, 1:
            // The chain was good (0), or libcurl stopped at the name and never asked about the chain (1, its initial value).
            OutboundError(
                .wrongName, "The certificate that \(host) showed is for another name.",
                advice: "Check `coordinator.url`: it must have the name that the coordinator's certificate has.")
        default:
            OutboundError(
                .untrustedCertificate, "The certificate that \(host) showed is not by an authority that we trust.",
                advice:
                    "If a proxy inspects TLS here and your security team confirms it, add its CA to `transport.tls.extra_ca`. "
                    + "`dure-node doctor` names who signed it.")
        }
    }

    private var connectionError: OutboundError {
        switch result {
        case CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE:
            OutboundError(
                .connectionLost, "The connection to \(host) broke.",
                advice:
                    "It will be tried again. If it goes on: does the server refuse our certificate, or a firewall cut connections?"
            )
        default:
            OutboundError(
                .other, "The request to \(host) failed: \(String(cString: curl_easy_strerror(result))).",
                advice: "Run `dure-node doctor`.")
        }
    }
}

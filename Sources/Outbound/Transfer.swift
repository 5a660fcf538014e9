import CCurl

/// One request on its way: an easy handle, what has arrived so far, and who waits for it.
///
/// Made on the caller's thread, then handed to the loop's thread, which alone touches it until it is done.
final class Transfer: @unchecked Sendable {
    // @unchecked: ownership moves from the maker to the loop's thread through the inbox (a lock), and stays there;
    // `handle` itself never changes.
    let handle: UnsafeMutableRawPointer
    let request: OutboundRequest
    let configuration: OutboundConfiguration
    var continuation: CheckedContinuation<OutboundResponse, any Error>?

    /// The most bytes of header lines, those of interim answers and of the proxy included.
    static let headerLimit = 64 << 10

    private var received: [UInt8] = []
    private var headerBytes = 0
    private var headers: [String: String] = [:]
    private(set) var isTooLarge = false
    /// What the server's certificate says, where only that was asked for.
    private(set) var presented: PresentedCertificate?
    private let asksForCertificate: Bool

    private var lists: [UnsafeMutablePointer<curl_slist>] = []
    private let errorText: UnsafeMutablePointer<CChar>

    init(_ request: OutboundRequest, _ configuration: OutboundConfiguration, asksForCertificate: Bool = false)
        throws(OutboundError)
    {
        try AddressCheck.check(request.url, allowsPlainLoopback: configuration.allowsPlainLoopback)
        guard let handle = curl_easy_init() else {
            throw OutboundError(.other, "libcurl could not start a request.", advice: "Is the machine out of memory?")
        }
        self.handle = handle
        self.request = request
        self.configuration = configuration
        self.asksForCertificate = asksForCertificate
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        try setUp()
    }

    deinit {
        curl_easy_cleanup(handle)
        for list in lists { curl_slist_free_all(list) }
        errorText.deallocate()
    }

    // MARK: what libcurl is told

    private func setUp() throws(OutboundError) {
        set(CURLOPT_ERRORBUFFER, pointer: errorText)
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_URL, request.url)
        set(CURLOPT_PROTOCOLS_STR, configuration.allowsPlainLoopback ? "https,http" : "https")
        set(CURLOPT_FOLLOWLOCATION, 0)
        // Not HTTP/2: this libcurl breaks against NIO's HTTP/2 after 200 requests on a connection.
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        set(CURLOPT_USERAGENT, configuration.userAgent)
        set(CURLOPT_CONNECTTIMEOUT_MS, configuration.connectTimeout.milliseconds)
        set(CURLOPT_TIMEOUT_MS, request.timeout.milliseconds)
        // Hospital firewalls drop idle flows after some minutes.
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_TCP_KEEPIDLE, 30)
        set(CURLOPT_TCP_KEEPINTVL, 15)
        setUpMessage()
        try setUpTLS()
        setUpProxy()
        setUpCallbacks()
    }

    private func setUpMessage() {
        set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        var list: UnsafeMutablePointer<curl_slist>?
        // Without this, libcurl asks "100-continue?" before a larger body and waits a second where nobody says yes.
        list = curl_slist_append(list, "Expect:")
        for field in request.fields {
            let line = "\(field.name): \(field.value)".filter { $0 != "\r" && $0 != "\n" && $0 != "\r\n" }
            list = curl_slist_append(list, line)
        }
        if let body = request.body {
            shim_setopt_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
            body.withUnsafeBytes { bytes in
                if let base = bytes.baseAddress {
                    _ = shim_setopt_pointer(handle, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: base))
                } else {
                    set(CURLOPT_POSTFIELDS, "")
                }
            }
        } else if request.method == .post || request.method == .put {
            shim_setopt_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, 0)
            set(CURLOPT_POSTFIELDS, "")
        }
        if let list {
            lists.append(list)
            set(CURLOPT_HTTPHEADER, pointer: list)
        }
    }

    private func setUpTLS() throws(OutboundError) {
        let oldest = configuration.minimumTLS == .tls13 ? CURL_SSLVERSION_TLSv1_3 : CURL_SSLVERSION_TLSv1_2
        set(CURLOPT_SSLVERSION, Int(oldest))
        set(CURLOPT_PROXY_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        switch configuration.trust {
        case .only(let pem):
            // Debian's libcurl knows a CA file and a CA folder by default: the blob replaces the first, nil takes
            // away the second, so that no public authority can speak for a consortium.
            set(CURLOPT_CAPATH, pointer: nil)
            set(CURLOPT_CAINFO_BLOB, blob: pem)
            set(CURLOPT_PROXY_CAINFO_BLOB, blob: pem)
        case .machine(let pem):
            if !pem.isEmpty {
                set(CURLOPT_CAINFO_BLOB, blob: pem)
                set(CURLOPT_PROXY_CAINFO_BLOB, blob: pem)
            }
        case .unverified:
            set(CURLOPT_SSL_VERIFYPEER, 0)
            set(CURLOPT_SSL_VERIFYHOST, 0)
        }
        guard let identity = configuration.identity else { return }
        try AddressCheck.checkReadable(identity.certificateFile, what: "our certificate")
        try AddressCheck.checkReadable(identity.keyFile, what: "our private key")
        set(CURLOPT_SSLCERTTYPE, "PEM")
        set(CURLOPT_SSLCERT, identity.certificateFile)
        set(CURLOPT_SSLKEYTYPE, "PEM")
        set(CURLOPT_SSLKEY, identity.keyFile)
    }

    private func setUpProxy() {
        let proxy = configuration.proxy
        // Always set, also to nothing: otherwise libcurl reads the environment by itself, behind our back.
        set(CURLOPT_PROXY, proxy.url ?? "")
        set(CURLOPT_NOPROXY, proxy.exceptions.joined(separator: ","))
        guard proxy.url != nil else { return }
        set(CURLOPT_HTTPPROXYTUNNEL, 1)
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        set(CURLOPT_PROXYAUTH, shim_auth_any())
        if let username = proxy.username { set(CURLOPT_PROXYUSERNAME, username) }
        if let password = proxy.password { set(CURLOPT_PROXYPASSWORD, password) }
    }

    private func setUpCallbacks() {
        // A C callback captures nothing, so the object goes in as the context; the loop's table keeps it alive.
        let context = Unmanaged.passUnretained(self).toOpaque()
        shim_setopt_data_callback(handle, CURLOPT_WRITEFUNCTION) { data, size, count, context in
            guard let data, let context else { return 0 }
            let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            return transfer.take(UnsafeRawBufferPointer(start: data, count: size * count))
        }
        set(CURLOPT_WRITEDATA, pointer: context)
        shim_setopt_data_callback(handle, CURLOPT_HEADERFUNCTION) { data, size, count, context in
            guard let data, let context else { return 0 }
            let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            return transfer.takeHeader(UnsafeRawBufferPointer(start: data, count: size * count))
        }
        set(CURLOPT_HEADERDATA, pointer: context)
        if asksForCertificate {
            set(CURLOPT_CONNECT_ONLY, 1)
            set(CURLOPT_CERTINFO, 1)
        }
    }

    // MARK: what libcurl brings (loop's thread)

    private func take(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard received.count + bytes.count <= request.responseLimit else {
            isTooLarge = true
            return 0  // libcurl then ends the transfer with CURLE_WRITE_ERROR
        }
        received.append(contentsOf: bytes)
        return bytes.count
    }

    private func takeHeader(_ bytes: UnsafeRawBufferPointer) -> Int {
        headerBytes += bytes.count
        guard headerBytes <= Self.headerLimit else {
            isTooLarge = true
            return 0
        }
        let line = String(decoding: bytes, as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            headers = [:]  // an interim answer (100, 407 before the real one) is forgotten
        } else if let colon = line.firstIndex(of: ":"), headers.count < 200 {
            let value = line[line.index(after: colon)...]
            headers[line[..<colon].lowercased()] = String(
                value.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
        }
        return bytes.count
    }

    /// Gives the waiting caller what libcurl's result means.
    func finish(_ result: CURLcode) {
        guard let continuation else { return }
        self.continuation = nil
        guard result == CURLE_OK else {
            return continuation.resume(throwing: Diagnosis(of: self, result).error)
        }
        if asksForCertificate { presented = PresentedCertificate(handle: handle) }
        continuation.resume(returning: OutboundResponse(status: number(CURLINFO_RESPONSE_CODE), headers: headers, body: received))
    }

    /// Gives the waiting caller an error of ours.
    func fail(_ error: OutboundError) {
        continuation?.resume(throwing: error)
        continuation = nil
    }

    /// A number that libcurl knows about this transfer.
    func number(_ info: CURLINFO) -> Int {
        var value = 0
        return shim_getinfo_long(handle, info, &value) == CURLE_OK ? value : 0
    }

    /// libcurl's own words about what went wrong.
    var errorDetail: String { String(cString: errorText) }

    // MARK: options

    private func set(_ option: CURLoption, _ value: Int) { shim_setopt_long(handle, option, value) }
    private func set(_ option: CURLoption, _ value: String) { shim_setopt_string(handle, option, value) }
    private func set(_ option: CURLoption, pointer: UnsafeMutableRawPointer?) { shim_setopt_pointer(handle, option, pointer) }
    private func set(_ option: CURLoption, blob text: String) {
        var text = text
        text.withUTF8 { _ = shim_setopt_blob(handle, option, $0.baseAddress, $0.count) }
    }
}

extension Duration {
    /// Whole milliseconds, at least 1: libcurl reads 0 as "for ever".
    var milliseconds: Int {
        max(1, Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000))
    }
}

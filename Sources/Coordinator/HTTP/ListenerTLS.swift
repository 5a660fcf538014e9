import Federation
import NIOCore
import NIOSSL

/// How the two listeners speak TLS.
enum ListenerTLS {
    /// The nodes' listener: the peer must hold a certificate of the consortium's CA. Which one is asked on each request.
    static func nodes(_ certificate: ServerCertificate, authorityPEM: String) throws -> TLSConfiguration {
        let material = certificate.material
        let roots = try NIOSSLCertificate.fromPEMBytes(Array(authorityPEM.utf8))
        var tls = TLSConfiguration.makeServerConfigurationWithMTLS(
            certificateChain: material.chain, privateKey: material.key, trustRoots: .certificates(roots))
        // The library's default is TLS 1.0. 1.3 is what two current peers agree on; 1.2 is for inspecting proxies.
        tls.minimumTLSVersion = .tlsv12
        tls.sslContextCallback = present(certificate)
        return tls
    }

    /// The people's listener: a certificate from elsewhere, or the consortium's own.
    static func people(
        _ certificate: ServerCertificate, own: CoordinatorConfiguration.OwnCertificate?
    ) throws -> TLSConfiguration {
        if let own {
            let chain: [NIOSSLCertificateSource]
            let key: NIOSSLPrivateKeySource
            do {
                chain = try NIOSSLCertificate.fromPEMFile(own.chainFile).map { .certificate($0) }
                key = .privateKey(try NIOSSLPrivateKey(file: own.keyFile, format: .pem))
            } catch {
                throw CoordinatorError(
                    .configuration, "The people's certificate \(own.chainFile) or its key \(own.keyFile) is not usable.",
                    advice: "Both must be PEM, readable for this user, and belong together.")
            }
            var tls = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: key)
            tls.minimumTLSVersion = .tlsv12
            return tls
        }
        let material = certificate.material
        var tls = TLSConfiguration.makeServerConfiguration(certificateChain: material.chain, privateKey: material.key)
        tls.minimumTLSVersion = .tlsv12
        tls.sslContextCallback = present(certificate)
        return tls
    }

    /// Presents the newest certificate at each handshake.
    private static func present(_ certificate: ServerCertificate) -> NIOSSLContextCallback {
        { _, promise in
            let material = certificate.material
            var override = NIOSSLContextConfigurationOverride()
            override.certificateChain = material.chain
            override.privateKey = material.key
            promise.succeed(override)
        }
    }
}

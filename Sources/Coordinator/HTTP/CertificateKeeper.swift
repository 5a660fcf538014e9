import Logging
import ServiceLifecycle

/// Looks once an hour whether the server certificate is getting old, and makes a new one; handshakes present it from then on.
struct CertificateKeeper: Service {
    let certificate: ServerCertificate
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    if try certificate.renewIfDue() { logger.notice("The server certificate was renewed.") }
                } catch {
                    logger.error("The server certificate could not be renewed.", metadata: ["error": "\(type(of: error))"])
                }
                try? await Task.sleep(for: .seconds(3_600))
            }
        }
    }
}

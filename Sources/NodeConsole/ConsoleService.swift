import Foundation
import Hummingbird
import Logging
import NIOCore

/// The console as a service: it listens on a loopback address or a Unix socket, and on nothing else.
public struct ConsoleService: Sendable {
    /// Where it listens.
    public enum Place: Sendable, Hashable {
        /// A port of 127.0.0.1; 0 for any that is free.
        case loopback(port: Int)
        /// A Unix socket, readable by its owner only.
        case socket(path: String)
    }

    private let desk: ConsoleDesk
    private let place: Place
    private let isKorean: Bool
    /// What signs a browser in; shown on the terminal, once.
    public let token: String

    /// A console that is not listening yet.
    public init(_ desk: ConsoleDesk, at place: Place, korean: Bool) {
        self.desk = desk
        self.place = place
        isKorean = korean
        token = ConsoleSessions.secret()
    }

    /// Runs until told to end.
    /// - Parameter ready: told where it listens.
    public func run(ready: @escaping @Sendable (String) -> Void) async throws {
        var logger = Logger(label: NodeConsole.name)
        logger.logLevel = .error
        let routes = ConsoleRoutes(desk: desk, sessions: ConsoleSessions(token: token), standard: isKorean ? .ko : .en)
        let address: BindAddress
        switch place {
        case .loopback(let port): address = .hostname("127.0.0.1", port: port)
        case .socket(let path):
            // Made for its owner alone: the mask is the process's own, and this process makes no other file.
            umask(0o177)
            address = .unixDomainSocket(path: path)
        }
        let application = Application(
            router: routes.router(), configuration: .init(address: address, serverName: NodeConsole.name),
            onServerRunning: { [place] channel in
                switch place {
                case .loopback(let port): ready("http://127.0.0.1:\(channel.localAddress?.port ?? port)/")
                case .socket(let path): ready(path)
                }
            }, logger: logger)
        try await application.runService()
    }
}

/// An HTTPS client with one configuration: who we are and whom we trust do not change while it lives.
///
/// Connections are kept and used again. Safe to use from many tasks at once. A renewed certificate needs a new client.
public final class OutboundClient: Sendable {
    /// What this client was made with.
    public let configuration: OutboundConfiguration
    private let loop: CurlLoop

    /// Starts the client's thread. Throws only where libcurl itself cannot start.
    public init(_ configuration: OutboundConfiguration) throws(OutboundError) {
        self.configuration = configuration
        loop = try CurlLoop()
    }

    deinit { loop.stop() }

    /// Sends the request and waits for the whole answer.
    ///
    /// A cancelled task gives its transfer up at once and throws `.cancelled`.
    public func send(_ request: OutboundRequest) async throws(OutboundError) -> OutboundResponse {
        try await run(try Transfer(request, configuration))
    }

    /// Connects and reads what the server shows of itself, without believing it and without saying who we are.
    ///
    /// For `doctor`: where `send` throws ``OutboundError/Code/untrustedCertificate``, this names who signed.
    public func presentedCertificate(of url: String, timeout: Duration = .seconds(15)) async throws(OutboundError)
        -> PresentedCertificate?
    {
        var stranger = configuration
        stranger.identity = nil
        stranger.trust = .unverified
        let transfer = try Transfer(OutboundRequest(.get, url, timeout: timeout), stranger, asksForCertificate: true)
        _ = try await run(transfer)
        return transfer.presented
    }

    /// Ends everything under way with `.closed` and returns when the thread has ended.
    public func close() { loop.stop() }

    private func run(_ transfer: Transfer) async throws(OutboundError) -> OutboundResponse {
        do {
            return try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { continuation in
                    transfer.continuation = continuation
                    if Task.isCancelled {
                        transfer.fail(OutboundError(.cancelled, "The request was cancelled.", advice: "Nothing to do."))
                    } else if !loop.start(transfer) {
                        transfer.fail(
                            OutboundError(.closed, "The client was closed.", advice: "Nothing to do: the program is ending."))
                    } else if Task.isCancelled {
                        // Cancelled between the check and the start: the handler's word may have come too early.
                        loop.cancel(transfer)
                    }
                }
            } onCancel: {
                loop.cancel(transfer)
            }
        } catch let error as OutboundError {
            throw error
        } catch {
            throw OutboundError(.other, "The request failed.", advice: "Report this.", detail: "\(error)")
        }
    }
}

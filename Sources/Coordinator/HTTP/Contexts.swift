import Hummingbird
import Logging
import NIOCore

/// One request of a node.
struct NodeContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel
    /// Set by `NodeAuthenticator`.
    private(set) var known: NodePeer?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// The context once the peer is known.
    func with(_ peer: NodePeer) -> NodeContext {
        var context = self
        context.known = peer
        return context
    }

    /// The node behind the request.
    ///
    /// - Throws: `CoordinatorError` where no authenticator has run: then nobody is let in.
    var peer: NodePeer {
        get throws(CoordinatorError) {
            guard let known else { throw CoordinatorError(.nodeUnknown, "No node is known behind this request.") }
            return known
        }
    }
}

/// One request of a person, or of a node that enrols.
struct PeopleContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Where the request comes from.
    let address: String
    /// Set by `SessionAuthenticator`.
    private(set) var known: Caller?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        address = source.channel.remoteAddress?.ipAddress ?? "local"
    }

    /// The context once the caller is known.
    func with(_ caller: Caller) -> PeopleContext {
        var context = self
        context.known = caller
        return context
    }

    /// The person behind the request.
    ///
    /// - Throws: `CoordinatorError` (`SIGN_IN_NEEDED`).
    var caller: Caller {
        get throws(CoordinatorError) {
            guard let known else {
                throw CoordinatorError(.signInNeeded, "This needs a session or a token.", advice: "Sign in: `dure login`.")
            }
            return known
        }
    }
}

/// The desk in a browser, for persons who would rather not type commands: requests, exactly what would leave, policy, log, status,
/// pause and stop.
///
/// Lives here: pages rendered on the server without scripts or foreign assets, and the checks around them. A program of its own
/// (`dure-node-console`), so that the daemon stays without a server: it runs only while somebody has started it, as that person,
/// and listens on a loopback address or a Unix socket only.
///
/// Does not live here: any decision. Every button calls what the command of the same name calls.
public enum NodeConsole {
    /// What the program calls itself.
    public static let name = "dure-node-console"
}

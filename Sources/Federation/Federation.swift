/// What crosses the wire between a coordinator and a hospital, and how it is verified.
///
/// Lives here: identifiers, signed documents, tickets, answers, receipts, health, enrolment, certificates, the hash-chained
/// audit log, the roster and the merged result: values with a JSON form and the checks that make them trustworthy.
///
/// Does not live here: sockets, files, databases, clocks (the time is always a parameter), and anything that knows an exact
/// count. The wire protocol is specified in `protocol/`; its test vectors are read by this room's tests.
public enum FederationProtocol {
    /// The protocol's version, the `/1` of every schema name.
    public static let version = 1

    /// The version of the programs: node, coordinator and client are released together.
    public static let softwareVersion = "0.1.0"

    /// How far two clocks may differ before a ticket is refused, in seconds.
    ///
    /// A hospital's clock may be minutes off; a ticket lives for days. Five minutes is what Kerberos tolerates
    /// (RFC 4120 section 1.6), so hospital networks are already run to it.
    public static let clockTolerance: Int64 = 300
}

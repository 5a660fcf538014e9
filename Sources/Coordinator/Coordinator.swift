import Federation

/// The consortium's side of Dure: who may ask, what is asked of which hospital, and how the answers add up.
///
/// Lives here: the state database and its migrations, people and what they may do, projects, enrolled nodes, the durable
/// dispatch queue, accepting signed answers, merging them, the audit log, the two HTTPS listeners. The folders follow one
/// question: `People` and `Projects` say who may ask, `Queries` pins and signs it, `Dispatch` hands it out, `Nodes` knows who
/// took it, `Answers` checks what came back, `Totals` has masked totals opened, `Merge` adds it up, `HTTP` is the way in and out of all of that.
///
/// Does not live here: patients' data of any kind, exact counts (they stay in the hospitals; what arrives is already
/// disclosed, and this room only adds it), cohort evaluation, and anything of the node's side: this room and `NodeAgent`
/// never import each other.
public enum CoordinatorRoom {
    /// The product's name in server headers, log lines and `dure-coordinator --version`.
    public static let name = "dure-coordinator"
    /// The version that `/healthz` and `--version` tell.
    public static let version = FederationProtocol.softwareVersion
}

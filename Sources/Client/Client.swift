import Federation

/// The researcher's and the lead's side: a client of the coordinator's API and the words, tables and exit codes of `dure`.
///
/// Lives here: signing in, asking, following and exporting; checking an exported result without a network; how disclosed counts
/// are written for people in Korean and English; the sample consortium that `dure demo` runs.
///
/// Does not live here: any decision about what may be shown. Counts arrive disclosed and are only written down.
public enum DureClient {
    /// The name and version that the client sends along.
    public static let software = "dure \(FederationProtocol.softwareVersion)"
}

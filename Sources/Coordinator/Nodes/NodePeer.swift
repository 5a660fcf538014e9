import Federation

/// The node behind a request: the hospital that its certificate is bound to, enrolled and not revoked at this moment.
struct NodePeer: Sendable, Hashable {
    /// The hospital.
    let hospital: HospitalID
    /// The fingerprint of the certificate that it presented.
    let fingerprint: Digest256
}

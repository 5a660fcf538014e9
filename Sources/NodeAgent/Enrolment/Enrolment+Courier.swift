import Federation

extension Enrolment {
    /// Makes keys and a file that asks for this hospital's certificate, to be carried to the coordinator.
    /// - Throws: `ENROLMENT` where the node is enrolled already or the code is none.
    public func exportRequest(code text: String, replace: Bool = false, clock: NodeClock = .system) throws(NodeError)
        -> CourierFile
    {
        try refuseEnrolled(unless: replace)
        return try CourierIdentity(state, clock: clock).enrolmentRequest(try parse(text), hospital: configuration.hospital)
    }

    /// Takes the file that brings the certificate.
    /// - Parameter fingerprint: the file's, as the coordinator's operator read it over the telephone.
    /// - Throws: `INTEGRITY` where the file is another; `ENROLMENT` where nothing was asked for.
    public func importGrant(
        _ bytes: some Collection<UInt8>, fingerprint: String, replace: Bool = false, clock: NodeClock = .system
    ) throws(NodeError) -> Summary {
        try StopSwitch(state).requireRunning()
        if let waiting = try? PendingKeys.read(in: state), let code = waiting.code.flatMap({ try? EnrolmentCode($0) }),
            let grant = try finished(code)
        {
            return try summary(grant)
        }
        try refuseEnrolled(unless: replace)
        let grant = try CourierIdentity(state, clock: clock).enrol(
            bytes, fingerprint: fingerprint, hospital: configuration.hospital)
        return try summary(grant)
    }
}

import CanonicalJSON
import Federation

/// What the daemon knows about itself, kept in `status.json` for `dure-node status`, which is another process.
actor StatusBoard {
    private var status: NodeStatus
    private let path: String
    private let clock: NodeClock
    private let log: NodeLog
    private let bells: Bells

    init(_ status: NodeStatus, state: StateDirectory, clock: NodeClock, log: NodeLog, bells: Bells) {
        self.status = status
        path = state.file(NodeStatus.file)
        self.clock = clock
        self.log = log
        self.bells = bells
    }

    var current: NodeStatus { status }

    /// Said once everything is open.
    func started() { write() }

    func standing(_ standing: PollMachine.Standing) {
        guard status.connection != standing.rawValue else { return }
        status.connection = standing.rawValue
        log.info("connection", [.state: standing.rawValue])
        bells.health.ring()
        write()
    }

    /// The coordinator answered.
    func contact() {
        status.lastContact = Timestamp(clock.now())
        if status.problemIsOfLink { status.problem = nil }
        write()
    }

    func problem(_ error: NodeError) {
        status.problem = .init(code: error.code.rawValue, message: error.message, advice: error.advice)
        write()
    }

    /// The coordinator's clock minus ours.
    func clockOffset(_ seconds: Int64) {
        let wasOff = status.isClockOff
        status.clockOffset = seconds
        if status.isClockOff, !wasOff {
            log.warning(
                "this machine's clock is off", [.offset_seconds: "\(seconds)", .advice: "set it, by NTP where there is one"])
            bells.health.ring()
        }
        write()
    }

    /// Answers come from another load of the data.
    func data(_ provenance: Provenance) {
        status.provenance = provenance
        if [NodeError.Code.store, .integrity].map(\.rawValue).contains(status.problem?.code) { status.problem = nil }
        write()
    }

    func certificate(expires: Timestamp) {
        status.certificateExpires = expires
        write()
    }

    func ended() {
        status.connection = PollMachine.Standing.stopped.rawValue
        write()
    }

    private func write() {
        status.written = Timestamp(clock.now())
        // A status that cannot be written must not stop the node from answering.
        try? Files.write(status.json.canonicalBytes(), to: path)
    }
}

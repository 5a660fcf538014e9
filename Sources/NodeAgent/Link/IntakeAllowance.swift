import Federation

/// How much of this machine's disk a coordinator may fill in a day, whatever it signs: tickets, their bytes, and lines in the
/// audit log about what was refused. Far above what a consortium asks; below what would trouble a hospital's machine.
struct IntakeAllowance: Sendable, Hashable {
    /// The most new tickets in a day.
    var tickets: Int
    /// The most bytes of new tickets in a day.
    var bytes: Int
    /// The most refused documents written to the audit log in a day.
    var complaints: Int

    static let standard = IntakeAllowance(tickets: 10_000, bytes: 512 << 20, complaints: 500)

    /// What becomes of one more.
    enum Verdict: Sendable, Hashable {
        case within
        /// The first that is too many of its day: said once.
        case firstBeyond
        case beyond
    }

    private struct Used: Sendable, Hashable {
        var tickets = 0
        var bytes = 0
        var complaints = 0
        var saidTickets = false
        var saidComplaints = false
    }
    private var used = Used()
    private var day: Int64?

    init(tickets: Int, bytes: Int, complaints: Int) {
        self.tickets = tickets
        self.bytes = bytes
        self.complaints = complaints
    }

    /// Counts one new ticket.
    mutating func ticket(bytes size: Int, at now: Timestamp) -> Verdict {
        turn(now)
        guard used.tickets < tickets, used.bytes + size <= bytes else {
            defer { used.saidTickets = true }
            return used.saidTickets ? .beyond : .firstBeyond
        }
        used.tickets += 1
        used.bytes += size
        return .within
    }

    /// Counts one refused document.
    mutating func complaint(at now: Timestamp) -> Verdict {
        turn(now)
        guard used.complaints < complaints else {
            defer { used.saidComplaints = true }
            return used.saidComplaints ? .beyond : .firstBeyond
        }
        used.complaints += 1
        return .within
    }

    /// Another day of this machine's clock, in UTC, begins anew.
    private mutating func turn(_ now: Timestamp) {
        let today = now.seconds / 86_400
        guard day != today else { return }
        day = today
        used = Used()
    }

    /// What a person is told.
    var words: NodeError {
        NodeError(
            .refused, "The coordinator offers more than \(tickets) questions or \(bytes >> 20) MiB of them in a day.",
            advice: "Nothing that was taken is lost; the rest is looked at tomorrow (UTC). Ask the coordinator's operator why.")
    }
}

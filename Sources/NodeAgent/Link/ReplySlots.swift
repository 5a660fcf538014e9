import Federation

/// When an answer may be sent: a whole number of slots after its ticket was taken up.
///
/// How long an answer took says how many patients were looked at, and whether its number was new, known or hidden. Sent in
/// slots, an answer comes as late as any other of the same slot. What is stored in the meantime survives a crash; after a
/// restart it is sent at once.
final class ReplySlots: Sendable {
    private let slot: Duration
    private let held = Locked<[TicketID: ContinuousClock.Instant]>([:])

    /// - Parameter slot: zero sends everything at once.
    init(_ slot: Duration) { self.slot = slot }

    /// Keeps a ticket's answer back to the end of the slot that is running.
    /// - Parameter start: when the ticket was taken up.
    func hold(_ ticket: TicketID, since start: ContinuousClock.Instant) {
        guard slot > .zero else { return }
        let slots = ((ContinuousClock.now - start) / slot).rounded(.up)
        held.withLock { $0[ticket] = start + slot * max(1, slots) }
    }

    /// Tickets whose answers may not be sent yet, and when the first of them may.
    func waiting() -> (tickets: Set<TicketID>, first: ContinuousClock.Instant?) {
        let now = ContinuousClock.now
        return held.withLock { held in
            held = held.filter { $0.value > now }
            return (Set(held.keys), held.values.min())
        }
    }

    /// Returns when nothing is held any more.
    func wait() async {
        while let first = waiting().first {
            guard (try? await Task.sleep(until: first, clock: .continuous)) != nil else { return }
        }
    }

    /// Bytes that fill a message up to the next step of 4 KiB, so that its length says little about its content.
    static func padding(for bytes: Int) -> String { String(repeating: "0", count: (4_096 - bytes % 4_096) % 4_096) }
}

/// Where a ticket stands on the node. A ticket only ever moves forward, one durable step at a time; what is to be done
/// next follows from the state alone, so that a restart goes on where the last process was.
enum TicketState: String, Sendable, Hashable, CaseIterable {
    /// Verified and stored. The coordinator does not know yet that it is safe here.
    case received
    /// The coordinator knows that it is safe here and will not offer it again.
    case acknowledged
    /// Taken up. Nothing of it has left: after a crash it is simply evaluated again.
    case evaluating
    /// Waits for a person at the hospital, or for hours to pass. Nothing of it has left.
    case held
    /// The signed answer is stored, with its line in the audit log. From here on its bytes never change.
    case answered
    /// The coordinator's receipt is stored.
    case sent
    /// Withdrawn before there was an answer.
    case cancelled
    /// The coordinator does not take the answer any more (its query was closed).
    case refused

    /// What happens to a ticket.
    enum Event: Sendable, Hashable, CaseIterable {
        case acknowledged, takenUp, answerStored, receiptStored, withdrawn, answerRefused
        /// The policy wants a person to look first.
        case held
        /// A person decided, or the time of a hold is over.
        case decided
    }

    /// What is to be done with a ticket in this state.
    enum Duty: Sendable, Hashable {
        case acknowledge, evaluate, send, nothing
        /// A person's.
        case decide
    }

    /// The state after `event`, or nil where the event comes too late or too early to change anything.
    func after(_ event: Event) -> TicketState? {
        switch (self, event) {
        case (.received, .acknowledged): .acknowledged
        case (.acknowledged, .takenUp): .evaluating
        case (.evaluating, .takenUp): .evaluating
        case (.evaluating, .answerStored): .answered
        case (.acknowledged, .held), (.evaluating, .held): .held
        case (.held, .decided): .acknowledged
        case (.answered, .receiptStored): .sent
        case (.answered, .answerRefused): .refused
        // Once an answer is stored it is sent, whatever is withdrawn: what left and what the log says must agree.
        case (.received, .withdrawn), (.acknowledged, .withdrawn), (.evaluating, .withdrawn), (.held, .withdrawn): .cancelled
        default: nil
        }
    }

    /// What is to be done next, also after a restart.
    var duty: Duty {
        switch self {
        case .received: .acknowledge
        case .acknowledged, .evaluating: .evaluate
        case .held: .decide
        case .answered: .send
        case .sent, .cancelled, .refused: .nothing
        }
    }
}

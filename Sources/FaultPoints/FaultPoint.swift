// FaultPoints: the steps of a question's way at which a test may end a process, the link or nothing at all.
//
// What lives here: the list of steps, and the one line that marks them. What may not live here: anything that a release build
// does. Built for release, reaching a step does nothing; built for debugging, it does nothing unless the environment asks for it.

/// A step of a question's way, in the order in which an undisturbed question passes them on each side.
public enum FaultPoint: String, CaseIterable, Sendable {
    /// A delivery has arrived; nothing of it is stored.
    case nodeDelivered = "node.delivered"
    /// A ticket is written, but not committed.
    case nodeTicketStoring = "node.ticket.storing"
    /// A ticket is on disk; nobody knows.
    case nodeTicketStored = "node.ticket.stored"
    /// The acknowledgement is about to be sent.
    case nodeAcknowledging = "node.acknowledging"
    /// The coordinator knows; the node has not noted that it does.
    case nodeAcknowledgeSent = "node.acknowledge.sent"
    /// The node has noted it.
    case nodeAcknowledged = "node.acknowledged"
    /// The ticket is taken up.
    case nodeTakenUp = "node.taken-up"
    /// The exact answer is known, in memory only.
    case nodeEvaluated = "node.evaluated"
    /// The release is planned and the ledger after it sealed, in memory only.
    case nodeLedgerSealed = "node.ledger.sealed"
    /// Answer, release, ledger and audit line are written, but not committed.
    case nodeAnswerStoring = "node.answer.storing"
    /// They are on disk; nothing is sent.
    case nodeAnswerStored = "node.answer.stored"
    /// The answer is about to be sent.
    case nodeAnswerSending = "node.answer.sending"
    /// The receipt has arrived; it is not stored.
    case nodeReceiptArrived = "node.receipt.arrived"
    /// The receipt is written, but not committed.
    case nodeReceiptStoring = "node.receipt.storing"
    /// The receipt is on disk.
    case nodeReceiptStored = "node.receipt.stored"

    /// A question and its tickets are written, but not committed.
    case coordinatorQueryStoring = "coordinator.query.storing"
    /// They are on disk; the person who asked has no answer yet.
    case coordinatorQueryStored = "coordinator.query.stored"
    /// A ticket's lease is written, but not committed.
    case coordinatorTicketLeasing = "coordinator.ticket.leasing"
    /// The lease is on disk; the node has nothing yet.
    case coordinatorTicketLeased = "coordinator.ticket.leased"
    /// An acknowledgement is written, but not committed.
    case coordinatorAcknowledging = "coordinator.acknowledging"
    /// It is on disk; the node does not know.
    case coordinatorAcknowledged = "coordinator.acknowledged"
    /// An answer has arrived and verified; nothing is written.
    case coordinatorAnswerVerified = "coordinator.answer.verified"
    /// The answer is written, but not committed.
    case coordinatorAnswerStoring = "coordinator.answer.storing"
    /// It is on disk; the node has no receipt yet.
    case coordinatorAnswerStored = "coordinator.answer.stored"
    /// The result is merged; nobody has read it.
    case coordinatorMerged = "coordinator.merged"

    /// The steps of one side: `node` or `coordinator`.
    public static func of(_ side: String) -> [FaultPoint] { allCases.filter { $0.rawValue.hasPrefix(side + ".") } }

    /// Marks a step as reached. A debug build stops the process here (SIGSTOP), so that a test does what it wants and lets it go
    /// on or kills it; only where `DURE_STOP_AT` names the step, and once for each time that it is named.
    public static func reach(_ point: FaultPoint) {
        #if DEBUG
            FaultPlan.shared?.reach(point)
        #endif
    }
}

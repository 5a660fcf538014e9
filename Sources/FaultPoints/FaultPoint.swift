// FaultPoints: the steps at which a test may end a process, the link or nothing at all, or look at what a crash would leave.
//
// What lives here: the list of steps, and the one line that marks them. What may not live here: anything that a release build
// does. Built for release, reaching a step does nothing; built for debugging, it does nothing unless the environment asks for it.

/// A step between which and the next something that lasts changes: first those of a question's way, in the order in which an
/// undisturbed question passes them on each side, then those of commands.
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

    /// What the node agrees to in a total without a guardian is written, but not committed.
    case totalsAgreementStoring = "totals.agreement.storing"
    /// It is on disk; nothing is said.
    case totalsAgreementStored = "totals.agreement.stored"
    /// The node's shares are written, but not committed.
    case totalsRevealStoring = "totals.reveal.storing"
    /// They are on disk; nothing is said.
    case totalsRevealStored = "totals.reveal.stored"
    /// The guardian's word on a total is written, but not committed.
    case guardianOpeningStoring = "guardian.opening.storing"
    /// It is on disk; nothing is said.
    case guardianOpeningStored = "guardian.opening.stored"

    /// The keys of an enrolment are on disk; nobody was asked.
    case enrolmentKeysKept = "enrolment.keys-kept"
    /// The coordinator has used the code up; its grant is in memory only.
    case enrolmentGranted = "enrolment.granted"
    /// The files of an identity are on disk; the one before is in use.
    case identityWritten = "identity.written"
    /// The new identity is in use.
    case identityTaken = "identity.taken"
    /// The coordinator has issued the next certificate; it is in memory only.
    case renewalGranted = "renewal.granted"
    /// The audit log knows of it.
    case renewalNoted = "renewal.noted"

    /// One message of a carried file is taken in.
    case courierMessageTaken = "courier.message.taken"
    /// All of them are; the file is not noted as taken in.
    case courierTaken = "courier.taken"
    /// The file is noted as taken in.
    case courierNoted = "courier.noted"
    /// A file that is to leave is made, in memory only.
    case courierMade = "courier.made"
    /// It is on disk, with nobody's yes.
    case courierPrepared = "courier.prepared"
    /// One person's yes is on disk.
    case courierApproved = "courier.approved"

    /// The audit log knows that a load begins.
    case refreshNoted = "refresh.noted"
    /// The state says that the hospital's load runs.
    case refreshLoading = "refresh.loading"
    /// The state says that an index is being made.
    case refreshBegun = "refresh.begun"
    /// Indices that nobody goes back to are gone.
    case refreshCleared = "refresh.cleared"
    /// The new index has its number and its folder.
    case refreshPlaced = "refresh.placed"
    /// The store is being read.
    case refreshBuilding = "refresh.building"
    /// The new index is on disk.
    case refreshBuilt = "refresh.built"
    /// It is checked, and what is known of it is on disk.
    case refreshRecorded = "refresh.recorded"
    /// The state names it, as the one to be taken up.
    case refreshAnnounced = "refresh.announced"
    /// A person has to look at it.
    case refreshHeld = "refresh.held"
    /// The audit log has a person's word: to take it up, to go back, to give up.
    case refreshDecided = "refresh.decided"
    /// Answers are given from another index than before.
    case refreshTaken = "refresh.taken"
    /// The state says that nothing is under way.
    case refreshOver = "refresh.over"

    /// The steps of one side or command: `node`, `coordinator`, `refresh`.
    public static func of(_ side: String) -> [FaultPoint] { allCases.filter { $0.rawValue.hasPrefix(side + ".") } }

    /// The steps of a question's way.
    public static let ofQuestions = of("node") + of("coordinator")

    #if DEBUG
        /// Told of each step that the task reaches: a test looks at what is on disk at that moment.
        @TaskLocal public static var observer: (@Sendable (FaultPoint) -> Void)?
    #endif

    /// Marks a step as reached. A debug build stops the process here (SIGSTOP), so that a test does what it wants and lets it go
    /// on or kills it; only where `DURE_STOP_AT` names the step, and once for each time that it is named.
    public static func reach(_ point: FaultPoint) {
        #if DEBUG
            observer?(point)
            FaultPlan.shared?.reach(point)
        #endif
    }
}

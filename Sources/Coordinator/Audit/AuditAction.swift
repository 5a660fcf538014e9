public import Federation

/// Everything that is written down. Each route and each administration command that changes something has one.
enum AuditAction: String, Sendable, CaseIterable {
    case initialised = "coordinator.init"
    case started = "coordinator.start"
    case stopped = "coordinator.stop"
    case personAdded = "person.add"
    case personDisabled = "person.disable"
    case personEnabled = "person.enable"
    case passwordChanged = "person.password"
    case signedIn = "session.open"
    case signInFailed = "session.refuse"
    case credentialEnded = "credential.end"
    case tokenMade = "token.create"
    case projectAdded = "project.add"
    case projectClosed = "project.close"
    case memberAdded = "project.member.add"
    case memberRemoved = "project.member.remove"
    case hospitalAdded = "project.hospital.add"
    case hospitalRemoved = "project.hospital.remove"
    case rosterLoaded = "roster.load"
    case totalsRosterLoaded = "totals.roster.load"
    case totalRequested = "total.request"
    case totalAgreed = "total.agree"
    case totalRevealed = "total.reveal"
    case totalOpened = "total.open"
    case codeMade = "enrolment.code"
    case enrolmentRefused = "enrolment.refuse"
    case nodeEnrolled = "node.enrol"
    case nodeRenewed = "node.renew"
    case nodeQuarantined = "node.quarantine"
    case nodeReleased = "node.release"
    case nodeRevoked = "node.revoke"
    case queryAsked = "query.create"
    case queryCancelled = "query.cancel"
    case ticketAcknowledged = "ticket.acknowledge"
    case ticketExpired = "ticket.expire"
    case answerAccepted = "answer.accept"
    case answerRefused = "answer.refuse"
    case resultRead = "result.read"
    case resultExported = "result.export"
    case backedUp = "state.backup"
    case restored = "state.restore"
    case courierExported = "courier.export"
    case courierImported = "courier.import"
    case cataloguePublished = "catalogue.publish"
    case auditConflict = "node.audit-conflict"
}

/// Who did it.
public enum AuditActor: Sendable, Hashable {
    /// A signed-in person.
    case person(Caller)
    /// A hospital's node.
    case node(HospitalID)
    /// The guardian of consortium totals.
    case guardian(GuardianID)
    /// Somebody with access to the coordinator's own machine, by the name of the account there.
    case operatorAccount(String)
    /// The coordinator itself.
    case system
    /// Somebody who is not (yet) known.
    case stranger

    var text: String {
        switch self {
        case .person(let caller): "person:\(caller.person)"
        case .node(let hospital): "node:\(hospital)"
        case .guardian(let id): "guardian:\(id)"
        case .operatorAccount(let name): "operator:\(name)"
        case .system: "system"
        case .stranger: "stranger"
        }
    }
}

/// What it was done to.
enum AuditObject: Sendable, Hashable {
    case none
    case person(PersonID)
    case credential(String)
    case project(ProjectID)
    case membership(ProjectID, PersonID)
    case projectHospital(ProjectID, HospitalID)
    case roster(Int64)
    case totalsRoster(Int)
    case hospital(HospitalID)
    case query(QueryID)
    case ticket(TicketID)
    case bundle(BundleID)

    var text: String {
        switch self {
        case .none: "-"
        case .person(let id): "person:\(id)"
        case .credential(let id): "credential:\(id)"
        case .project(let id): "project:\(id)"
        case .membership(let project, let person): "project:\(project)/person:\(person)"
        case .projectHospital(let project, let hospital): "project:\(project)/hospital:\(hospital)"
        case .roster(let version): "roster:\(version)"
        case .totalsRoster(let version): "totals-roster:\(version)"
        case .hospital(let id): "hospital:\(id)"
        case .query(let id): "query:\(id)"
        case .ticket(let id): "ticket:\(id)"
        case .bundle(let id): "bundle:\(id)"
        }
    }
}

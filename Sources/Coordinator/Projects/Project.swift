public import CanonicalJSON
public import Federation
import GRDB

/// A project: a purpose, the people who may ask under it and the hospitals that may be asked.
public struct Project: Sendable, Hashable {
    /// What hospitals see of it, in every ticket.
    public let statement: ProjectStatement
    /// How answers may be seen.
    public let modes: [ReleaseMode]
    /// The last day, in UTC.
    public let until: CalendarDay
    /// When it was added.
    public let createdAt: Timestamp
    /// When it was closed, if it was.
    public let closedAt: Timestamp?
    /// The hospitals that may be asked.
    public let hospitals: [HospitalID]
    /// The members, by sign-in name.
    public let members: [String]

    /// Whether a question may be asked at `now`.
    public func isActive(at now: Timestamp) -> Bool { closedAt == nil && now.day <= until.description }

    /// The project as members see it.
    public func summary(at now: Timestamp) -> ProjectSummary {
        ProjectSummary(
            statement: statement, hospitals: hospitals, modes: modes, until: until, state: isActive(at: now) ? "active" : "closed"
        )
    }

    static func find(_ db: Database, _ id: ProjectID) throws -> Project {
        guard let row = try Row.fetchOne(db, sql: "SELECT * FROM project WHERE id = ?", arguments: [id.rawValue]) else {
            throw CoordinatorError.notFound("project", id.rawValue)
        }
        return try Project(db, row)
    }

    init(_ db: Database, _ row: Row) throws {
        let id: String = row["id"]
        guard let until = CalendarDay(row["until_day"] as String),
            let purposeClass = ProjectStatement.PurposeClass(rawValue: row["purpose_class"])
        else {
            throw CoordinatorError(.integrity, "The stored project \(id) is not readable.", advice: "Restore the state's backup.")
        }
        statement = ProjectStatement(
            id: ProjectID(unchecked: id), title: BilingualText(ko: row["title_ko"], en: row["title_en"]),
            purpose: row["purpose"], purposeClass: purposeClass, organisation: row["organisation"])
        modes = (row["release_modes"] as String).split(separator: ",").compactMap { ReleaseMode(rawValue: String($0)) }
        self.until = until
        createdAt = row.timestamp("created_at")
        closedAt = row.optionalTimestamp("closed_at")
        hospitals = try String.fetchAll(
            db, sql: "SELECT hospital FROM project_hospital WHERE project = ? ORDER BY hospital", arguments: [id]
        ).compactMap(HospitalID.init(rawValue:))
        members = try String.fetchAll(
            db,
            sql: """
                SELECT login FROM project_member JOIN person ON person.id = project_member.person
                WHERE project = ? ORDER BY login
                """, arguments: [id])
    }

    static func isMember(_ db: Database, _ person: PersonID, of project: ProjectID) throws -> Bool {
        try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM project_member WHERE project = ? AND person = ?)",
            arguments: [project.rawValue, person.rawValue]) ?? false
    }
}

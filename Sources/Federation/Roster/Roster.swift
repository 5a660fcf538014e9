import CanonicalJSON

/// Who belongs to the consortia, and when: effective-dated data, because members and leads change and a result must remember the
/// roster it was run against.
public struct Roster: Sendable, Hashable, JSONEncodable, JSONDecodable {
    static let schema = "dure.roster/1"

    /// From when on and until when something holds; both days are included.
    public struct Period: Sendable, Hashable {
        /// The first day.
        public var from: CalendarDay
        /// The last day; nil where it still holds.
        public var to: CalendarDay?

        /// Creates a period.
        public init(from: CalendarDay, to: CalendarDay? = nil) {
            self.from = from
            self.to = to
        }

        /// Whether `day` lies in it.
        public func contains(_ day: CalendarDay) -> Bool { from <= day && to.map { day <= $0 } ?? true }
    }

    /// A hospital in a role for a time.
    public struct Membership: Sendable, Hashable, JSONEncodable, JSONDecodable {
        /// The hospital.
        public var hospital: HospitalID
        /// When.
        public var period: Period

        /// Creates a membership.
        public init(hospital: HospitalID, period: Period) {
            self.hospital = hospital
            self.period = period
        }

        public init(from json: JSONReader) throws(JSONError) {
            let object = try json.object(allowing: ["hospital", "from", "to"])
            hospital = try object.required("hospital").decode(HospitalID.self)
            let from = try object.required("from").date()
            let to = try object.optional("to")?.date()
            if let to, to < from { throw json.fail(.badValue, "ends before it begins") }
            period = Period(from: from, to: to)
        }

        public var json: JSONValue {
            var object: JSONObject = ["hospital": hospital.json, "from": period.from.json]
            if let to = period.to { object["to"] = to.json }
            return .object(object)
        }
    }

    /// A hospital's names.
    public struct Hospital: Sendable, Hashable, JSONEncodable, JSONDecodable {
        /// Its identifier.
        public var id: HospitalID
        /// Its official names.
        public var name: BilingualText

        /// Creates an entry.
        public init(id: HospitalID, name: BilingualText) {
            self.id = id
            self.name = name
        }

        public init(from json: JSONReader) throws(JSONError) {
            let object = try json.object(allowing: ["id", "name"])
            id = try object.required("id").decode(HospitalID.self)
            name = try object.required("name").decode(BilingualText.self)
        }

        public var json: JSONValue { ["id": id.json, "name": name.json] }
    }

    /// A consortium with its leads and members over time.
    public struct Consortium: Sendable, Hashable, JSONEncodable, JSONDecodable {
        /// `C-PNUH`.
        public var id: String
        /// Its name.
        public var name: BilingualText
        /// Its leads.
        public var leads: [Membership]
        /// Its members; a lead is a member too.
        public var members: [Membership]

        /// Creates a consortium.
        public init(id: String, name: BilingualText, leads: [Membership], members: [Membership]) {
            self.id = id
            self.name = name
            self.leads = leads
            self.members = members
        }

        public init(from json: JSONReader) throws(JSONError) {
            let object = try json.object(allowing: ["id", "name", "lead", "members"])
            id = try object.required("id").string(maxLength: 40)
            name = try object.required("name").decode(BilingualText.self)
            leads = try object.required("lead").list(of: Membership.self, maxCount: 1_000)
            members = try object.required("members").list(of: Membership.self, maxCount: 10_000)
        }

        public var json: JSONValue {
            [
                "id": .string(id), "name": name.json, "lead": .array(leads.map(\.json)),
                "members": .array(members.map(\.json)),
            ]
        }

        /// The lead on `day`.
        public func lead(on day: CalendarDay) -> HospitalID? { leads.first { $0.period.contains(day) }?.hospital }

        /// The members on `day`.
        public func members(on day: CalendarDay) -> [HospitalID] {
            members.filter { $0.period.contains(day) }.map(\.hospital).sorted()
        }
    }

    /// A figure that somebody published, kept beside what is listed: the two need not agree.
    public struct Declaration: Sendable, Hashable, JSONEncodable, JSONDecodable {
        /// For which day.
        public var date: CalendarDay
        /// How many consortia.
        public var consortia: Int
        /// How many hospitals.
        public var hospitals: Int
        /// Where it was published.
        public var source: String

        public init(from json: JSONReader) throws(JSONError) {
            let object = try json.object(allowing: ["date", "consortia", "hospitals", "source"])
            date = try object.required("date").date()
            consortia = try object.required("consortia").int(in: 0...10_000)
            hospitals = try object.required("hospitals").int(in: 0...100_000)
            source = try object.required("source").string(maxLength: 500)
        }

        public var json: JSONValue {
            ["date": date.json, "consortia": .int(consortia), "hospitals": .int(hospitals), "source": .string(source)]
        }
    }

    /// What the reader must know about the data, such as "reconstructed from press reports".
    public var notice: String
    /// Published figures.
    public var declared: [Declaration]
    /// Names of all hospitals.
    public var hospitals: [Hospital]
    /// The consortia.
    public var consortia: [Consortium]

    /// Creates a roster.
    public init(notice: String, declared: [Declaration] = [], hospitals: [Hospital], consortia: [Consortium]) {
        self.notice = notice
        self.declared = declared
        self.hospitals = hospitals
        self.consortia = consortia
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["schema", "notice", "declared", "hospitals", "consortia"])
        try object.expectSchema(Self.schema)
        notice = try object.required("notice").string(maxLength: 4_000)
        declared = try object.optional("declared")?.list(of: Declaration.self, maxCount: 1_000) ?? []
        hospitals = try object.required("hospitals").list(of: Hospital.self, maxCount: 10_000)
        consortia = try object.required("consortia").list(of: Consortium.self, maxCount: 1_000)
    }

    public var json: JSONValue {
        [
            "schema": .string(Self.schema), "notice": .string(notice), "declared": .array(declared.map(\.json)),
            "hospitals": .array(hospitals.map(\.json)), "consortia": .array(consortia.map(\.json)),
        ]
    }

    /// The digest of the roster's canonical form, which every ticket and result names.
    public var digest: Digest256 { Digest256(of: json) }

    /// The names of `id`, where it is listed.
    public func name(of id: HospitalID) -> BilingualText? { hospitals.first { $0.id == id }?.name }

    /// All hospitals that are members of some consortium on `day`.
    public func members(on day: CalendarDay) -> [HospitalID] {
        Array(Set(consortia.flatMap { $0.members(on: day) })).sorted()
    }

    /// What is inconsistent in the roster, a sentence each; empty where nothing is.
    public var problems: [String] {
        let known = Set(hospitals.map(\.id))
        var found: [String] = []
        if known.count != hospitals.count { found.append("A hospital is listed twice under hospitals.") }
        if Set(consortia.map(\.id)).count != consortia.count { found.append("A consortium is listed twice.") }
        for consortium in consortia {
            for entry in consortium.leads + consortium.members where !known.contains(entry.hospital) {
                found.append("\(consortium.id) names \(entry.hospital), which is not listed under hospitals.")
            }
            for lead in consortium.leads
            where !consortium.members.contains(where: { $0.hospital == lead.hospital && $0.period.contains(lead.period.from) }) {
                found.append("\(consortium.id) is led by \(lead.hospital) from \(lead.period.from), when it is not a member.")
            }
        }
        return found
    }
}

import CanonicalJSON
import Federation

/// The hospitals of the sample consortium (the Busan consortium of the sample roster) with names for people.
public struct DemoHospital: Sendable {
    let id: HospitalID
    let name: BilingualText

    /// All six.
    public static let all: [DemoHospital] = [
        DemoHospital("KR-H-0009", "Chonnam National University Hospital", "전남대학교병원"),
        DemoHospital("KR-H-0010", "Hwasun Chonnam National University Hospital", "화순전남대학교병원"),
        DemoHospital("KR-H-0011", "Pusan National University Hospital", "부산대학교병원"),
        DemoHospital("KR-H-0012", "Yangsan Pusan National University Hospital", "양산부산대학교병원"),
        DemoHospital("KR-H-0013", "Kyungpook National University Hospital", "경북대학교병원"),
        DemoHospital("KR-H-0014", "Chilgok Kyungpook National University Hospital", "칠곡경북대학교병원"),
    ]

    private init(_ id: String, _ en: String, _ ko: String) {
        self.id = HospitalID(unchecked: id)
        name = BilingualText(ko: ko, en: en)
    }

    /// The node's configuration: the template of `nodes/node.yaml` with what is particular to the demo.
    func nodeYAML(coordinator: String, store: String, linkageKey: String, identifiers: String) -> String {
        """
        schema: dure.node/1
        node:
          id: \(id)
          name_ko: "\(name.ko ?? "")"
          name_en: "\(name.en ?? "")"
          language: en
        coordinator:
          url: "\(coordinator)"
        source:
          - id: omop-main
            kind: sqlite
            path: "\(store)"
            synthetic: true
        linkage:
          key_file: "\(linkageKey)"
          identifiers_file: "\(identifiers)"

        """
    }

    /// The roster of the demo: these hospitals, one consortium, its lead.
    static func rosterJSON(_ hospitals: [DemoHospital]) -> String {
        let period = Roster.Period(from: CalendarDay(dayNumber: 18_444))
        let members = hospitals.map { Roster.Membership(hospital: $0.id, period: period) }
        return Roster(
            notice:
                "The six hospitals of one sample consortium, as the shipped sample roster has them. The data they answer from is made up.",
            hospitals: hospitals.map { .init(id: $0.id, name: $0.name) },
            consortia: [
                .init(
                    id: "C-PNUH", name: BilingualText(ko: "부산대학교병원 컨소시엄", en: "Pusan National University Hospital consortium"),
                    leads: members.filter { $0.hospital.rawValue == "KR-H-0011" }, members: members)
            ]
        ).json.text(indent: 2)
    }

    /// The hospital's policy: the defaults, for the one project of the demo.
    static func policyYAML(officers: [String]) -> String {
        let keys = officers.map { "\"\($0)\"" }.joined(separator: ", ")
        let totals = officers.isEmpty ? "" : "totals:\n  officers: [\(keys)]\n  kinds: [guardian, peers]\n  distinct: true\n"
        let modes = officers.isEmpty ? "" : "\n  release_modes: [named, coded, secure-total]"
        return """
            schema: dure.policy/1
            version: 1
            changed_by: demo
            reason: "The sample consortium's policy: every default, one project."
            defaults:
              breakdown_max_dimensions: 2\(modes)
            \(totals)projects:
              - id: \(DemoConsortium.project)
                purposes: [protocol-feasibility]

            """
    }
}

import Foundation
import Testing

/// Only the release gate makes numbers that leave a hospital: read from the sources themselves.
///
/// The compiler holds the first half: exact counts, sets of patients and evaluated answers have no encoding of any kind, so no
/// message can be made of them (`ExactCount`). These tests hold the second: nobody on the hospital's side makes a disclosed count
/// of a number, nobody but one file sends, and messages that are no answers have no place for a number of patients.
/// `FollowOneQueryTests` looks at the bytes of a whole run.
@Suite("No other way out") struct NoOtherWayOutTests {
    /// Rooms that run at a hospital and are not the gate itself.
    static let hospital = [
        "NodeAgent", "CohortEngine", "EventIndex", "OMOPStore", "NodeConsole", "dure-node", "dure-node-console",
    ]

    /// Lines of a room's files without comments, by place.
    static func lines(of room: String) throws -> [(place: String, line: String)] {
        let root = HouseRulesTests.sources.appending(path: room)
        let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
        var found: [(String, String)] = []
        while let file = files?.nextObject() as? URL {
            guard file.pathExtension == "swift" else { continue }
            for (number, line) in try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n").enumerated() {
                let code = line.components(separatedBy: "//")[0]
                if !code.isEmpty { found.append(("\(room)/\(file.lastPathComponent):\(number + 1)", code)) }
            }
        }
        return found
    }

    private func files(_ rooms: [String], mentioning pattern: String) throws -> Set<String> {
        let expression = try Regex(pattern)
        return Set(
            try rooms.flatMap { try Self.lines(of: $0) }.filter { $0.line.contains(expression) }
                .map { String($0.place.prefix(while: { $0 != ":" })) })
    }

    @Test("At a hospital nobody but the gate makes a disclosed count, table, answer or catalogue", arguments: hospital)
    func onlyTheGateMakesCounts(_ room: String) throws {
        // A case of DisclosedCount with a number in it; `case .exact(let value)` reads one.
        let count = try Regex(#"\.(exact|rounded|hidden)\((?!let |_|\.up|\.down|\))"#)
        // `parsing:` reads what the gate let out before, from the node's own database.
        let whole = try Regex(
            #"\b(Disclosed(Count|Answer|Breakdown|Catalogue)|CountInterval)(\.init|\.Row|\.Cell|\.Step)?\((?!parsing:|from:)"#)
        for (place, line) in try Self.lines(of: room) {
            #expect(!line.contains(count), "\(place) makes a count: \(line)")
            #expect(!line.contains(whole), "\(place) makes an answer: \(line)")
        }
    }

    @Test("The patterns find what they look for")
    func patternsCanFail() throws {
        let count = try Regex(#"\.(exact|rounded|hidden)\((?!let |_|\.up|\.down|\))"#)
        #expect("total: .exact(persons.count)".contains(count))
        #expect("return DisclosedCount.hidden(low: 0, high: n, why: .small)".contains(count))
        #expect(!"case .rounded(let value, _, _, _): value".contains(count))
        #expect(!"Int(value.rounded(.down))".contains(count))
        #expect(!"value.rounded()".contains(count))
    }

    @Test("Stored answers are read back in one file, and exact numbers are opened in files that send nothing")
    func whoOpens() throws {
        #expect(
            try files(Self.hospital, mentioning: #"Disclosed(Answer|Breakdown|Catalogue)\((parsing|from):"#)
                .isSubset(of: ["NodeAgent/ReleaseDesk.swift"]))
        let opening = try files(["NodeAgent"], mentioning: #"@_spi\(Hospital\) import"#)
        let sending = try files(["NodeAgent"], mentioning: #"OutboundRequest\("#)
        #expect(opening.isDisjoint(with: sending))
        #expect(!opening.isEmpty)
    }

    @Test("The running node sends through one file, and what that file sends is named")
    func whoSends() throws {
        // Enrolment sends keys before there is a node, the doctor looks whether the coordinator can be reached.
        #expect(
            try files(["NodeAgent"], mentioning: #"OutboundRequest\("#)
                == ["NodeAgent/CoordinatorLink.swift", "NodeAgent/Enrolment.swift", "NodeAgent/Doctor.swift"])
        #expect(
            try files(["CohortEngine", "EventIndex", "OMOPStore"], mentioning: #"import Outbound|URLSession|OutboundRequest"#)
                .isEmpty)
        let names = try Self.lines(of: "NodeAgent").filter { $0.place.hasPrefix("NodeAgent/CoordinatorLink.swift") }
            .compactMap { try? Regex(#"^    func (\w+)\("#).firstMatch(in: $0.line)?.output[1].substring.map(String.init) }
        // `total` says which hospitals are in a total, and gives shares of the seeds of masks: it has no counts of its own.
        #expect(
            Set(names.compactMap(\.self)).isSubset(of: [
                "poll", "acknowledge", "answer", "progress", "health", "renew", "publish", "total",
            ]))
    }

    @Test("Messages that are no answers have no place for a number of patients")
    func reports() throws {
        // Whole numbers in these files: tickets that wait, lines of the audit log, and what a reader allows.
        let number = try Regex(#"\b(var|let) (\w+): (Int|Int64|UInt64|Double|ExactCount)\b"#)
        let found = try Self.lines(of: "Federation").filter {
            $0.place.hasPrefix("Federation/NodeReports") || $0.place.hasPrefix("Federation/Provenance")
        }
        .compactMap { try number.firstMatch(in: $0.line)?.output[2].substring.map(String.init) }
        #expect(Set(found) == ["waiting"])
    }
}

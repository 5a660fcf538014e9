import Foundation
import Testing

/// What may import what, read from the sources themselves.
@Suite struct HouseRulesTests {
    static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources")

    /// The rooms of this house, from the ground up.
    static let floors: [[String]] = [
        ["CCurl", "CClp", "CPostgres", "CODBC", "CanonicalJSON", "TerminalText", "FaultPoints"], ["Cohorts", "Disclosure"],
        ["OMOPStore", "EventIndex", "Federation", "Outbound"], ["CohortEngine", "Daemon"],
        ["NodeAgent", "Coordinator", "Guardian", "Client"], ["NodeConsole"],
        ["dure-node", "dure-node-console", "dure-guardian", "dure-coordinator", "dure", "dure-attack"],
    ]

    static func imports(of room: String) throws -> [String: Set<String>] {
        let files = FileManager.default.enumerator(at: sources.appending(path: room), includingPropertiesForKeys: nil)
        var found: [String: Set<String>] = [:]
        while let file = files?.nextObject() as? URL {
            guard file.pathExtension == "swift" else { continue }
            let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
            found[file.lastPathComponent] = Set(lines.filter(isImport))
        }
        return found
    }

    /// `import X`, with attributes and an access level before it or not.
    static func isImport(_ line: String) -> Bool {
        let words = line.split(separator: " ")
        guard let index = words.firstIndex(of: "import"), index + 1 < words.count else { return false }
        return words[..<index].allSatisfy { $0.hasPrefix("@") || ["public", "package", "internal"].contains($0) }
    }

    static func mentions(_ room: String, in line: String) -> Bool { line.split(separator: " ").contains(Substring(room)) }

    @Test(arguments: Array(floors.enumerated()).flatMap { floor in floor.element.map { (floor.offset, $0) } })
    func aRoomImportsNothingFromAbove(_ floor: Int, _ room: String) throws {
        for (file, lines) in try Self.imports(of: room) {
            for above in Self.floors.dropFirst(floor + 1).joined() {
                #expect(!lines.contains { Self.mentions(above, in: $0) }, "\(room)/\(file) imports \(above)")
            }
        }
    }

    @Test func theTwoSidesNeverImportEachOther() throws {
        for (room, others) in [
            ("NodeAgent", ["Coordinator", "Client", "Guardian"]),
            ("Coordinator", ["NodeAgent", "Client", "CohortEngine", "Guardian"]),
            ("Guardian", ["Coordinator", "NodeAgent", "Client", "CohortEngine", "OMOPStore"]),
        ] {
            for (file, lines) in try Self.imports(of: room) {
                for other in others {
                    #expect(!lines.contains { Self.mentions(other, in: $0) }, "\(room)/\(file) imports \(other)")
                }
            }
        }
    }

    @Test func neitherTheNodeNorTheGuardianHasAServerInIt() throws {
        for room in [
            "NodeAgent", "Outbound", "Daemon", "CohortEngine", "EventIndex", "OMOPStore", "dure-node", "Guardian",
            "dure-guardian",
        ] {
            for (file, lines) in try Self.imports(of: room) {
                for server in ["NIOCore", "NIOSSL", "Hummingbird", "HummingbirdTLS"] {
                    #expect(!lines.contains { Self.mentions(server, in: $0) }, "\(room)/\(file) imports \(server)")
                }
            }
        }
    }

    @Test func onlyTheHospitalsSideSeesExactCounts() throws {
        let allowed: Set = [
            "CohortEngine", "NodeAgent", "NodeConsole", "dure-node", "dure-attack", "Disclosure", "EventIndex",
        ]
        for room in Self.floors.joined() where !allowed.contains(room) {
            for (file, lines) in try Self.imports(of: room) {
                #expect(!lines.contains { $0.contains("@_spi(Hospital)") }, "\(room)/\(file) opens exact counts")
            }
        }
    }
}

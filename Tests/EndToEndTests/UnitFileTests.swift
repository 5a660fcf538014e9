import Foundation
import Testing

/// The units of systemd, held against systemd's own words.
@Suite struct UnitFileTests {
    static let nodes = HouseRulesTests.sources.deletingLastPathComponent().appending(path: "nodes")

    private func text(_ name: String) throws -> String {
        try String(contentsOf: Self.nodes.appending(path: name), encoding: .utf8)
    }

    private func run(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        let output = Pipe()
        (process.standardOutput, process.standardError) = (output, output)
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text
    }

    @Test(arguments: ["dure-node", "dure-node@", "dure-coordinator", "dure-guardian"])
    func aUnitMayDoNoMoreThanItHasTo(_ name: String) throws {
        let path = Self.nodes.appending(path: "\(name).service").path
        let words = try run(["systemd-analyze", "security", "--offline=true", "--no-pager", path])
        // The pages say 1.2; 0 is best.
        #expect(words.contains("Overall exposure level") && words.contains(": 1.2 OK"), "\(words.suffix(200))")
    }

    @Test(arguments: ["dure-node", "dure-node@", "dure-coordinator", "dure-guardian"])
    func systemdKnowsEveryLineOfAUnit(_ name: String) throws {
        // With programs that are there, so that only the unit itself is looked at.
        let folder = NSTemporaryDirectory() + "dure-units-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let unit = try text("\(name).service").replacing(/ExecStart=\S+/, with: "ExecStart=/bin/true")
        let file = "\(folder)/\(name.replacing("@", with: "@x")).service"
        try unit.write(toFile: file, atomically: true, encoding: .utf8)
        #expect(try run(["systemd-analyze", "verify", file]).isEmpty)
    }

    @Test func theTemplateIsTheNodesUnitButForTheNames() throws {
        func directives(_ text: String) -> [String] {
            text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") && !$0.hasPrefix("Description") }
        }
        let template = directives(try text("dure-node@.service").replacing("dure-node-%i", with: "dure-node"))
        #expect(template == directives(try text("dure-node.service")))
    }

    @Test(arguments: ["dure-node", "dure-coordinator", "dure-guardian"])
    func aWrongConfigurationIsNotStartedAgain(_ name: String) throws {
        let unit = try text("\(name).service")
        for line in ["Type=notify", "WatchdogSec=60", "Restart=on-failure", "RestartPreventExitStatus=78"] {
            #expect(unit.contains("\n\(line)\n"))
        }
    }
}

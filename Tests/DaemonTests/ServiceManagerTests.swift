import Foundation
import Testing

@testable import Daemon

@Suite struct `The service manager` {
    /// What a program that is not ours hears on the socket `name`.
    private func heard(on name: String, _ tell: () -> Void) throws -> String {
        let script = """
            import socket, sys
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            n = sys.argv[1]
            s.bind("\\0" + n[1:] if n[0] == "@" else n); s.settimeout(10)
            print("bound", flush=True)
            print(s.recv(1000).decode(), flush=True)
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-u", "-c", script, name]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        var text = ""
        while !text.hasSuffix("bound\n") { text += String(decoding: output.fileHandleForReading.availableData, as: UTF8.self) }
        tell()
        return String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }

    @Test(arguments: ["", "@"]) func `It hears of readiness, by a path or an abstract name`(prefix: String) throws {
        let folder = try Folder()
        let name = prefix.isEmpty ? folder.path + "/notify" : "@dure-\(UUID().uuidString)"
        #expect(try heard(on: name) { ServiceManager.notify("READY=1", path: name) } == "READY=1\n")
    }

    @Test func `A name that is no socket's, or too long for one, is passed over`() {
        for name in ["", "relative", "/" + String(repeating: "x", count: 200)] { ServiceManager.notify("READY=1", path: name) }
        ServiceManager.notify("READY=1", path: nil)
    }

    @Test func `The watchdog is fed twice in its time, and only if it watches us`() {
        #expect(ServiceManager.watchdogInterval(["WATCHDOG_USEC": "60000000"]) == .seconds(30))
        #expect(ServiceManager.watchdogInterval(["WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"]) == nil)
        #expect(ServiceManager.watchdogInterval([:]) == nil)
    }

    @Test func `Credentials are bare names in the folder that the manager names`() throws {
        let folder = try Folder()
        try Data("secret".utf8).write(to: URL(fileURLWithPath: folder.path + "/db-password"))
        let credentials = CredentialFolder(["CREDENTIALS_DIRECTORY": folder.path])
        #expect(credentials.file("db-password") == folder.path + "/db-password")
        #expect(credentials.file("other") == nil)
        let above = (folder.path as NSString).lastPathComponent
        for name in ["../\(above)/db-password", "..", ".", "", "/etc/passwd"] { #expect(credentials.file(name) == nil) }
        #expect(credentials.names == ["db-password"])
        #expect(CredentialFolder([:]).file("db-password") == nil)
    }
}

@Suite struct `Metrics` {
    @Test func `Are written as Prometheus reads them`() {
        var text = MetricsText()
        text.add("a_total", "How many.", 3, as: .counter)
        text.add("b", "Which.", [.init(1, ["z": "1", "state": "say \"x\"\n\\"]), .init(0, ["state": "y"])])
        text.add("unknown", "Never 0.", nil)
        // By hand, from the exposition format's description of Prometheus' text format 0.0.4.
        #expect(
            text.text == """
                # HELP a_total How many.
                # TYPE a_total counter
                a_total 3
                # HELP b Which.
                # TYPE b gauge
                b{state="say \\"x\\"\\n\\\\",z="1"} 1
                b{state="y"} 0

                """)
    }

    @Test func `The file is there whole, readable for the collector, and leaves nothing beside it`() throws {
        let folder = try Folder()
        var text = MetricsText()
        text.add("a", "One.", 1)
        let file = folder.path + "/x.prom"
        try text.write(to: file)
        try text.write(to: file)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == text.text)
        let facts = try FileManager.default.attributesOfItem(atPath: file)
        #expect((facts[.posixPermissions] as? NSNumber)?.intValue == 0o644)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["x.prom"])
        #expect(throws: (any Error).self) { try text.write(to: folder.path + "/no/x.prom") }
    }
}

/// A folder of its own for one test, gone afterwards.
final class Folder: Sendable {
    let path: String
    init() throws {
        path = NSTemporaryDirectory() + "dure-daemon-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }
}

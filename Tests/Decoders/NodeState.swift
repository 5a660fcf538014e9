import CanonicalJSON
import Disclosure
import Federation
import Foundation

@testable import NodeAgent

extension Decoder {
    private static var sample: Sample { get throws { try Sample.shared.get() } }

    /// What a node keeps in its state directory, and the small texts that it is told.
    static let nodeState: [Decoder] = [
        message("status.json", NodeStatus.self) {
            var status = NodeStatus(
                hospital: try sample.hospital, pid: 7, started: try sample.now, certificateExpires: try sample.now,
                policy: try Policy(text: ConfigurationTemplates.policy, name: "policy.yaml"), provenance: try sample.provenance)
            status.clockOffset = -300
            status.problem = .init(code: "FILE", message: "m", advice: "a")
            return [status]
        } use: { status in
            _ = status.isClockOff
            _ = status.problemIsOfLink
        },
        message("stop order", StopSwitch.Order.self) { [.init(at: try sample.now, person: 1_000, reason: "한글")] },
        message("refresh.json", RefreshState.self) {
            [RefreshState(.held, since: try sample.now, candidate: 3, drops: ["measurement/records"])]
        },
        message("release.json", IndexRelease.self) {
            let text = """
                {"schema":"dure.index-release/1","number":2,"former":1,"name":"2026-10","built":"2026-11-22T01:02:03Z",
                "vocabulary":"v5.0","persons":9,"whole":true,"tables":[{"table":"death","records":2,"persons":2}],
                "leftOut":[{"table":"death","reason":"no date","rows":1}]}
                """
            return [try IndexRelease(parsing: Array(text.utf8))]
        },
        Decoder("identity files") {
            let (keys, grant) = (try sample.nodeKeys, try sample.signed(try sample.grant()))
            return [[Hex.encode(keys.signing.seed), keys.tlsPEM, String(decoding: grant.bytes, as: UTF8.self)]]
                .map { Array($0.joined(separator: "\n=====\n").utf8) }
        } read: { bytes in
            readIdentity(String(decoding: bytes, as: UTF8.self).components(separatedBy: "\n=====\n"))
        },
        Decoder("HTTP date") {
            [Array("Sun, 06 Nov 1994 08:49:37 GMT".utf8)]
        } read: { bytes in
            _ = HTTPDate.seconds(String(decoding: bytes, as: UTF8.self))
        },
        Decoder("state.sqlite", isSlow: true) {
            [try SpoolFile.make()]
        } read: { bytes in
            try? ScratchFile.withFolder { folder in try Waiting.result { try await SpoolFile.read(bytes, in: folder) } }
        },
        Decoder("audit archive") {
            [Array(try sample.auditLines().joined(separator: "\n").utf8)]
        } read: { bytes in
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
            let report = AuditReport(
                lines: lines, start: AuditPoint(count: 1, head: Digest256(of: [1])), heads: [],
                key: try? sample.coordinator.verificationKey)
            _ = try? report.verify()
            for entry in report.entries() { _ = AuditArchive.cutoff(before: entry.at, years: 5) }
        },
    ]

    private static func readIdentity(_ parts: [String]) {
        guard parts.count == 3 else { return }
        try? ScratchFile.withFolder { folder in
            let state = try StateDirectory(folder)
            try FileManager.default.createDirectory(atPath: state.file("identity"), withIntermediateDirectories: true)
            for (name, text) in zip(["signing-key", "tls-key.pem", "grant.json"], parts) {
                try Files.write(text, to: state.file("identity/\(name)"))
            }
            _ = try NodeIdentity(in: state)
        }
    }
}

/// The node's database, as a file.
private enum SpoolFile {
    static func make() throws -> [UInt8] {
        var made: [UInt8] = []
        try ScratchFile.withFolder { folder in
            try Waiting.result { try await fill(folder) }
            made = Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/state.sqlite")))
        }
        return made
    }

    /// One of everything that is kept.
    private static func fill(_ folder: String) async throws {
        let sample = try Sample.shared.get()
        let spool = try Spool(try StateDirectory(folder), hospital: sample.hospital)
        let ticket = try sample.ticket()
        let document = try sample.signed(ticket)
        let person = Operator(uid: 1_000, name: nil)
        _ = try await spool.accept(ticket, document, at: sample.now)
        try await spool.move(ticket.id, .acknowledged, at: sample.now)
        try await spool.move(ticket.id, .takenUp, at: sample.now)
        _ = try await spool.hold(ticket, ReleaseDecision(.hold), why: ["defaults"], at: sample.now)
        _ = try await spool.approve(
            ticket.id, by: person, payload: Digest256(of: [1]), needed: ReleaseDecision(.hold), at: sample.now)
        let answer = try SignedDocument(
            signing: try sample.answer(.answered(sample.disclosed)), with: sample.nodeKeys.signing)
        let release = Spool.Release(
            key: Digest256(of: [3]), disclosed: sample.disclosed.json.canonicalBytes(), ledger: nil)
        _ = try await spool.store(answer, to: ticket.id, release: release, outcome: "ok", at: sample.now)
        let bundle = try Decoder.bundle()
        try await spool.prepare(bundle, try sample.signed(bundle), tickets: [ticket.id], by: person, at: sample.now)
        let point = try await spool.auditPoint()
        let head = try SignedDocument(
            signing: AuditHead(node: sample.hospital, point: point, at: sample.now), with: sample.nodeKeys.signing)
        try await spool.keep(head: head, count: point.count)
        try await spool.fold()
    }

    /// Opens it as the daemon does: looked through first, and not used where that finds damage. Then everything is read.
    static func read(_ bytes: [UInt8], in folder: String) async throws {
        let sample = try Sample.shared.get()
        let state = try StateDirectory(folder)
        try Data(bytes).write(to: URL(fileURLWithPath: state.database))
        let spool = try Spool(state, hospital: sample.hospital)
        try await spool.check()
        for duty in [TicketState.Duty.acknowledge, .evaluate, .decide, .send] { _ = try? await spool.next(duty) }
        _ = try? await spool.counts()
        _ = try? await spool.auditStart()
        _ = try? await spool.verifyAudit()
        for request in (try? await spool.requests(all: true)) ?? [] { _ = "\(request.held) \(request.expires)" }
        for bundle in (try? await spool.bundles()) ?? [] { _ = "\(bundle.created)" }
        _ = try? await spool.heads()
        _ = try? await spool.lastHead()
        _ = try? await spool.peerTotal(try sample.subject())
        guard let entry = try? await spool.entry(try sample.ticket().id) else { return }
        _ = "\(entry.received)"
        _ = try? SignedDocument(parsing: entry.document)
    }
}

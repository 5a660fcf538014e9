import CanonicalJSON
import Federation
import Foundation
import GRDB
import Testing

@testable import NodeAgent

@Suite struct `The audit log` {
    private let key = SigningKey()

    /// Ten lines and the words signed after the fourth and the eighth.
    private func log() throws -> (lines: [String], heads: [SignedDocument]) {
        var (chain, lines, heads) = (AuditChain(), [String](), [SignedDocument]())
        for number in 0..<10 {
            let at = Timestamp(1_790_000_000 + Int64(number) * 3_600)
            lines.append(
                chain.append(at: at, actor: number == 5 ? "person:uid-7" : "node:x", action: "a.\(number)", object: "o").line)
            if number == 3 || number == 7 {
                let head = AuditHead(
                    node: Consortium.hospital, point: AuditPoint(count: chain.count, head: chain.head), at: at)
                heads.append(try SignedDocument(signing: head, with: key))
            }
        }
        return (lines, heads)
    }

    private func words(_ lines: [String], _ heads: [SignedDocument]) -> String? {
        do {
            _ = try AuditReport(lines: lines, heads: heads, key: key.verificationKey).verify()
            return nil
        } catch {
            return (error as NodeError).message
        }
    }

    @Test func `What was changed, taken out, reordered, cut off or written anew is found, with its place`() throws {
        let (lines, heads) = try log()
        #expect(words(lines, heads) == nil)
        var changed = lines
        changed[4] = changed[4].replacingOccurrences(of: "a.4", with: "a.5")
        #expect(words(changed, heads)?.contains("Line 5") == true)
        var missing = lines
        missing.remove(at: 2)
        #expect(words(missing, heads)?.contains("Line 2") == true)
        var reordered = lines
        reordered.swapAt(6, 7)
        #expect(words(reordered, heads)?.contains("Line 6") == true)
        // A cut end and a rewritten, well-chained log show only against what was signed.
        #expect(words(Array(lines.prefix(6)), heads)?.contains("has 6 lines, and 8 were signed") == true)
        #expect(words(Array(lines.prefix(6)), []) == nil)
        var (chain, forged) = (AuditChain(), [String]())
        for number in 0..<10 {
            forged.append(chain.append(at: Timestamp(1), actor: "n", action: "b.\(number)", object: "o").line)
        }
        #expect(words(forged, []) == nil)
        #expect(words(forged, heads)?.contains("Line 3") == true)
    }

    @Test func `Two sides find the last place at which they agree`() throws {
        let (lines, heads) = try log()
        let points = try heads.map { try AuditHead(from: JSONReader($0.payload)).point }
        let cut = try AuditComparison(lines.prefix(6))
        #expect(cut.lastAgreeing(points)?.count == 4)
        #expect(try AuditComparison(lines).lastAgreeing(points)?.count == 8)
    }

    @Test func `A search finds by time, action, actor and object`() throws {
        let report = AuditReport(lines: try log().lines, heads: [], key: nil)
        var search = AuditReport.Search()
        search.actor = "person:uid-7"
        #expect(report.entries(search).map(\.sequence) == [5])
        search = .init()
        search.since = Timestamp(1_790_000_000 + 3 * 3_600)
        search.until = Timestamp(1_790_000_000 + 6 * 3_600)
        #expect(report.entries(search).map(\.sequence) == [3, 4, 5])
        search.action = "a.4"
        #expect(report.entries(search).map(\.sequence) == [4])
    }

    @Test(arguments: [
        // By the wall's clock in Seoul: a Thursday evening, a Friday noon, a Saturday noon, a Sunday noon, a Monday at six.
        ("2026-10-01T20:00:00Z", true), ("2026-10-02T12:00:00Z", false), ("2026-10-03T12:00:00Z", true),
        ("2026-10-04T12:00:00Z", true), ("2026-10-05T06:59:59Z", true), ("2026-10-05T07:00:00Z", false),
        ("2026-10-01T19:59:59Z", false),
    ])
    func `Working hours are those of a week`(wall: String, isUnusual: Bool) throws {
        #expect(MonthlyReview.isUnusual(try #require(Timestamp(wall)).seconds) == isUnusual)
    }

    @Test func `A review counts the month of the hospital's wall, and says in the log who looked at it`() async throws {
        let node = try TestNode()
        let spool = try Spool(try node.folder.state, hospital: Consortium.hospital)
        // 2026-09-30 23:59 and 2026-10-01 00:00 in Korea.
        try await spool.record("a", "o", at: try #require(Timestamp("2026-09-30T14:59:59Z")))
        try await spool.record("policy.applied", "o", at: try #require(Timestamp("2026-09-30T15:00:00Z")), by: "person:uid-9")
        let review = try MonthlyReview(try await AuditReport(state: node.folder.state), month: "2026-10")
        #expect(review.lineCount == 1 && review.isIntact)
        #expect(review.persons.map(\.name) == ["person:uid-9"])
        #expect(review.unusual.count == 1 && review.notable.count == 1)
        let digest = try await review.sign(
            by: Operator(uid: 5, name: nil), in: node.folder.state, clock: node.consortium.clock.clock)
        let last = try #require(try await AuditReport(state: node.folder.state).entries().last)
        #expect(last.action == "log.reviewed" && last.actor == "person:uid-5" && last.content == digest)
        #expect(throws: NodeError.self) {
            try MonthlyReview(AuditReport(lines: [], heads: [], key: nil), month: "2026-13")
        }
    }

    @Test func `The coordinator hears what the node has signed about its log, and anew when enough was written`() async throws {
        let node = try TestNode()
        try await node.running {
            try await node.coordinator.offer(node.consortium.signed(node.consortium.ticket(Consortium.question(100))))
            try await node.settles([.sent: 1])
        }
        try await node.running { try await eventually { await node.coordinator.health.contains { $0.auditHead != nil } } }
        let document = try #require(await node.coordinator.health.compactMap(\.auditHead).last)
        let head = try document.verified(as: AuditHead.self, by: node.consortium.keys.signing.verificationKey)
        let report = try await AuditReport(state: node.folder.state)
        try AuditComparison(report.lines).check(head.point)
        #expect(report.heads.map(\.digest).contains(document.digest))
        #expect(try report.verify().count == report.lines.count)
    }

    // MARK: archives

    /// A node whose log has lines of 2020, 2021 and today, with a signed word after the second and the last.
    private func oldLog() async throws -> (node: TestNode, spool: Spool) {
        let node = try TestNode()
        let spool = try Spool(try node.folder.state, hospital: Consortium.hospital)
        let signing = try NodeIdentity(in: node.folder.state).keys.signing
        func sign() async throws {
            let point = try await spool.auditPoint()
            let head = AuditHead(node: Consortium.hospital, point: point, at: Timestamp(node.consortium.clock.clock.now()))
            try await spool.keep(head: try SignedDocument(signing: head, with: signing), count: point.count)
        }
        for (number, day) in ["2020-05-01", "2020-06-01", "2021-01-01"].enumerated() {
            try await spool.record("a.\(number)", "o", at: try #require(Timestamp("\(day)T00:00:00Z")))
            if number == 1 { try await sign() }
        }
        try await spool.record("today", "o", at: Timestamp(node.consortium.clock.clock.now()))
        try await sign()
        return (node, spool)
    }

    @Test func `Old lines go into a file up to a signed place, and file and log hold together and apart`() async throws {
        let (node, spool) = try await oldLog()
        let before = try await spool.auditLines()
        let archive = AuditArchive(state: try node.folder.state, clock: node.consortium.clock.clock)
        let plan = try #require(try await archive.plan(keepYears: 5))
        #expect(plan.first == 0 && plan.start.count == 2, "the third line is old, too, but nobody has signed it")

        let file = try node.folder.state.file("archive.jsonl")
        let digest = try await archive.put(plan, into: file, by: Operator(uid: 7, name: nil))
        let written = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map(String.init)
        #expect(written == Array(before.prefix(2)))
        #expect(Digest256(of: Array(try Data(contentsOf: URL(fileURLWithPath: file)))) == digest)

        let report = try await AuditReport(state: node.folder.state)
        #expect(report.entries().map(\.action) == ["a.2", "today", "log.archived"])
        #expect(report.entries().last?.content == digest && report.entries().last?.actor == "person:uid-7")
        #expect(try report.verify().count == 5)
        #expect(try await spool.verifyAudit().count == 5)
        #expect(try AuditComparison(written + report.lines).count == 5)

        let points = try report.signedPoints()
        #expect(try AuditComparison.start(of: report.lines, vouchedFor: points) == plan.start)
        #expect(throws: FederationError.self) {
            try AuditComparison.start(of: Array(report.lines.dropFirst()), vouchedFor: points)
        }
        await #expect(throws: NodeError.self, "an archive is never written over") {
            try await archive.put(plan, into: file, by: Operator(uid: 7, name: nil))
        }
        #expect(try await archive.plan(keepYears: 5) == nil)
    }

    @Test func `Lines above the beginning cannot be removed, and a broken log is not put away`() async throws {
        let (node, spool) = try await oldLog()
        let archive = AuditArchive(state: try node.folder.state, clock: node.consortium.clock.clock)
        let plan = try #require(try await archive.plan(keepYears: 5))
        _ = try await archive.put(plan, into: try node.folder.state.file("a.jsonl"), by: Operator(uid: 7, name: nil))
        await #expect(throws: NodeError.self) {
            try await spool.write { database, _ in try database.execute(sql: "DELETE FROM audit WHERE sequence = 2") }
        }
        try await spool.write { database, _ in
            try database.execute(sql: "DROP TRIGGER audit_is_append_only_1; UPDATE audit SET line = replace(line, 'a.2', 'a.9')")
        }
        await #expect(throws: NodeError.self) { try await archive.plan(keepYears: 5) }
    }

    @Test(arguments: [
        ("2026-11-28T10:00:00Z", 5, "2021-11-28T10:00:00Z"), ("2028-02-29T00:00:00Z", 3, "2025-02-28T00:00:00Z"),
        ("2028-02-29T00:00:00Z", 4, "2024-02-29T00:00:00Z"),
    ])
    func `Years are counted by the calendar`(now: String, years: Int, cutoff: String) throws {
        #expect(AuditArchive.cutoff(before: try #require(Timestamp(now)), years: years) == Timestamp(cutoff))
    }
}

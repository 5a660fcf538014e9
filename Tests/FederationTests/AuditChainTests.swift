import CanonicalJSON
import Federation
import Testing

@Suite struct AuditChainTests {
    let lines: [String]
    let head: Digest256

    init() throws {
        let file = try ProtocolVectors.load("audit-chain.json")
        lines = try file.required("lines").array().map { try $0.string() }
        head = try file.required("head").decode(Digest256.self)
    }

    @Test func theVectorsChainHolds() throws {
        let chain = try AuditChain.verify(lines)
        #expect(chain.count == 3)
        #expect(chain.head == head)
    }

    @Test func appendingGivesTheVectorsLines() throws {
        var chain = AuditChain()
        let first = chain.append(
            at: try #require(Timestamp("2026-11-22T00:00:00Z")), actor: "system", action: "node.start", object: "KR-H-0017")
        #expect(first.line == lines[0])
    }

    @Test func everyChangedByteIsLocated() throws {
        for index in lines.indices {
            for offset in 0..<lines[index].utf8.count {
                var bytes = Array(lines[index].utf8)
                bytes[offset] ^= 1
                var changed = lines
                changed[index] = String(decoding: bytes, as: UTF8.self)
                let error = #expect(throws: FederationError.self) { try verifyWithHead(changed) }
                #expect(error?.code == .chainBroken)
            }
        }
    }

    @Test func reorderedAndMissingLinesAreFound() {
        #expect(throws: FederationError.self) { try AuditChain.verify([lines[1], lines[0], lines[2]]) }
        #expect(throws: FederationError.self) { try AuditChain.verify([lines[0], lines[2]]) }
        #expect(throws: FederationError.self) { try AuditChain.verify([lines[1], lines[2]]) }
    }

    @Test func aCutOffEndShowsAgainstAHeadThatSomebodyKept() throws {
        let cut = try AuditChain.verify(lines.dropLast())
        #expect(cut.head != head)
    }

    /// The last line has no follower: its change shows in the head.
    private func verifyWithHead(_ lines: [String]) throws {
        let chain = try AuditChain.verify(lines)
        if chain.head != head { throw FederationError(.chainBroken, "The head differs.") }
    }
}

import Testing

@testable import OMOPStore

/// COPY's text format, by the examples of PostgreSQL's manual.
@Suite struct CopyLineTests {
    private func split(_ line: String, _ room: Int = 8) -> [String?] {
        var bytes = Array(line.utf8)
        let fields = UnsafeMutableBufferPointer<UnsafeBufferPointer<UInt8>?>.allocate(capacity: room)
        fields.initialize(repeating: nil)
        defer { fields.deallocate() }
        return bytes.withUnsafeMutableBytes { bytes in
            let count = CopyLine.split(bytes, into: fields)
            return (0..<min(count, room)).map { index in fields[index].map { String(decoding: $0, as: UTF8.self) } }
                + [String?](repeating: "more", count: max(0, count - room))
        }
    }

    @Test(
        arguments: [
            ("a\tb\n", ["a", "b"]), ("\n", [""]), ("\\N\t\\N\n", [nil, nil]), ("\\\\N\n", ["\\N"]),
            ("a\\tb\\\\\\n\n", ["a\tb\\\n"]),
            ("\t\t", ["", "", ""]), ("x\\", ["x\\"]), ("\\b\\f\\r\\v", ["\u{8}\u{c}\r\u{b}"]), ("ab\\N", ["ab"]), ("\\q", ["q"]),
        ] as [(String, [String?])])
    func `Lines are divided and escapes undone`(line: String, fields: [String?]) {
        #expect(split(line) == fields)
    }

    @Test func `More fields than asked for are counted, not stored`() {
        #expect(split("1\t2\t3\n", 2) == ["1", "2", "more"])
    }
}

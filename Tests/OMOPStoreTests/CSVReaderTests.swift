import Foundation
import Testing

@testable import OMOPStore

@Suite struct CSVReaderTests {
    private func records(_ text: String, format: CSVFormat? = nil) throws -> [[String]] {
        try records(Array(text.utf8), format: format).map(\.fields)
    }

    private func records(
        _ bytes: [UInt8], format: CSVFormat? = nil
    ) throws -> [(fields: [String], line: Int, fault: CSVRecordParser.Fault?)] {
        let path = try TemporaryFolders.make().appendingPathComponent("file.csv").path
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let reader = try CSVReader(path: path, format: format)
        var records: [(fields: [String], line: Int, fault: CSVRecordParser.Fault?)] = []
        while try reader.next() { records.append((reader.texts, reader.line, reader.fault)) }
        return records
    }

    @Test(arguments: [
        ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
        ("a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]),
        ("a,b\n1,2", [["a", "b"], ["1", "2"]]),
        ("a,b\n\n\r\n1,\n", [["a", "b"], ["1", ""]]),
        ("a,b\n\"1,5\",\"say \"\"hi\"\"\"\n", [["a", "b"], ["1,5", "say \"hi\""]]),
        ("a,b\n\"line\nbreak\",2\n", [["a", "b"], ["line\nbreak", "2"]]),
        ("a,b\n5\" tube,2\n", [["a", "b"], ["5\" tube", "2"]]),
        ("a;b\n1,5;2\n", [["a", "b"], ["1,5", "2"]]),
        ("a|b\n1|2\n", [["a", "b"], ["1", "2"]]),
        ("a,b\n\"\",\"\"\n", [["a", "b"], ["", ""]]),
        ("a\n1\n", [["a"], ["1"]]),
        ("a,b\n,\n", [["a", "b"], ["", ""]]),
        ("", []), ("\n\n", []),
    ])
    func `Commas are read as RFC 4180 says`(text: String, expected: [[String]]) throws {
        #expect(try records(text) == expected)
    }

    @Test func `Tabs are read as Athena writes: quotes are ordinary characters`() throws {
        let read = try records("a\tb\n\"5\" tube\t\"x\n\t\n1\t\"\"\r\n")
        #expect(read == [["a", "b"], ["\"5\" tube", "\"x"], ["", ""], ["1", "\"\""]])
    }

    @Test func `A byte order mark is no part of the first name`() throws {
        #expect(try records([0xef, 0xbb, 0xbf] + Array("a,b\n1,2\n".utf8)).map(\.fields) == [["a", "b"], ["1", "2"]])
    }

    @Test func `Every record knows the line it begins on`() throws {
        let read = try records(Array("a,b\n\"x\ny\",2\n\n3,4\n".utf8))
        #expect(read.map(\.line) == [1, 2, 5])
    }

    @Test func `Text after a closing quote is a fault of that record alone`() throws {
        let read = try records(Array("a,b\n\"x\"y,2\n3,4\n".utf8))
        #expect(read.map(\.fault) == [nil, .textAfterQuote, nil])
        #expect(read.last?.fields == ["3", "4"])
    }

    @Test func `A quote that is never closed stops the reading and is located`() throws {
        let error = #expect(throws: OMOPStoreError.self) { try records("a,b\n1,2\n\"3,4\n5,6\n") }
        #expect(error?.message.contains("line 3") == true)
    }

    @Test func `UTF-16 is refused with the way out`() throws {
        let error = #expect(throws: OMOPStoreError.self) { try records([0xff, 0xfe, 0x61, 0x00]) }
        #expect(error?.advice.contains("iconv") == true)
    }

    /// Random tables written by a writer that quotes whatever it must, read back, with records across chunk borders.
    @Test func `What a writer writes is read back, however long`() throws {
        var random = SystemRandomNumberGenerator()
        let pieces = ["", "a", "감기", ",", "\"", "\n", "\r\n", "\"\"", " ", "x,y", String(repeating: "z", count: 3000)]
        var rows: [[String]] = [["one", "two", "three"]]
        for _ in 0..<1500 {
            rows.append(
                (0..<3).map { _ in
                    (0..<Int.random(in: 0...4, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
                })
        }
        let text = rows.map { row in
            row.map { "\"" + $0.replacingOccurrences(of: "\"", with: "\"\"") + "\"" }.joined(separator: ",")
        }.joined(separator: "\r\n")
        #expect(text.utf8.count > 2 << 20)
        #expect(try records(text) == rows)
    }
}

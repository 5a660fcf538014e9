@testable import EventIndex
import Foundation
@testable import OMOPStore

extension Decoder {
    /// What stores hold.
    static let stores: [Decoder] = [
        Decoder("date text") {
            ["2026-11-22", "2026/1/2", "20261122", "2026-11-22T08:30:00.5+09:00"].map { Array($0.utf8) }
        } read: { bytes in
            bytes.withUnsafeBufferPointer { bytes in
                let read = DateText(bytes)
                if let day = DateText.plainDay(bytes), read?.day != day { fatalError("date text: two days of one text") }
                if let minute = DateText.plainMinute(bytes), let read, let written = read.minuteOfDay {
                    if minute != Int64(read.day) * 1_440 + Int64(written) { fatalError("date text: two minutes of one text") }
                }
            }
        },
        Decoder("COPY line") {
            ["1\t2026-11-22\t\\N\ta\\tb\n", "\\\\N\t-5\t1e5\t \n"].map { Array($0.utf8) }
        } read: { bytes in
            readServerRow(bytes)
        },
        Decoder("CSV file") {
            ["person_id,year_of_birth\n1,1990\n2,\"19\"\"91\"\n", "a\tb\r\nc\td\n", "\u{FEFF}x;y\n1;2"].map { Array($0.utf8) }
        } read: { bytes in
            ScratchFile.with(bytes) { path in
                guard let reader = try? CSVReader(path: path) else { return }
                while (try? reader.next()) == true { for field in 0..<min(reader.count, 50) { _ = reader.text(field) } }
            }
        },
        Decoder("changed persons") {
            [Array("1\n# note\n\nvocabulary\n-5\n".utf8)]
        } read: { bytes in
            ScratchFile.with(bytes) { _ = try? IndexDelta.read($0) }
        },
        Decoder("event index", isSlow: true) {
            [try SmallIndex.bytes.get()]
        } read: { bytes in
            ScratchFile.with(SmallIndex.resealed(bytes)) { path in
                guard let index = try? EventIndex.open(path, checksums: false) else { return }
                SmallIndex.readEverything(index)
            }
        },
    ]

    /// Reads every field as every type, as the cursor of a database server does.
    private static func readServerRow(_ bytes: [UInt8]) {
        var bytes = bytes
        let fields = UnsafeMutableBufferPointer<UnsafeBufferPointer<UInt8>?>.allocate(capacity: 8)
        fields.initialize(repeating: nil)
        defer { fields.deallocate() }
        bytes.withUnsafeMutableBytes { bytes in
            let count = min(8, CopyLine.split(bytes, into: fields))
            let columns = CDMTable.measurement.columns.prefix(8)
            let rows = OneRow(values: (0..<columns.count).map { $0 < count ? fields[$0].map(ServerValue.text) ?? .null : .null })
            let cursor = ServerCursor(
                rows, columns: Array(columns), numbers: columns.map { _ in DateNumber(storage: .epochSeconds) }, orderColumn: nil)
            guard (try? cursor.next()) == true else { return }
            for column in columns.indices {
                _ = cursor.int64(column)
                _ = cursor.double(column)
                _ = cursor.text(column)
                _ = cursor.day(column)
                _ = cursor.minute(column)
            }
        }
    }

    private final class OneRow: ServerRows {
        private let values: [ServerValue]
        private var isRead = false
        init(values: [ServerValue]) { self.values = values }
        func next() throws(OMOPStoreError) -> Bool {
            defer { isRead = true }
            return !isRead
        }
        func value(_ column: Int) -> ServerValue { values[column] }
    }
}

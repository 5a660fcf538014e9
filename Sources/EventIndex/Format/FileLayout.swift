// The index file, from its first byte to its last. All numbers are little-endian.
//
//   header     128 bytes: magic, versions, sizes, where the list of segments is, a checksum of the header
//   segments   one after another, each on a 64-byte boundary
//   list       48 bytes for each segment (`SegmentEntry`), in the order of their keys
//
// A segment is known by (kind, column, block). Kinds 0...15 are the event tables (one segment for each table, column and
// block; see `PostingColumn` and `EventColumn` for the columns), the others are `SegmentKind`. Columns of values are
// coded as `ColumnCoding` says. Nothing in the file depends on when or on which machine it was written: the same rows
// make the same bytes.

/// The fixed numbers of the layout.
enum FileLayout {
    /// "DUREIDX" and a line feed.
    static let magic: UInt64 = 0x0A58_4449_4552_5544
    static let version: UInt32 = 2
    static let headerSize = 128
    static let entrySize = 48
    static let alignment = 64
    /// Zero bytes after the last segment, so that reading eight bytes at any value stays in the file.
    static let blockSize = 65_536
    static let bitmapBytes = blockSize / 8
    /// Values in a frame of a framed column.
    static let frame = 256
}

/// The kinds of segment beside the event tables.
enum SegmentKind {
    /// The persons' attributes; the column is a `PersonColumn`.
    static let persons: UInt16 = 64
    /// The concepts of an event table; the column is the table's number. One for the whole index (block 0).
    static let concepts: UInt16 = 65
    /// Pairs of source and standard concept in an event table; the column is the table's number (block 0).
    static let sourcePairs: UInt16 = 66
    /// The vocabulary; the column is a `VocabularyPart` (block 0).
    static let vocabulary: UInt16 = 67
    /// Names and values (block 0).
    static let metadata: UInt16 = 68
    /// The totals of an event table; the column is the table's number (block 0).
    static let totals: UInt16 = 69
}

/// The columns of an event table that are not `EventColumn`s.
enum PostingColumn {
    /// u32 offsets: rows of the concept with local code c are `directory[c] ..< directory[c + 1]`.
    static let directory: UInt16 = 0
    /// u16: ordinal within the block.
    static let person: UInt16 = 1
    /// u16: days since 1900-01-01; 0xFFFF where the day is outside, see `escapes`.
    static let start: UInt16 = 2
    /// Rows whose start does not fit: u32 row, i32 days since 1970-01-01; ascending by row.
    static let escapes: UInt16 = 3
    /// Bitmaps of persons: u32 count, u32 codes ascending, padding to 64 bytes, 8 KB for each code.
    static let bitmaps: UInt16 = 4
    /// Days from start to end.
    static let end: UInt16 = 5
    static let id: UInt16 = 6
    static let visit: UInt16 = 7
    /// One bit a row (u64 words, the lowest bit first): whether the row's start lies in an observation period of its person.
    /// Left out where all rows of the block do.
    static let observed: UInt16 = 8
}

/// The columns of the persons.
enum PersonColumn {
    static let hasRow: UInt16 = 0
    static let yearOfBirth: UInt16 = 1
    static let monthOfBirth: UInt16 = 2
    static let dayOfBirth: UInt16 = 3
    static let gender: UInt16 = 4
    static let race: UInt16 = 5
    static let ethnicity: UInt16 = 6
    static let genderSource: UInt16 = 7
    static let raceSource: UInt16 = 8
    static let ethnicitySource: UInt16 = 9
}

/// The parts of the vocabulary.
enum VocabularyPart {
    /// i32 ids, ascending.
    static let ids: UInt16 = 0
    /// u8 for each id: 1 invalid, 2 standard, 4 classification.
    static let flags: UInt16 = 1
    /// u8 for each id: which domain.
    static let domainCodes: UInt16 = 2
    /// The domains' names, length-prefixed.
    static let domains: UInt16 = 3
    /// Lists of concepts by concept (`ListsCoding`).
    static let descendants: UInt16 = 4
    static let ancestors: UInt16 = 5
    static let mappedSources: UInt16 = 6
    static let mappedTargets: UInt16 = 7
}

/// The days that the hot column holds.
@usableFromInline
enum HotDay {
    /// 1900-01-01 as days since 1970-01-01.
    @usableFromInline static var origin: Int32 { -25_567 }
    /// Stands for a day that the column cannot hold.
    @usableFromInline static var escape: UInt16 { 0xFFFF }

    /// The code of a day, `escape` if it is before 1900-01-01 or after 2079-06-04.
    @inlinable static func code(_ day: Int32) -> UInt16 {
        let shifted = Int64(day) - Int64(origin)
        return shifted >= 0 && shifted < Int64(escape) ? UInt16(truncatingIfNeeded: shifted) : escape
    }
}

/// Where a segment is.
struct SegmentEntry: Sendable {
    var kind: UInt16
    var column: UInt16
    var block: UInt32
    var offset: UInt64
    var length: UInt64
    /// Rows, entries or whatever the segment counts.
    var rows: UInt64
    var checksum: UInt64

    /// The order of the list.
    var key: UInt64 { UInt64(kind) << 48 | UInt64(column) << 32 | UInt64(block) }
}

extension SegmentEntry {
    /// What the segment holds, for people.
    var name: String {
        guard let table = EventTable.allCases.first(where: { UInt16($0.number) == kind }) else {
            switch kind {
            case SegmentKind.persons: return "persons"
            case SegmentKind.concepts: return "concepts"
            case SegmentKind.sourcePairs: return "source-concepts"
            case SegmentKind.vocabulary: return "vocabulary"
            default: return "other"
            }
        }
        let postings = ["directory", "person", "start", "escapes", "bitmaps", "end", "id", "visit", "observed"]
        if Int(column) < postings.count { return "\(table.rawValue).\(postings[Int(column)])" }
        return "\(table.rawValue).\(UInt8(exactly: column).flatMap(EventColumn.init).map { "\($0)" } ?? "unknown")"
    }
}

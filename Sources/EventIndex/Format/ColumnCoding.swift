// How a column of values is coded.
//
//   offset 0   u8  coding          1   u8 width (packed)     2   u8 nullable (packed)    3   u8 decimals (scaled)
//   offset 4   u32 count           8   i64 base              16  u64 first part           24  u64 second part
//   offset 32  the parts
//
// `packed`    value = base + code, `width` bits each from offset 32; nullable: code 0 is NULL, value = base + code - 1
// `framed`    frames of 256 values: 12 bytes each (u32 offset of its bits, u64 = width << 57 | nullable << 56 | delta),
//             `count` frames from offset 32, the bits from `first part`; value = base + delta + code (- 1 if nullable)
// `listed`    `count` i64 values, ascending, from offset 32; a column of places in that list at `first part`
// `relative`  a column of `count` values, one for each person, at offset 32 and a column of differences at `first part`:
//             value = the person's value + the difference
// `scaled`    a column of whole numbers at offset 32, value = whole / 10^decimals; at `first part` `count` exceptions:
//             u32 rows, then (on an 8-byte boundary) f64 values
// `raw`       f64 values from offset 32; NaN is NULL
// `texts`     `count` texts from offset 32: u32 offsets (count + 1), UTF-8 bytes; a column of places at `first part`
// `nulls`     nothing: every value is NULL
//
// Widths are 0...56 or 64. Every column ends with eight zero bytes, so that the last value can be loaded as a word.

/// The codings. Raw values are the file's.
enum ColumnCoding: UInt8 {
    case nulls = 0
    case packed = 1
    case framed = 2
    case listed = 3
    case relative = 4
    case scaled = 5
    case raw = 6
    case texts = 7

    static let headerSize = 32
    static let frameEntrySize = 12
}

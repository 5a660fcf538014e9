/// Appends numbers and texts to bytes: integers as LEB128, texts with their length first.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func integer(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func integer(_ number: Int) { integer(UInt64(number)) }

    mutating func raw(_ more: [UInt8]) {
        integer(more.count)
        bytes += more
    }

    mutating func text(_ text: String) { raw(Array(text.utf8)) }

    mutating func texts(_ lists: [[String]]) {
        integer(lists.count)
        for list in lists {
            integer(list.count)
            for text in list { self.text(text) }
        }
    }

    /// Ascending numbers by their steps.
    mutating func ascending(_ numbers: [UInt32]) {
        integer(numbers.count)
        var last: UInt32 = 0
        for number in numbers {
            integer(UInt64(number - last))
            last = number
        }
    }

    mutating func optional(_ text: String?) {
        integer(text == nil ? 0 : 1)
        if let text { self.text(text) }
    }

    mutating func fixed(_ word: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }
}

/// Reads what `ByteWriter` wrote; everything that does not fit is an error and never a trap.
struct ByteReader {
    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { place == bytes.count }

    static func damaged(_ what: String) -> DisclosureError {
        DisclosureError(
            .badLedger, "the stored ledger cannot be read: \(what)",
            advice:
                "Restore the node's state from its backup. Starting with an empty ledger forgets what was released: let the data steward decide"
        )
    }

    mutating func integer() throws(DisclosureError) -> UInt64 {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 63, by: 7) {
            guard place < bytes.count else { throw Self.damaged("it ends early") }
            let byte = bytes[place]
            place += 1
            number |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return number }
        }
        throw Self.damaged("a number is too long")
    }

    mutating func integer(through largest: Int) throws(DisclosureError) -> Int {
        let number = try integer()
        guard number <= UInt64(largest) else { throw Self.damaged("\(number) is more than \(largest)") }
        return Int(number)
    }

    mutating func raw() throws(DisclosureError) -> [UInt8] {
        let count = try integer(through: bytes.count - place)
        // Reading the length moved the place.
        guard count <= bytes.count - place else { throw Self.damaged("it ends early") }
        defer { place += count }
        return Array(bytes[place..<place + count])
    }

    mutating func text() throws(DisclosureError) -> String { String(decoding: try raw(), as: UTF8.self) }

    mutating func texts() throws(DisclosureError) -> [[String]] {
        var lists: [[String]] = []
        for _ in 0..<(try integer(through: bytes.count)) {
            var list: [String] = []
            for _ in 0..<(try integer(through: bytes.count)) { list.append(try text()) }
            lists.append(list)
        }
        return lists
    }

    /// What `ByteWriter.ascending` wrote: persons below `universe`.
    mutating func ascending(below universe: Int) throws(DisclosureError) -> [UInt32] {
        var numbers: [UInt32] = []
        var number = 0
        for _ in 0..<(try integer(through: universe)) {
            number += try integer(through: universe)
            guard number < universe else { throw Self.damaged("a set holds a person who is not there") }
            numbers.append(UInt32(number))
        }
        return numbers
    }

    mutating func optional() throws(DisclosureError) -> String? { try integer(through: 1) == 1 ? try text() : nil }

    mutating func fixed() throws(DisclosureError) -> UInt64 {
        guard place + 8 <= bytes.count else { throw Self.damaged("it ends early") }
        var word: UInt64 = 0
        for index in 0..<8 { word |= UInt64(bytes[place + index]) << UInt64(8 * index) }
        place += 8
        return word
    }
}

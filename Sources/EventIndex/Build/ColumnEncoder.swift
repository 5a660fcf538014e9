/// Codes whole columns, choosing the smallest of the codings that suit what they hold.
enum ColumnEncoder {
    /// What the values are, which tells what codings are worth trying.
    enum Hint {
        case plain
        /// Few different values: a list of them and places in it.
        case repeating
        /// Ids that follow the persons: the person's lowest id and differences.
        case byPerson(UnsafeBufferPointer<UInt16>)
    }

    /// More different values than this and a list is not tried.
    private static let longestList = 65_536

    /// The column's bytes; `Int64.min` is NULL.
    static func encode(_ values: UnsafeBufferPointer<Int64>, hint: Hint = .plain) -> [UInt8] {
        let leaf = LeafEncoder.encode(values)
        // A column of one value or of narrow codes cannot get smaller.
        guard leaf.count > values.count / 8 + 256 else { return leaf }
        switch hint {
        case .plain: return leaf
        case .repeating:
            guard let listed = listed(values), listed.count < leaf.count else { return leaf }
            return listed
        case .byPerson(let persons):
            let relative = relative(values, persons)
            return relative.count < leaf.count ? relative : leaf
        }
    }

    private static func listed(_ values: UnsafeBufferPointer<Int64>) -> [UInt8]? {
        var table = NumberTable()
        var places = [Int64](repeating: Int64.min, count: values.count)
        for place in values.indices where values[place] != Int64.min {
            places[place] = Int64(table.place(of: values[place]))
            if table.count > longestList { return nil }
        }
        let order = table.values.indices.sorted { table.values[$0] < table.values[$1] }
        var rank = [Int64](repeating: 0, count: order.count)
        for (at, place) in order.enumerated() { rank[place] = Int64(at) }
        for place in places.indices where places[place] != Int64.min { places[place] = rank[Int(places[place])] }
        let inner = places.withUnsafeBufferPointer(LeafEncoder.encode)
        let firstPart = ColumnCoding.headerSize + order.count * 8
        var out = LeafEncoder.header(
            .listed, width: 0, nullable: false, count: order.count, base: 0, firstPart: firstPart, extra: 0)
        out.reserveCapacity(firstPart + inner.count)
        for place in order { out.append(number: table.values[place]) }
        return out + inner
    }

    private static func relative(_ values: UnsafeBufferPointer<Int64>, _ persons: UnsafeBufferPointer<UInt16>) -> [UInt8] {
        let count = Int(persons.max() ?? 0) + 1
        var bases = [Int64](repeating: Int64.min, count: count)
        for place in values.indices where values[place] != Int64.min {
            let person = Int(persons[place])
            if bases[person] == Int64.min || values[place] < bases[person] { bases[person] = values[place] }
        }
        // Persons without a value repeat their neighbour's base: NULLs in between would cost bits.
        var last = bases.first { $0 != Int64.min } ?? 0
        for person in 0..<count {
            if bases[person] == Int64.min { bases[person] = last } else { last = bases[person] }
        }
        let differences = values.indices.map { place in
            values[place] == Int64.min ? Int64.min : values[place] &- bases[Int(persons[place])]
        }
        let outer = bases.withUnsafeBufferPointer(LeafEncoder.encode)
        let inner = differences.withUnsafeBufferPointer(LeafEncoder.encode)
        return LeafEncoder.header(
            .relative, width: 0, nullable: false, count: count, base: 0,
            firstPart: ColumnCoding.headerSize + outer.count, extra: 0) + outer + inner
    }

    // MARK: Numbers

    /// A column of decimal numbers; NaN is NULL.
    static func encode(numbers: UnsafeBufferPointer<Double>) -> [UInt8] {
        if numbers.allSatisfy(\.isNaN) { return LeafEncoder.header(.nulls, width: 0, nullable: false, base: 0, extra: 8) }
        guard let decimals = decimals(numbers) else { return raw(numbers) }
        let power = NumberColumn.powers[decimals]
        var wholes = [Int64](repeating: Int64.min, count: numbers.count)
        var exceptionRows: [UInt32] = []
        var exceptionValues: [UInt64] = []
        for row in numbers.indices where !numbers[row].isNaN {
            if let whole = whole(numbers[row], power) {
                wholes[row] = whole
            } else {
                exceptionRows.append(UInt32(row))
                exceptionValues.append(numbers[row].bitPattern)
            }
        }
        if exceptionRows.count > numbers.count / 16 { return raw(numbers) }
        var inner = wholes.withUnsafeBufferPointer(LeafEncoder.encode)
        inner.pad(to: 8)
        var out = LeafEncoder.header(
            .scaled, width: 0, nullable: false, count: exceptionRows.count, base: 0,
            firstPart: ColumnCoding.headerSize + inner.count, decimals: decimals, extra: 0)
        out += inner
        for row in exceptionRows { out.append(number: row) }
        out.pad(to: 8)
        for value in exceptionValues { out.append(number: value) }
        out.append(number: UInt64(0))
        return out
    }

    /// The fewest decimals with which nearly all values of a sample are exact.
    private static func decimals(_ numbers: UnsafeBufferPointer<Double>) -> Int? {
        let step = max(1, numbers.count / 4_096)
        for decimals in NumberColumn.powers.indices {
            var seen = 0
            var wrong = 0
            for row in stride(from: 0, to: numbers.count, by: step) where !numbers[row].isNaN {
                seen += 1
                if whole(numbers[row], NumberColumn.powers[decimals]) == nil { wrong += 1 }
            }
            if wrong * 50 <= seen { return decimals }
        }
        return nil
    }

    /// The whole number that gives exactly `value` when it is divided by `power`; nil if there is none.
    @inline(__always)
    static func whole(_ value: Double, _ power: Double) -> Int64? {
        let scaled = (value * power).rounded()
        guard scaled.magnitude < 9_007_199_254_740_992, scaled / power == value else { return nil }
        return Int64(scaled)
    }

    private static func raw(_ numbers: UnsafeBufferPointer<Double>) -> [UInt8] {
        var out = LeafEncoder.header(.raw, width: 0, nullable: false, base: 0, extra: 0)
        out.reserveCapacity(ColumnCoding.headerSize + numbers.count * 8 + 8)
        for number in numbers { out.append(number: number.isNaN ? Double.nan.bitPattern : number.bitPattern) }
        out.append(number: UInt64(0))
        return out
    }

    // MARK: Texts

    /// A column of texts: `codes` are places in `texts` (in any order), `Int64.min` is NULL.
    static func encode(codes: UnsafeBufferPointer<Int64>, texts: [String]) -> [UInt8] {
        if texts.isEmpty { return LeafEncoder.header(.nulls, width: 0, nullable: false, base: 0, extra: 8) }
        let order = texts.indices.sorted { texts[$0].utf8.lexicographicallyPrecedes(texts[$1].utf8) }
        var rank = [Int64](repeating: 0, count: order.count)
        for (at, place) in order.enumerated() { rank[place] = Int64(at) }
        let places = codes.map { $0 == Int64.min ? Int64.min : rank[Int($0)] }
        let inner = places.withUnsafeBufferPointer(LeafEncoder.encode)
        var body: [UInt8] = []
        var offset: UInt32 = 0
        body.append(number: offset)
        for place in order {
            offset += UInt32(texts[place].utf8.count)
            body.append(number: offset)
        }
        for place in order { body += Array(texts[place].utf8) }
        body.pad(to: 8)
        return LeafEncoder.header(
            .texts, width: 0, nullable: false, count: texts.count, base: 0,
            firstPart: ColumnCoding.headerSize + body.count, extra: 0) + body + inner
    }
}

// Vectors over the persons of one block. Each has room for all 65,536 ordinals that a `UInt16` can name, so that an ordinal
// read from the file, whatever it is, stays inside: that is what lets the loops over postings go without checks.
//
// They are working memory of one thread, made once a question and used again for each block.

/// One day code for each person of a block; `HotDay.escape` (0xFFFF) stands for none.
public final class DayVector {
    /// The first of 65,536 codes.
    @usableFromInline let days: UnsafeMutablePointer<UInt16>

    /// No day for anybody.
    public init() {
        days = .allocate(capacity: FileLayout.blockSize)
        clear()
    }

    deinit { days.deallocate() }

    /// No day for anybody.
    public func clear() { days.initialize(repeating: HotDay.escape, count: FileLayout.blockSize) }

    /// The day of a person, as days since 1970-01-01; nil for none.
    @inlinable
    public func day(of person: Int) -> Int32? {
        let code = days[person & 0xFFFF]
        return code == HotDay.escape ? nil : Int32(code) + HotDay.origin
    }

    /// Takes a day if it is earlier than the person's.
    @inlinable
    public func lower(_ person: Int, to day: Int32) {
        let code = HotDay.code(day)
        if code < days[person & 0xFFFF] { days[person & 0xFFFF] = code }
    }

    /// Forgets the day of a person.
    public func remove(_ person: Int) { days[person & 0xFFFF] = HotDay.escape }
}

/// From which day to which day something counts, for each person of a block; for some of them from one day to another twice.
public final class WindowVector {
    /// The lower half is the first day's code, the upper half the last day's.
    @usableFromInline let windows: UnsafeMutablePointer<UInt32>
    /// A later window of the same person; without values unless `hasSeconds`.
    @usableFromInline let seconds: UnsafeMutablePointer<UInt32>
    /// Whether anybody has a second window.
    @usableFromInline var hasSeconds = false

    /// A window that no day lies in.
    @usableFromInline static var empty: UInt32 { 0xFFFF_FFFF }
    /// Says that the person's days must be looked at one by one; no day lies in it.
    @usableFromInline static var puzzling: UInt32 { 0x0000_FFFF }

    /// Empty windows.
    public init() {
        windows = .allocate(capacity: FileLayout.blockSize)
        seconds = .allocate(capacity: FileLayout.blockSize)
        windows.initialize(repeating: Self.empty, count: FileLayout.blockSize)
    }

    deinit {
        windows.deallocate()
        seconds.deallocate()
    }

    /// Empty windows for everybody.
    public func clear() {
        windows.initialize(repeating: Self.empty, count: FileLayout.blockSize)
        hasSeconds = false
    }

    /// Sets a person's window, in days since 1970-01-01; an empty one if the last day is before the first.
    @inlinable
    public func set(_ person: Int, from first: Int, through last: Int) {
        windows[person & 0xFFFF] = Self.window(from: first, through: last)
    }

    /// Sets a person's second window.
    public func setSecond(_ person: Int, from first: Int, through last: Int) {
        if !hasSeconds {
            seconds.initialize(repeating: Self.empty, count: FileLayout.blockSize)
            hasSeconds = true
        }
        seconds[person & 0xFFFF] = Self.window(from: first, through: last)
    }

    /// Forgets the second windows.
    public func dropSeconds() { hasSeconds = false }

    /// Says that the person's rows must be looked at one by one.
    @inlinable
    public func setPuzzling(_ person: Int) { windows[person & 0xFFFF] = Self.puzzling }

    /// Whether a day lies in a person's window, or in the second one.
    public func contains(_ person: Int, _ day: Int32) -> Bool {
        let code = UInt32(HotDay.code(day))
        if code == UInt32(HotDay.escape) { return false }
        return Self.contains(windows[person & 0xFFFF], code) || (hasSeconds && Self.contains(seconds[person & 0xFFFF], code))
    }

    @inlinable
    static func contains(_ window: UInt32, _ code: UInt32) -> Bool { code >= window & 0xFFFF && code <= window >> 16 }

    /// 1 if a day lies in a window, else 0.
    @inline(__always)
    static func holds(_ window: UInt32, _ code: UInt32) -> UInt64 {
        (code >= window & 0xFFFF ? 1 : 0) & (code <= window >> 16 ? 1 : 0)
    }

    @inlinable
    static func window(from first: Int, through last: Int) -> UInt32 {
        let lower = max(0, first - Int(HotDay.origin))
        let upper = min(Int(HotDay.escape) - 1, last - Int(HotDay.origin))
        return lower <= upper ? UInt32(lower) | UInt32(upper) << 16 : empty
    }
}

/// A set of persons of a block.
public final class PersonBits {
    /// Words in a block.
    @inlinable public static var wordCount: Int { 1_024 }
    /// The first of 1,024 words.
    @usableFromInline let words: UnsafeMutablePointer<UInt64>

    /// Nobody.
    public init() {
        words = .allocate(capacity: Self.wordCount)
        clear()
    }

    deinit { words.deallocate() }

    /// Nobody.
    public func clear() { words.initialize(repeating: 0, count: Self.wordCount) }

    /// 64 persons, the lowest bit first.
    @inlinable
    public subscript(word: Int) -> UInt64 {
        get { words[word & (Self.wordCount - 1)] }
        set { words[word & (Self.wordCount - 1)] = newValue }
    }

    /// Adds a person.
    @inlinable
    public func insert(_ person: Int) { words[(person & 0xFFFF) >> 6] |= 1 << UInt64(person & 63) }

    /// Takes a person out.
    @inlinable
    public func remove(_ person: Int) { words[(person & 0xFFFF) >> 6] &= ~(1 << UInt64(person & 63)) }

    /// Whether a person is in the set.
    @inlinable
    public func contains(_ person: Int) -> Bool { words[(person & 0xFFFF) >> 6] >> UInt64(person & 63) & 1 == 1 }

    /// The same persons as another set.
    public func copy(_ other: PersonBits) { words.update(from: other.words, count: Self.wordCount) }
    /// Only who is in the other set too.
    public func intersect(_ other: PersonBits) { for word in 0..<Self.wordCount { words[word] &= other.words[word] } }
    /// Whoever is in the other set too.
    public func unite(_ other: PersonBits) { for word in 0..<Self.wordCount { words[word] |= other.words[word] } }
    /// Without who is in the other set.
    public func subtract(_ other: PersonBits) { for word in 0..<Self.wordCount { words[word] &= ~other.words[word] } }

    /// How many persons there are.
    public var count: Int {
        var sum = 0
        for word in 0..<Self.wordCount { sum &+= words[word].nonzeroBitCount }
        return sum
    }

    /// Whether there is nobody.
    public var isEmpty: Bool {
        for word in 0..<Self.wordCount where words[word] != 0 { return false }
        return true
    }

    /// Who has a day.
    public func fill(from days: DayVector) {
        for word in 0..<Self.wordCount {
            var bits: UInt64 = 0
            for bit in 0..<64 { bits |= (days.days[word << 6 | bit] == HotDay.escape ? 0 : 1) << UInt64(bit) }
            words[word] = bits
        }
    }

    /// Each person of the set, ascending.
    @inlinable
    public func forEach(_ body: (Int) -> Void) {
        for word in 0..<Self.wordCount {
            var bits = words[word]
            while bits != 0 {
                body(word << 6 | bits.trailingZeroBitCount)
                bits &= bits &- 1
            }
        }
    }
}

/// A small count for each person of a block; stops at 255.
public final class PersonCounters {
    @usableFromInline let counts: UnsafeMutablePointer<UInt8>

    /// Zero for everybody.
    public init() {
        counts = .allocate(capacity: FileLayout.blockSize)
        clear()
    }

    deinit { counts.deallocate() }

    /// Zero for everybody.
    public func clear() { counts.initialize(repeating: 0, count: FileLayout.blockSize) }

    /// The count of a person.
    @inlinable
    public subscript(person: Int) -> UInt8 { counts[person & 0xFFFF] }
}

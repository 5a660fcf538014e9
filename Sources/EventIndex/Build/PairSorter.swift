#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Sorts pairs of concepts, of which a vocabulary has tens of millions, in bounded memory: full runs go sorted to a
/// temporary file that has no name, and are merged at the end.
final class PairSorter {
    private let runLength: Int
    private var run: [UInt64] = []
    private var runs: [Range<Int>] = []
    private var file: UnsafeMutablePointer<FILE>?

    init(runLength: Int = 8 << 20) { self.runLength = runLength }

    deinit { if let file { fclose(file) } }

    func add(_ first: Int32, _ second: Int32) throws(EventIndexError) {
        run.append(Self.key(first) << 32 | Self.key(second))
        if run.count == runLength { try spill() }
    }

    private static func key(_ concept: Int32) -> UInt64 { UInt64(UInt32(bitPattern: concept) ^ 0x8000_0000) }
    private static func concept(_ key: UInt64) -> Int32 { Int32(bitPattern: UInt32(truncatingIfNeeded: key) ^ 0x8000_0000) }

    private func spill() throws(EventIndexError) {
        run.sort()
        if file == nil { file = tmpfile() }
        guard let file else { throw Self.failed }
        let done = run.withUnsafeBytes { fwrite($0.baseAddress, 8, run.count, file) }
        guard done == run.count else { throw Self.failed }
        let from = runs.last?.upperBound ?? 0
        runs.append(from..<from + run.count)
        run.removeAll(keepingCapacity: true)
    }

    private static var failed: EventIndexError {
        EventIndexError(
            .unwritable, "Could not write a temporary file: \(String(cString: strerror(errno)))",
            advice: "Free space in the folder for temporary files, then build again.")
    }

    /// Every pair in order.
    func forEach(_ body: (Int32, Int32) -> Void) throws(EventIndexError) {
        run.sort()
        var heads = [RunReader(memory: run)]
        for range in runs { heads.append(RunReader(file: file, range: range)) }
        while true {
            var lowest: Int?
            for place in heads.indices {
                guard let value = heads[place].head else { continue }
                if let best = lowest, let other = heads[best].head, other <= value { continue }
                lowest = place
            }
            guard let place = lowest, let value = heads[place].head else { return }
            body(Self.concept(value >> 32), Self.concept(value & 0xFFFF_FFFF))
            guard heads[place].advance() else { throw Self.failed }
        }
    }

    /// Reads one sorted run, a piece at a time.
    private struct RunReader {
        private let file: UnsafeMutablePointer<FILE>?
        private var rest: Range<Int>
        private var piece: [UInt64]
        private var at = 0

        init(memory: [UInt64]) {
            file = nil
            rest = 0..<0
            piece = memory
        }

        init(file: UnsafeMutablePointer<FILE>?, range: Range<Int>) {
            self.file = file
            rest = range
            piece = []
            _ = fill()
        }

        var head: UInt64? { at < piece.count ? piece[at] : nil }

        mutating func advance() -> Bool {
            at += 1
            return at < piece.count || rest.isEmpty || fill()
        }

        private mutating func fill() -> Bool {
            guard let file, !rest.isEmpty else { return true }
            let count = min(rest.count, 1 << 16)
            piece = [UInt64](repeating: 0, count: count)
            at = 0
            guard fseek(file, rest.lowerBound * 8, SEEK_SET) == 0 else { return false }
            let got = piece.withUnsafeMutableBytes { fread($0.baseAddress, 8, count, file) }
            rest = rest.lowerBound + count..<rest.upperBound
            return got == count
        }
    }
}

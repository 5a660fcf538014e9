import Foundation

/// A CSV file being written, buffered.
final class CSVFile {
    private let file: FileHandle
    private var buffer: [UInt8] = []
    private var isFirst = true

    init(_ path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil), let file = FileHandle(forWritingAtPath: path) else {
            throw BenchFailure("\(path) cannot be written")
        }
        self.file = file
        buffer.reserveCapacity(1 << 20)
    }

    private func separate() {
        if isFirst { isFirst = false } else { buffer.append(UInt8(ascii: ",")) }
    }

    func field(_ bytes: UnsafeRawBufferPointer) {
        separate()
        buffer.append(contentsOf: bytes)
    }

    func field(_ value: Int) {
        separate()
        append(value)
    }

    func field(tenths value: Int) {
        separate()
        append(value / 10)
        buffer.append(UInt8(ascii: "."))
        append(value % 10)
    }

    /// Digits of a number that is not negative.
    private func append(_ value: Int) {
        var rest = value
        let start = buffer.count
        repeat {
            buffer.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        buffer[start...].reverse()
    }

    func endRow() throws {
        buffer.append(UInt8(ascii: "\n"))
        isFirst = true
        if buffer.count >= 1 << 20 { try flush() }
    }

    func flush() throws {
        try file.write(contentsOf: buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}

/// Text in memory that its owner keeps for as long as statements may point at it.
struct StoredText {
    let start: UnsafePointer<CChar>
    let count: Int32
}

/// Texts that live as long as this object.
final class StoredTexts {
    private var allocated: [UnsafeMutablePointer<CChar>] = []

    deinit {
        for pointer in allocated { pointer.deallocate() }
    }

    /// A copy of `text` to point at.
    func store(_ text: String) -> StoredText {
        let bytes = Array(text.utf8)
        let pointer = UnsafeMutablePointer<CChar>.allocate(capacity: max(1, bytes.count))
        for (offset, byte) in bytes.enumerated() { pointer[offset] = CChar(bitPattern: byte) }
        allocated.append(pointer)
        return StoredText(start: pointer, count: Int32(bytes.count))
    }
}

/// The texts of all days from 1900 to 2039 and of all minutes of a day, made once: a store has tens of millions of them.
final class TimeTexts {
    private static let firstDay = SyntheticCalendar.day(1900, 1, 1)
    private static let lastDay = SyntheticCalendar.day(2039, 12, 31)
    private let days: UnsafeMutablePointer<CChar>
    private let minutes: UnsafeMutablePointer<CChar>

    init() {
        let dayCount = Int(Self.lastDay - Self.firstDay) + 1
        days = .allocate(capacity: dayCount * 10)
        minutes = .allocate(capacity: 1_440 * 9)
        for index in 0..<dayCount {
            for (offset, byte) in SyntheticCalendar.text(Self.firstDay + Int32(index)).utf8.enumerated() {
                days[index * 10 + offset] = CChar(bitPattern: byte)
            }
        }
        for minute in 0..<1_440 {
            let text = " \(Self.twoDigits(minute / 60)):\(Self.twoDigits(minute % 60)):00"
            for (offset, byte) in text.utf8.enumerated() { minutes[minute * 9 + offset] = CChar(bitPattern: byte) }
        }
    }

    deinit {
        days.deallocate()
        minutes.deallocate()
    }

    private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }

    /// The ten characters of a day.
    func day(_ day: Int32) -> UnsafePointer<CChar> {
        UnsafePointer(days + Int(min(max(day, Self.firstDay), Self.lastDay) - Self.firstDay) * 10)
    }

    /// Writes the nineteen characters of a moment.
    func write(_ moment: Int32, to target: UnsafeMutablePointer<CChar>) {
        let date = SyntheticCalendar.day(ofMinute: moment)
        target.update(from: day(date), count: 10)
        (target + 10).update(from: minutes + Int(moment - date * 1_440) * 9, count: 9)
    }
}

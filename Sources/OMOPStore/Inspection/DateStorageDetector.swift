/// Decides how a column stores days, from a sample of its values.
///
/// Numbers are tried as each storage in turn; a storage fits when nearly every value is a plausible day in it. The
/// narrow storages (YYYYMMDD, Julian days, days since 1970) fill ranges that do not overlap and that, read as seconds,
/// would all lie in 1970, so they win over seconds unless the values are whole multiples of a day in seconds.
struct DateStorageDetector {
    /// The days that are plausible for the column, since 1970-01-01.
    var plausible: ClosedRange<Int32>
    /// The column's type: moments may carry times, dates should not.
    var type: CDMType

    /// What was decided, and how sure it is.
    struct Verdict: Sendable, Hashable {
        /// The storage of most values; `.empty` when the sample had none, `.unreadable` when nothing fits.
        var storage: ColumnStorage
        /// How to read numbers in the column.
        var numbers: DateNumber?
        /// Values of the sample that are there.
        var values = 0
        /// Of these, how many cannot be read as a day.
        var unreadable = 0
        /// Of these, how many are days outside the plausible range.
        var implausible = 0
        /// Storages seen beside the main one.
        var others: Set<ColumnStorage> = []
        /// Other storages that would have fitted as well.
        var rivals: [ColumnStorage] = []

        /// Whether another storage would do as well, so that the rest of the store should decide.
        var isAmbiguous: Bool { !rivals.isEmpty }
    }

    /// Decides from `sample`.
    func verdict(_ sample: [StoredValue]) -> Verdict {
        let present = sample.filter { !$0.isAbsent }
        var verdict = Verdict(storage: .empty, values: present.count)
        guard !present.isEmpty else { return verdict }
        var numbers: [Double] = []
        var texts: [ColumnStorage: Int] = [:]
        for value in present {
            if let (day, storage) = Self.textDay(value) {
                texts[storage, default: 0] += 1
                if !plausible.contains(day) { verdict.implausible += 1 }
            } else if let number = value.number {
                numbers.append(number)
            } else {
                verdict.unreadable += 1
            }
        }
        if !numbers.isEmpty { judge(numbers, into: &verdict) }
        settle(texts: texts, numbers: numbers.count, into: &verdict)
        return verdict
    }

    /// The day of a value written as text, and how it is written.
    private static func textDay(_ value: StoredValue) -> (Int32, ColumnStorage)? {
        guard case .text(let text) = value, let read = DateText(text) else { return nil }
        let isCompact = NumberText.trim(text).utf8.prefix(5).allSatisfy { $0 &- UInt8(ascii: "0") < 10 }
        return (read.day, isCompact ? .compactDate : .isoText)
    }

    private static let candidates: [ColumnStorage] = [.compactDate, .julianDay, .epochDays, .epochSeconds, .epochMilliseconds]

    private func judge(_ numbers: [Double], into verdict: inout Verdict) {
        // Columns of last days often hold a far-away day for "still open", so not all values need to be plausible.
        let needed = Double(numbers.count) * 0.6
        var fitting = Self.candidates.filter { storage in
            let reader = DateNumber(storage: storage)
            let fits = numbers.count { reader.day($0).map(plausible.contains) ?? false }
            return Double(fits) >= needed && !isNearZero(numbers, storage)
        }
        fitting = prefer(fitting, numbers)
        guard let storage = fitting.first else {
            verdict.unreadable += numbers.count
            return
        }
        var reader = DateNumber(storage: storage)
        reader.offset = zoneOffset(numbers, storage)
        verdict.numbers = reader
        verdict.rivals = Array(fitting.dropFirst())
        for number in numbers {
            guard let day = reader.day(number) else {
                verdict.unreadable += 1
                continue
            }
            if !plausible.contains(day) { verdict.implausible += 1 }
        }
    }

    /// Whether numbers read as seconds (or milliseconds) would be moments of about 1969 to 1971 that are no whole days: they
    /// are something else (a spreadsheet's day numbers, say), not moments.
    private func isNearZero(_ numbers: [Double], _ storage: ColumnStorage) -> Bool {
        guard storage == .epochSeconds || storage == .epochMilliseconds else { return false }
        let day: Double = storage == .epochSeconds ? 86_400 : 86_400_000
        return numbers.allSatisfy { abs($0) < day * 460 } && numbers.contains { $0.remainder(dividingBy: day) != 0 }
    }

    /// Leaves out what fits only by accident. Two remain only when the values say nothing either way.
    private func prefer(_ fitting: [ColumnStorage], _ numbers: [Double]) -> [ColumnStorage] {
        guard fitting.count > 1 else { return fitting }
        let distinct = Set(numbers)
        if distinct == [0] { return fitting.filter { $0 == .epochDays || $0 == .epochSeconds } }
        let wholeDaysInSeconds = distinct.allSatisfy { $0.remainder(dividingBy: 86_400) == 0 }
        let narrow = fitting.filter { $0 != .epochSeconds && $0 != .epochMilliseconds }
        // Read as seconds, narrow values all lie in a few months of 1970; a real column of seconds spreads wider.
        if !narrow.isEmpty {
            guard wholeDaysInSeconds, fitting.contains(.epochSeconds) else { return Array(narrow.prefix(1)) }
            return distinct.count > 2 ? [.epochSeconds] : [narrow[0], .epochSeconds]
        }
        // Read as milliseconds, seconds of the years 1900 to 2100 all lie within weeks of 1970.
        return [.epochSeconds]
    }

    /// Seconds to add when every value of a date column lies at one same hour that is not midnight: it was midnight
    /// where the store was made (15:00 UTC is midnight in Korea).
    private func zoneOffset(_ numbers: [Double], _ storage: ColumnStorage) -> Double {
        guard type == .date, storage == .epochSeconds || storage == .epochMilliseconds else { return 0 }
        let unit: Double = storage == .epochSeconds ? 1 : 1000
        let hours = Set(
            numbers.map { value in
                let seconds = (value / unit).rounded(.down)
                return seconds - (seconds / 86_400).rounded(.down) * 86_400
            })
        guard hours.count == 1, let hour = hours.first, hour != 0, hour.truncatingRemainder(dividingBy: 900) == 0 else {
            return 0
        }
        // Zones reach from UTC-12 to UTC+14: midnight there is 12:00 down to 00:00, or 10:00 up to 24:00, in UTC.
        return hour >= 36_000 ? 86_400 - hour : -hour
    }

    private func settle(texts: [ColumnStorage: Int], numbers: Int, into verdict: inout Verdict) {
        var counts = texts
        if let reader = verdict.numbers { counts[reader.storage, default: 0] += numbers }
        let ranked = counts.sorted { ($0.value, $1.key.rawValue) > ($1.value, $0.key.rawValue) }
        guard let main = ranked.first, Double(verdict.unreadable) < Double(verdict.values) * 0.5 else {
            verdict.storage = .unreadable
            return
        }
        verdict.storage = main.key
        verdict.others = Set(ranked.dropFirst().map(\.key))
    }
}

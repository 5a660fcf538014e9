import Federation

/// The hours in which questions are evaluated, by the clock on the hospital's wall.
public struct AnswerHours: Sendable, Hashable {
    /// Minutes of the day, from and to; to is not part of it, and may be earlier than from (over midnight).
    public struct Span: Sendable, Hashable {
        /// The first minute.
        public var from: Int
        /// The minute after the last.
        public var to: Int

        /// `20:00-07:00`, or nil where `text` is none.
        init?(_ text: String) {
            let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(Self.minute)
            guard ends.count == 2, let from = ends[0], let to = ends[1], from != to, from < 1_440 else { return nil }
            self.from = from
            self.to = to
        }

        /// `20:00-07:00`
        public var text: String { "\(Self.clock(from))-\(Self.clock(to))" }

        func holds(_ minute: Int) -> Bool { from < to ? (from..<to).contains(minute) : minute >= from || minute < to }

        private static func minute(_ text: Substring) -> Int? {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (48...57).contains($0) } }),
                let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60, hour < 24 || (hour == 24 && minute == 0)
            else { return nil }
            return hour * 60 + minute
        }

        private static func clock(_ minute: Int) -> String {
            func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
            return "\(two(minute / 60)):\(two(minute % 60))"
        }
    }

    /// The spans; none for always.
    public var spans: [Span]
    /// The wall clock's minutes before UTC: 540 in Korea, which keeps no summer time.
    public var offsetMinutes: Int

    /// Every hour.
    public static let always = AnswerHours(spans: [], offsetMinutes: 540)

    /// Whether questions are evaluated at `moment`.
    public func isOpen(_ moment: Timestamp) -> Bool {
        let minutes = moment.seconds / 60 + Int64(offsetMinutes)
        let minute = Int((minutes % 1_440 + 1_440) % 1_440)
        return spans.isEmpty || spans.contains { $0.holds(minute) }
    }
}

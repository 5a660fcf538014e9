/// What is known of the persons of one block, decoded once and kept for all questions.
public final class BlockFacts: Sendable {
    /// Persons in the block.
    public let count: Int
    /// Every person's observation periods: the first, and the second of those who have two. Those with more, with overlapping
    /// ones, or with one outside 1900 to 2079 are `puzzling`.
    // Unsafe because a vector can be written: this one is complete before the facts are, and nobody writes to it afterwards.
    nonisolated(unsafe) public let observation: WindowVector
    /// Persons with a day that lies in two of their observation periods.
    public let overlapping: [UInt16]
    /// The periods of the puzzling persons: days since 1970-01-01, by (start, id).
    private let periods: [UInt16: [ClosedRange<Int32>]]
    /// `Int32.min` for NULL and without a row.
    @usableFromInline let years: [Int32]
    private let genders: CodedConcepts
    private let races: CodedConcepts
    private let ethnicities: CodedConcepts

    /// The concept columns of a person.
    public enum Attribute: Sendable {
        /// `gender_concept_id`
        case gender
        /// `race_concept_id`
        case race
        /// `ethnicity_concept_id`
        case ethnicity
    }

    init(_ persons: PersonRows, _ periodRows: ObservationPeriods) {
        count = persons.count
        // Room for every ordinal that a row may name, also in the last block and in a damaged file.
        var years = [Int32](repeating: Int32.min, count: FileLayout.blockSize)
        for person in 0..<persons.count where persons.hasRow[person] { years[person] = persons.yearOfBirth[person] }
        self.years = years
        genders = CodedConcepts(persons.gender, persons.hasRow)
        races = CodedConcepts(persons.race, persons.hasRow)
        ethnicities = CodedConcepts(persons.ethnicity, persons.hasRow)
        let windows = WindowVector()
        var periods: [UInt16: [ClosedRange<Int32>]] = [:]
        var overlapping: [UInt16] = []
        for person in 0..<persons.count {
            let own = periodRows.range(of: person).compactMap { place -> ClosedRange<Int32>? in
                let (start, end) = (periodRows.start[place], periodRows.end[place])
                return start <= end ? start...end : nil
            }
            guard let first = own.first else { continue }
            if own.count <= 2, own.allSatisfy(Self.fits), own.count == 1 || first.upperBound < own[1].lowerBound {
                windows.set(person, from: Int(first.lowerBound), through: Int(first.upperBound))
                if own.count == 2 {
                    windows.setSecond(person, from: Int(own[1].lowerBound), through: Int(own[1].upperBound))
                }
            } else {
                windows.setPuzzling(person)
                periods[UInt16(person)] = own
                if zip(own, own.dropFirst()).contains(where: { $1.lowerBound <= $0.upperBound }) {
                    overlapping.append(UInt16(person))
                }
            }
        }
        self.observation = windows
        self.periods = periods
        self.overlapping = overlapping
    }

    private static func fits(_ period: ClosedRange<Int32>) -> Bool {
        HotDay.code(period.lowerBound) != HotDay.escape && HotDay.code(period.upperBound) != HotDay.escape
    }

    /// Whether the person has more observation periods than two, overlapping ones, or one that does not fit.
    @inlinable
    public func isPuzzling(_ person: Int) -> Bool { observation.windows[person & 0xFFFF] == WindowVector.puzzling }

    /// The first observation period of a person who is not puzzling, as days since 1970-01-01; nil without one.
    @inlinable
    public func period(of person: Int) -> ClosedRange<Int32>? { Self.range(observation.windows[person & 0xFFFF]) }

    /// The second observation period of a person who is not puzzling.
    @inlinable
    public func secondPeriod(of person: Int) -> ClosedRange<Int32>? {
        observation.hasSeconds ? Self.range(observation.seconds[person & 0xFFFF]) : nil
    }

    @inlinable
    static func range(_ window: UInt32) -> ClosedRange<Int32>? {
        if window == WindowVector.empty || window == WindowVector.puzzling { return nil }
        return Int32(window & 0xFFFF) + HotDay.origin...Int32(window >> 16) + HotDay.origin
    }

    /// The observation periods of a puzzling person.
    public func periods(of person: Int) -> [ClosedRange<Int32>] { periods[UInt16(truncatingIfNeeded: person)] ?? [] }

    /// The year of birth; nil for NULL and without a PERSON row.
    @inlinable
    public func yearOfBirth(_ person: Int) -> Int? {
        let year = years[person]
        return year == Int32.min ? nil : Int(year)
    }

    /// Whether the person has a PERSON row.
    @inline(__always)
    public func hasRow(_ person: Int) -> Bool { genders.isKnown(person) }

    /// The persons whose attribute passes a test; nobody without a PERSON row does.
    public func choose(_ attribute: Attribute, into bits: PersonBits, _ test: (Int32) -> Bool) {
        switch attribute {
        case .gender: genders.choose(into: bits, test)
        case .race: races.choose(into: bits, test)
        case .ethnicity: ethnicities.choose(into: bits, test)
        }
    }

    /// `gender_concept_id`, NULL without a PERSON row.
    @inline(__always)
    public func gender(_ person: Int) -> Int32 { genders[person] }
}

/// Concepts of persons as places in a short list.
private struct CodedConcepts: Sendable {
    private let concepts: [Int32]
    private let places: [UInt16]
    /// For each concept the words of a set of the persons who have it; empty where there are too many concepts for that.
    private let words: [[UInt64]]
    /// More concepts are looked up person by person.
    private static let most = 16
    /// The place of persons without a row.
    private static let nobody = UInt16.max

    init(_ values: [Int32], _ hasRow: [Bool]) {
        concepts = TableConcepts.ascending(values)
        let known = concepts
        var places = [UInt16](repeating: Self.nobody, count: FileLayout.blockSize)
        for person in values.indices where hasRow[person] {
            places[person] = UInt16(clamping: known.withUnsafeBufferPointer { $0.sortedPlace(of: values[person]) } ?? 0)
        }
        self.places = places
        guard concepts.count <= Self.most else {
            words = []
            return
        }
        var words = [[UInt64]](repeating: [UInt64](repeating: 0, count: PersonBits.wordCount), count: concepts.count)
        for (person, place) in places.enumerated() where place != Self.nobody {
            words[Int(place)][person >> 6] |= 1 << UInt64(person & 63)
        }
        self.words = words
    }

    @inline(__always)
    subscript(person: Int) -> Int32 {
        let place = Int(places[person])
        return place < concepts.count ? concepts[place] : EventRows.nullConcept
    }

    @inline(__always)
    func isKnown(_ person: Int) -> Bool { places[person] != Self.nobody }

    func choose(into bits: PersonBits, _ test: (Int32) -> Bool) {
        let holds = concepts.map(test)
        bits.clear()
        if !words.isEmpty {
            for place in holds.indices where holds[place] {
                for word in 0..<PersonBits.wordCount { bits.words[word] |= words[place][word] }
            }
            return
        }
        for person in places.indices {
            let place = Int(places[person])
            if place < holds.count, holds[place] { bits.insert(person) }
        }
    }
}

extension EventIndex {
    /// What is known of the persons of a block; decoded at the first call, kept as long as the index is open.
    public func facts(block: Int) throws(EventIndexError) -> BlockFacts {
        if let kept = factsByBlock.value(block) { return kept }
        let made = BlockFacts(try persons(block: block), try observationPeriods(block: block))
        factsByBlock.keep(block, made)
        return made
    }
}

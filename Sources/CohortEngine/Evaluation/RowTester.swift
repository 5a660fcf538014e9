import Cohorts
import EventIndex

/// Applies the tests of one criterion to its rows: each test looks at all rows that are left.
struct RowTester {
    let rows: EventRows
    let persons: PersonRows
    /// Places in `rows` with the dates that the tests see.
    let places: [Int]
    let start: [Int32]
    let end: [Int32]

    /// Which of `places` satisfy all tests.
    func survivors(of tests: [RowTest]) -> [Int] {
        var left = Array(places.indices)
        for test in tests where !left.isEmpty { left = apply(test, to: left) }
        return left
    }

    private func apply(_ test: RowTest, to left: [Int]) -> [Int] {
        switch test {
        case .start(let days): left.filter { days.holds(start[$0]) }
        case .end(let days): left.filter { days.holds(end[$0]) }
        case .length(let number): left.filter { number.contains(length($0)) }
        case .ageAtStart(let number): left.filter { number.contains(age(on: start[$0], at: $0)) }
        case .ageAtEnd(let number): left.filter { number.contains(age(on: end[$0], at: $0)) }
        case .person(let person): left.filter { holds(person, person: Int(rows.person[places[$0]])) }
        case .concept(let column, let concept): apply(concept, column, to: left)
        case .number(let column, let number): apply(number, column, to: left)
        case .ratio(let bound, let number): apply(number, ratioTo: bound, to: left)
        case .abnormal: abnormal(left)
        case .text(let column, let text): apply(text, column, to: left)
        case .contains(let day): left.filter { start[$0] <= day && end[$0] != CivilDay.null && day <= end[$0] }
        }
    }

    private func length(_ place: Int) -> Double {
        end[place] == CivilDay.null ? .nan : Double(Int(end[place]) - Int(start[place]))
    }

    /// Years of the calendar between birth and a day, whatever the month; NULL without a PERSON row.
    private func age(on day: Int32, at place: Int) -> Double {
        persons.age(of: Int(rows.person[places[place]]), on: day)
    }

    private func holds(_ test: PersonTest, person: Int) -> Bool {
        persons.hasRow[person] && test.test.holds(persons.concept(test.column, of: person))
    }

    private func apply(_ test: ConceptTest, _ column: EventColumn, to left: [Int]) -> [Int] {
        let values = rows.concepts(column)
        return left.filter { values[places[$0]] != EventRows.absentRow && test.holds(values[places[$0]]) }
    }

    private func apply(_ test: NumericRange, _ column: EventColumn, to left: [Int]) -> [Int] {
        if column.kind == .numbers {
            let values = rows.numbers(column)
            return left.filter { test.contains(values[places[$0]]) }
        }
        let values = rows.integers(column)
        return left.filter { values[places[$0]] != EventRows.nullInteger && test.contains(Double(values[places[$0]])) }
    }

    private func apply(_ test: NumericRange, ratioTo bound: EventColumn, to left: [Int]) -> [Int] {
        let (values, bounds) = (rows.numbers(.valueNumber), rows.numbers(bound))
        return left.filter { bounds[places[$0]] != 0 && test.contains(values[places[$0]] / bounds[places[$0]]) }
    }

    /// Outside the range, or said to be high or low by its concept; comparisons with NULL are false.
    private func abnormal(_ left: [Int]) -> [Int] {
        let values = rows.numbers(.valueNumber)
        let (low, high) = (rows.numbers(.rangeLow), rows.numbers(.rangeHigh))
        let concepts = rows.concepts(.valueConcept)
        return left.filter { index in
            let place = places[index]
            return values[place] < low[place] || values[place] > high[place]
                || concepts[place] == 4_155_142 || concepts[place] == 4_155_143
        }
    }

    private func apply(_ test: TextFilter, _ column: EventColumn, to left: [Int]) -> [Int] {
        let (codes, dictionary) = rows.texts(column)
        let holds = dictionary.map { test.matches($0) }
        return left.filter { codes[places[$0]] >= 0 && holds[Int(codes[places[$0]])] }
    }
}

extension PersonRows {
    /// The person's age on a day in calendar years, not a number when birth year or day are unknown.
    func age(of person: Int, on day: Int32) -> Double {
        guard hasRow[person], day != CivilDay.null, yearOfBirth[person] != EventRows.nullDay else { return .nan }
        return Double(CivilDay.year(of: day) - Int(yearOfBirth[person]))
    }

    /// A concept of the person's row.
    func concept(_ column: PersonTest.Column, of person: Int) -> Int32 {
        switch column {
        case .gender: gender[person]
        case .race: race[person]
        case .ethnicity: ethnicity[person]
        }
    }
}

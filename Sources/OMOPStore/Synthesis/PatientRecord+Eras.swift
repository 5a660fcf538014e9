/// Condition and drug eras as the CDM derives them: records of one concept joined over gaps of up to 30 days.
extension PatientRecord {
    /// The longest gap that an era bridges, in days.
    static let eraGap: Int32 = 30

    /// One row for each era of each mapped condition.
    func conditionEras(_ eras: inout [Era]) {
        Self.join(
            conditions.lazy.filter(\.isMapped).map { condition in
                let start = SyntheticCalendar.day(ofMinute: condition.start)
                return (condition.concept, start, condition.end == SyntheticCalendar.never ? start + 1 : condition.end)
            }, into: &eras)
    }

    /// One row for each era of each mapped drug, by its ingredient.
    func drugEras(_ eras: inout [Era]) {
        Self.join(
            drugs.lazy.filter(\.isMapped).map { drug in
                let start = SyntheticCalendar.day(ofMinute: drug.start)
                let supplied = start + max(1, drug.daysSupply)
                return (
                    SampleVocabulary.ingredient(of: drug.concept), start,
                    drug.end == SyntheticCalendar.never ? supplied : drug.end
                )
            }, into: &eras)
    }

    private static func join(_ records: some Sequence<(concept: Int32, start: Int32, end: Int32)>, into eras: inout [Era]) {
        eras.removeAll(keepingCapacity: true)
        let sorted = records.sorted { ($0.concept, $0.start, $0.end) < ($1.concept, $1.start, $1.end) }
        for record in sorted {
            if let last = eras.last, last.concept == record.concept, record.start <= last.end + eraGap {
                eras[eras.count - 1].gapDays += max(0, record.start - last.end - 1)
                eras[eras.count - 1].end = max(last.end, record.end)
                eras[eras.count - 1].count += 1
            } else {
                eras.append(Era(concept: record.concept, start: record.start, end: record.end, count: 1, gapDays: 0))
            }
        }
    }
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// The generator of synthetic stores. Here lives: the sample vocabulary (`SampleVocabulary`), the six invented hospitals
// (`SyntheticHospital`), unplanned care (`Background/`), the persons planted for the workload questions (`Planting/`), and
// the writer (`RecordWriter`, `SQLiteFile`). Here may not live: names or codes of any source vocabulary, data of real
// persons, randomness that does not come from the seed.

/// An invented OMOP CDM v5.4 store of one hospital, with the planted answers of the workload questions.
///
/// The same hospital, number of persons, seed and events give the same rows, byte for byte.
public struct SyntheticStore: Sendable {
    /// The number of persons that the planted counts are stated for.
    public static let demoPersons = 20_000
    /// The fewest persons among which the planted ones are still few.
    public static let fewestPersons = 1_000

    /// Whose store it is.
    public let hospital: SyntheticHospital
    /// Rows of `person`.
    public let persons: Int
    /// What the dice begin with.
    public let seed: UInt64
    /// Clinical events a person, about (conditions, drugs, procedures, devices, measurements, observations, specimens).
    public let eventsPerPerson: Double

    /// A store to be written. Throws `synthesis` for a number that is too small, or too large for the identifiers.
    public init(
        hospital: SyntheticHospital, persons: Int = SyntheticStore.demoPersons, seed: UInt64 = 1, eventsPerPerson: Double = 32
    ) throws(OMOPStoreError) {
        guard (Self.fewestPersons...3_000_000).contains(persons) else {
            throw OMOPStoreError(
                .synthesis, "A synthetic store cannot have \(persons) persons",
                advice: "Ask for \(Self.fewestPersons) to 3000000 persons")
        }
        guard eventsPerPerson >= 1, eventsPerPerson <= 500 else {
            throw OMOPStoreError(
                .synthesis, "A synthetic store cannot have \(eventsPerPerson) events a person", advice: "Ask for 1 to 500")
        }
        self.hospital = hospital
        self.persons = persons
        self.seed = seed
        self.eventsPerPerson = eventsPerPerson
    }

    /// What was written.
    public struct Summary: Sendable, Hashable {
        /// Rows, by table.
        public var rows: [CDMTable: Int]
        /// Rows of the clinical event tables together (visits, periods, eras and deaths not counted).
        public var events: Int
        /// The identifiers of the persons, in the order of writing.
        public var persons: [Int64]
    }

    /// How far the writing has come.
    public enum Progress: Sendable, Hashable {
        /// So many persons of so many are written.
        case persons(Int, of: Int)
        /// The rows are in, and the indices are being made.
        case indices
    }

    /// Writes the store to `path`.
    ///
    /// The file appears complete or not at all: it is written beside its place and moved there at the end. An existing
    /// file is refused unless `replacing`. `isCancelled` is asked now and then; after a yes, `cancelled` is thrown and
    /// nothing is left behind.
    @discardableResult
    public func write(
        to path: String, replacing: Bool = false, progress: (Progress) -> Void = { _ in }, isCancelled: () -> Bool = { false }
    ) throws(OMOPStoreError) -> Summary {
        guard replacing || access(path, F_OK) != 0 else {
            throw OMOPStoreError(
                .writing, "\(path) is there already", advice: "Choose another file, or say that it may be replaced")
        }
        let draft = path + ".writing"
        unlink(draft)
        do throws(OMOPStoreError) {
            let summary = try writeDraft(draft, isCancelled, progress)
            guard rename(draft, path) == 0 else {
                throw OMOPStoreError(
                    .writing, "\(path) cannot be put in place (error \(errno))", advice: "Check that the folder may be written")
            }
            return summary
        } catch {
            unlink(draft)
            throw error
        }
    }

    /// How many persons a correct count over this store finds for a question ("W1" to "W7", "W4-without").
    ///
    /// At a hospital without mapped procedures this is what its rows say of W7, which is more than the truth: the criterion
    /// on procedures cannot exclude anybody there, and the hospital must answer that it has no such data.
    public func plantedAnswer(_ workload: String) -> Int? {
        guard let members = hospital.planted.scaled(toPersons: persons)[workload] else { return nil }
        guard !hospital.mapsProcedures else { return members }
        let unseen = Plantings(hospital: hospital, persons: persons).roles.filter {
            $0.workload == workload && $0.answer == .nonMemberByProcedure
        }
        return members + unseen.reduce(0) { $0 + $1.persons }
    }
}

extension SyntheticStore {
    private func writeDraft(
        _ path: String, _ isCancelled: () -> Bool, _ progress: (Progress) -> Void
    ) throws(OMOPStoreError) -> Summary {
        let file = try SQLiteFile(creating: path)
        let vocabulary = SampleVocabulary()
        for statement in StoreLayout.tables() { try file.execute(statement) }
        try file.execute("BEGIN")
        try VocabularyWriter(file: file, hospital: hospital, vocabulary: vocabulary).write()
        let writer = try RecordWriter(file, hospital: hospital, vocabulary: vocabulary)
        let persons = try writePersons(writer, isCancelled, progress)
        try file.execute("COMMIT")
        progress(.indices)
        for statement in StoreLayout.indices() {
            try Self.stop(if: isCancelled)
            try file.execute(statement)
        }
        let eventTables: [CDMTable] = [
            .conditionOccurrence, .drugExposure, .procedureOccurrence, .deviceExposure, .measurement, .observation, .specimen,
        ]
        return Summary(
            rows: writer.rows, events: eventTables.reduce(0) { $0 + (writer.rows[$1] ?? 0) }, persons: persons)
    }

    private static func stop(if isCancelled: () -> Bool) throws(OMOPStoreError) {
        guard isCancelled() else { return }
        throw OMOPStoreError(.cancelled, "The synthetic store was not finished", advice: "Nothing was written; start again")
    }

    private func writePersons(
        _ writer: RecordWriter, _ isCancelled: () -> Bool, _ progress: (Progress) -> Void
    ) throws(OMOPStoreError) -> [Int64] {
        var ids: [Int64] = []
        let roles = Plantings(hospital: hospital, persons: persons).roles
        let parts = cast(roles)
        let care = CareHistory(hospital: hospital, eventsPerPerson: eventsPerPerson)
        let demographics = Demographics(hospital: hospital)
        let step = max(1, persons / 100)
        // A few persons have events but no row in `person`, as happens when tables are loaded on different days.
        let orphans = max(4, persons / 2_000)
        var record = PatientRecord()
        for ordinal in 0..<(persons + orphans) {
            var dice = SyntheticRandom(seed: seed &+ UInt64(hospital.number) &* 0x1_0000_0001, stream: UInt64(ordinal))
            record.clear()
            let isOrphan = ordinal >= persons
            if !isOrphan, let role = parts[ordinal].map({ roles[Int($0)] }) {
                role.write(&record, &dice)
                care.write(&record, extent: role.background, &dice)
            } else {
                demographics.write(&record, &dice)
                if isOrphan, ordinal % 2 == 0 {
                    // Without a period Circe sees nothing of them; with one it does.
                    care.write(&record, extent: .quiet, &dice)
                    record.periods.removeAll()
                } else {
                    care.write(&record, extent: isOrphan ? .quiet : .full, &dice)
                }
            }
            // Identifiers with gaps, as those of patients are.
            let personID = Int64(hospital.number) * 10_000_000 + Int64(ordinal * 3 + dice.below(3))
            try writer.write(record, personID: personID, hasPersonRow: !isOrphan)
            ids.append(personID)
            if ordinal % 256 == 0 { try Self.stop(if: isCancelled) }
            if ordinal % step == 0 { progress(.persons(min(ordinal, persons), of: persons)) }
        }
        return ids
    }

    /// Which role each person plays, if any, in random order.
    private func cast(_ roles: [PlantedRole]) -> [Int32?] {
        var parts: [Int32?] = []
        parts.reserveCapacity(persons)
        for (index, role) in roles.enumerated() {
            parts += Array(repeating: Int32(index), count: role.persons)
        }
        parts += Array(repeating: nil, count: max(0, persons - parts.count))
        var dice = SyntheticRandom(seed: seed, stream: UInt64.max)
        dice.shuffle(&parts)
        return parts
    }
}

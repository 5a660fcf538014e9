/// Writes patients' records as rows of OMOP CDM v5.4: assigns the ids, turns days into text, adds source values and eras.
final class RecordWriter {
    /// The tables that a synthetic store has.
    static let clinicalTables: [CDMTable] = [
        .person, .observationPeriod, .visitOccurrence, .visitDetail, .conditionOccurrence, .drugExposure, .procedureOccurrence,
        .deviceExposure, .measurement, .observation, .death, .specimen, .conditionEra, .drugEra, .doseEra, .episode,
        .payerPlanPeriod,
    ]

    /// How many rows were written, by table.
    private(set) var rows: [CDMTable: Int] = [:]

    private let file: SQLiteFile
    private let hospital: SyntheticHospital
    private let texts = TimeTexts()
    private let stored = StoredTexts()
    private var codes: [Int32: (id: Int32, code: StoredText)] = [:]
    private let inserters: Inserters
    private var ids = Identifiers()
    private var eras: [PatientRecord.Era] = []

    init(_ file: SQLiteFile, hospital: SyntheticHospital, vocabulary: SampleVocabulary) throws(OMOPStoreError) {
        self.file = file
        self.hospital = hospital
        inserters = try Inserters(file)
        for (concept, local) in vocabulary.localCodes { codes[concept] = (local.id, stored.store(local.code)) }
    }

    /// Writes one person's record. Without `hasPersonRow` the person has events but no row in `person`.
    func write(_ record: borrowing PatientRecord, personID: Int64, hasPersonRow: Bool) throws(OMOPStoreError) {
        if hasPersonRow { try writePerson(record.person, personID) }
        try writePeriods(record, personID)
        let firstVisit = ids.visit
        try writeVisits(record, personID, firstVisit)
        try writeConditions(record, personID, firstVisit)
        try writeDrugs(record, personID, firstVisit)
        try writeProcedures(record, personID, firstVisit)
        try writeMeasurements(record, personID, firstVisit)
        try writeObservations(record, personID, firstVisit)
        try writeRarer(record, personID, firstVisit)
        try writeEras(record, personID)
    }
}

extension RecordWriter {
    /// The next id of each table.
    private struct Identifiers {
        var period: Int64 = 1
        var visit: Int64 = 1
        var stay: Int64 = 1
        var condition: Int64 = 1
        var drug: Int64 = 1
        var procedure: Int64 = 1
        var device: Int64 = 1
        var measurement: Int64 = 1
        var observation: Int64 = 1
        var specimen: Int64 = 1
        var conditionEra: Int64 = 1
        var drugEra: Int64 = 1
    }

    private func insert(_ inserter: RowInserter, _ table: CDMTable) throws(OMOPStoreError) {
        guard inserter.insert() else { throw file.failure("does not take a row of \(table.rawValue)") }
        rows[table, default: 0] += 1
    }

    private func bindVisit(_ row: RowInserter, _ column: Int32, _ visit: Int32, _ first: Int64) {
        if visit == PatientRecord.noVisit { row.bindNull(column) } else { row.bind(column, first + Int64(visit)) }
    }

    /// Binds the standard concept, the source value and the source concept.
    ///
    /// An unmapped record keeps the hospital's code as text alone. A domain that the hospital never mapped keeps its
    /// source concepts, which a question may still name.
    private func bindConcept(
        _ row: RowInserter, _ columns: (standard: Int32, value: Int32, source: Int32), _ concept: Int32, isMapped: Bool,
        domainIsMapped: Bool = true
    ) {
        row.bind(columns.standard, isMapped && domainIsMapped ? concept : 0)
        if let local = codes[concept] {
            row.bind(columns.value, local.code)
            row.bind(columns.source, isMapped ? local.id : 0)
        } else {
            row.bindNull(columns.value)
            row.bind(columns.source, Int32(0))
        }
    }

    private func writePerson(_ person: PatientRecord.Person, _ personID: Int64) throws(OMOPStoreError) {
        let row = inserters.person
        let (year, month, day) = SyntheticCalendar.date(person.birth)
        row.bind(1, personID)
        row.bind(2, person.gender)
        row.bind(3, Int64(year))
        row.bind(4, zeroAsNull: person.knowsBirthDay ? Int32(month) : 0)
        row.bind(5, zeroAsNull: person.knowsBirthDay ? Int32(day) : 0)
        row.bind(6, moment: person.knowsBirthDay ? person.birth * 1_440 : SyntheticCalendar.never, texts)
        row.bind(7, SampleConcept.korean)
        try insert(row, .person)
    }

    private func writePeriods(_ record: borrowing PatientRecord, _ personID: Int64) throws(OMOPStoreError) {
        for period in record.periods {
            let row = inserters.period
            row.bind(1, ids.period)
            row.bind(2, personID)
            row.bind(3, day: period.start, texts)
            row.bind(4, day: period.end, texts)
            try insert(row, .observationPeriod)
            let plan = inserters.plan
            plan.bind(1, ids.period)
            plan.bind(2, personID)
            plan.bind(3, day: period.start, texts)
            plan.bind(4, day: period.end, texts)
            try insert(plan, .payerPlanPeriod)
            ids.period += 1
        }
    }

    private func writeVisits(_ record: borrowing PatientRecord, _ personID: Int64, _ first: Int64) throws(OMOPStoreError) {
        for visit in record.visits {
            let row = inserters.visit
            row.bind(1, ids.visit)
            row.bind(2, personID)
            row.bind(3, visit.concept)
            bindSpan(row, 4, visit.start, visit.end)
            row.bind(8, 1 + ids.visit % 3)
            row.bind(9, visit.concept == SampleConcept.outpatient ? Int64(2) : 1)
            try insert(row, .visitOccurrence)
            ids.visit += 1
        }
        for stay in record.stays {
            let row = inserters.stay
            row.bind(1, ids.stay)
            row.bind(2, personID)
            row.bind(3, stay.concept)
            bindSpan(row, 4, stay.start, stay.end)
            bindVisit(row, 8, stay.visit, first)
            try insert(row, .visitDetail)
            ids.stay += 1
        }
    }

    /// Binds first day, first moment, last day and last moment to four columns.
    private func bindSpan(_ row: RowInserter, _ column: Int32, _ start: Int32, _ end: Int32) {
        row.bind(column, day: SyntheticCalendar.day(ofMinute: start), texts)
        row.bind(column + 1, moment: start, texts)
        row.bind(column + 2, day: end == SyntheticCalendar.never ? end : SyntheticCalendar.day(ofMinute: end), texts)
        row.bind(column + 3, moment: end, texts)
    }

    private func writeConditions(_ record: borrowing PatientRecord, _ personID: Int64, _ first: Int64) throws(OMOPStoreError) {
        for condition in record.conditions {
            let row = inserters.condition
            row.bind(1, ids.condition)
            row.bind(2, personID)
            bindConcept(row, (3, 8, 9), condition.concept, isMapped: condition.isMapped)
            row.bind(4, day: SyntheticCalendar.day(ofMinute: condition.start), texts)
            row.bind(5, moment: condition.start, texts)
            row.bind(6, day: condition.end, texts)
            bindVisit(row, 7, condition.visit, first)
            try insert(row, .conditionOccurrence)
            ids.condition += 1
        }
    }

    private func writeDrugs(_ record: borrowing PatientRecord, _ personID: Int64, _ first: Int64) throws(OMOPStoreError) {
        for drug in record.drugs {
            let row = inserters.drug
            row.bind(1, ids.drug)
            row.bind(2, personID)
            bindConcept(row, (3, 10, 11), drug.concept, isMapped: drug.isMapped)
            row.bind(4, day: SyntheticCalendar.day(ofMinute: drug.start), texts)
            row.bind(5, moment: drug.start, texts)
            row.bind(6, day: drug.end, texts)
            row.bind(7, Double(drug.daysSupply))
            row.bind(8, zeroAsNull: drug.daysSupply)
            bindVisit(row, 9, drug.visit, first)
            try insert(row, .drugExposure)
            ids.drug += 1
        }
    }

    private func writeProcedures(_ record: borrowing PatientRecord, _ personID: Int64, _ first: Int64) throws(OMOPStoreError) {
        for procedure in record.procedures {
            let row = inserters.procedure
            row.bind(1, ids.procedure)
            row.bind(2, personID)
            bindConcept(
                row, (3, 7, 8), procedure.concept, isMapped: procedure.isMapped, domainIsMapped: hospital.mapsProcedures)
            row.bind(4, day: SyntheticCalendar.day(ofMinute: procedure.start), texts)
            row.bind(5, moment: procedure.start, texts)
            bindVisit(row, 6, procedure.visit, first)
            try insert(row, .procedureOccurrence)
            ids.procedure += 1
        }
    }

    private func writeMeasurements(_ record: borrowing PatientRecord, _ personID: Int64, _ first: Int64) throws(OMOPStoreError) {
        for measurement in record.measurements {
            let row = inserters.measurement
            row.bind(1, ids.measurement)
            row.bind(2, personID)
            bindConcept(row, (3, 12, 13), measurement.concept, isMapped: measurement.isMapped)
            row.bind(4, day: SyntheticCalendar.day(ofMinute: measurement.start), texts)
            row.bind(5, moment: measurement.start, texts)
            row.bind(6, measurement.value)
            row.bind(7, zeroAsNull: measurement.valueConcept)
            row.bind(8, zeroAsNull: measurement.unit)
            row.bind(9, measurement.low)
            row.bind(10, measurement.high)
            bindVisit(row, 11, measurement.visit, first)
            try insert(row, .measurement)
            ids.measurement += 1
        }
    }

    private func writeObservations(_ record: borrowing PatientRecord, _ personID: Int64, _ first: Int64) throws(OMOPStoreError) {
        for observation in record.observations {
            let row = inserters.observation
            row.bind(1, ids.observation)
            row.bind(2, personID)
            bindConcept(row, (3, 9, 10), observation.concept, isMapped: observation.isMapped)
            row.bind(4, day: SyntheticCalendar.day(ofMinute: observation.start), texts)
            row.bind(5, moment: observation.start, texts)
            row.bind(6, observation.value)
            row.bind(7, zeroAsNull: observation.valueConcept)
            bindVisit(row, 8, observation.visit, first)
            try insert(row, .observation)
            ids.observation += 1
        }
    }

    private func writeRarer(_ record: borrowing PatientRecord, _ personID: Int64, _ first: Int64) throws(OMOPStoreError) {
        for device in record.devices {
            let row = inserters.device
            row.bind(1, ids.device)
            row.bind(2, personID)
            bindConcept(row, (3, 8, 9), device.concept, isMapped: true)
            row.bind(4, day: SyntheticCalendar.day(ofMinute: device.start), texts)
            row.bind(5, moment: device.start, texts)
            row.bind(6, day: device.end, texts)
            bindVisit(row, 7, device.visit, first)
            try insert(row, .deviceExposure)
            ids.device += 1
        }
        for specimen in record.specimens {
            let row = inserters.specimen
            row.bind(1, ids.specimen)
            row.bind(2, personID)
            row.bind(3, specimen.concept)
            row.bind(4, day: SyntheticCalendar.day(ofMinute: specimen.start), texts)
            row.bind(5, moment: specimen.start, texts)
            if let local = codes[specimen.concept] { row.bind(6, local.code) } else { row.bindNull(6) }
            try insert(row, .specimen)
            ids.specimen += 1
        }
        if let death = record.death {
            let row = inserters.death
            row.bind(1, personID)
            row.bind(2, day: SyntheticCalendar.day(ofMinute: death.start), texts)
            row.bind(3, moment: death.start, texts)
            row.bind(4, zeroAsNull: death.cause)
            try insert(row, .death)
        }
    }

    private func writeEras(_ record: borrowing PatientRecord, _ personID: Int64) throws(OMOPStoreError) {
        record.conditionEras(&eras)
        for era in eras {
            let row = inserters.conditionEra
            row.bind(1, ids.conditionEra)
            bindEra(row, era, personID)
            try insert(row, .conditionEra)
            ids.conditionEra += 1
        }
        record.drugEras(&eras)
        for era in eras {
            let row = inserters.drugEra
            row.bind(1, ids.drugEra)
            bindEra(row, era, personID)
            row.bind(7, era.gapDays)
            try insert(row, .drugEra)
            ids.drugEra += 1
        }
    }

    private func bindEra(_ row: RowInserter, _ era: PatientRecord.Era, _ personID: Int64) {
        row.bind(2, personID)
        row.bind(3, era.concept)
        row.bind(4, day: era.start, texts)
        row.bind(5, day: era.end, texts)
        row.bind(6, era.count)
    }
}

/// Reads one CSV file into one table.
struct TableImport {
    private let source: ImportSource
    private let writer: StoreWriter
    private var problems: ImportProblems
    private var part: ImportReport.Table
    private var header: [String] = []
    private var fields: [Field] = []
    private var slots: [Slot] = []

    /// A field of the file that goes into the store.
    private struct Field {
        var column: CDMColumn
        var slot: Slot
    }

    /// What the row loop needs of a field: no reference in it, so that copying it costs nothing.
    private struct Slot {
        var position: Int
        var converter: ValueConverter
        /// Whether a row without it is no row.
        var isEssential: Bool
    }

    /// Values of each date column looked at before reading, to see how numbers are meant.
    private static let sampleRows = 5000

    init(_ source: ImportSource, into writer: StoreWriter) {
        self.source = source
        self.writer = writer
        problems = ImportProblems(file: source.name)
        part = ImportReport.Table(table: source.table, file: source.name)
    }

    /// Reads the whole file. `progress` is called now and then with the bytes read and the bytes in all.
    mutating func run(
        today: Int32, progress: (Int64, Int64) throws(OMOPStoreError) -> Void
    ) throws(OMOPStoreError) -> (ImportReport.Table, [ImportReport.Problem]) {
        if source.isKnownByColumns {
            problems.tell(
                losing: false, "its name is no CDM table's; by its columns it is \(source.table.rawValue)",
                "Nothing to do if that is right")
        }
        try writer.create(source.table)
        let reader = try CSVReader(path: source.path)
        guard try readHeader(reader) else { return (part, problems.all) }
        try sampleDates(today: today)
        slots = fields.map(\.slot)
        let inserter = try writer.inserter(source.table, fields.map(\.column))
        var records = 0
        while try reader.next() {
            try take(reader, inserter)
            records += 1
            if records % 4096 == 0 { try progress(reader.readBytes, reader.totalBytes) }
        }
        return (part, problems.all)
    }

    // MARK: Header

    private mutating func readHeader(_ reader: CSVReader) throws(OMOPStoreError) -> Bool {
        guard try reader.next() else {
            problems.tell(losing: false, "the file is empty", "Nothing to do if the hospital has no such data")
            return false
        }
        header = reader.texts.map { NumberText.trim($0).lowercased() }
        if !header.contains(where: { source.table.column($0) != nil }), try reader.next() {
            let second = reader.texts.map { NumberText.trim($0).lowercased() }
            if second.contains(where: { source.table.column($0) != nil }) {
                header = second
                problems.tell(
                    losing: false, line: 1, "the first line holds no column names, the second does",
                    "Nothing to do: it is read so")
            }
        }
        matchColumns()
        let missing = source.table.essentialColumns.filter { name in !fields.contains { $0.column.name == name } }
        guard missing.isEmpty else {
            throw OMOPStoreError(
                .importFailed, "\(source.path) has no column \(missing.joined(separator: ", ")) in its first line",
                advice: "Write the CDM's column names there; they were: \(header.prefix(40).joined(separator: ", "))")
        }
        return true
    }

    private mutating func matchColumns() {
        var unknown: [String] = []
        for (position, name) in header.enumerated() {
            guard let column = source.table.column(name) else {
                unknown.append(name.isEmpty ? "(no name)" : name)
                continue
            }
            guard !fields.contains(where: { $0.column == column }) else {
                problems.tell(losing: false, column: column.name, "the column is there twice", "The first is read")
                continue
            }
            fields.append(
                Field(
                    column: column,
                    slot: Slot(
                        position: position, converter: ValueConverter(type: column.type, numbers: nil),
                        isEssential: column.required && source.table.essentialColumns.contains(column.name))))
        }
        if !unknown.isEmpty {
            problems.tell(
                losing: false, "columns that CDM v5.4 does not have: \(unknown.joined(separator: ", "))", "They are not read")
        }
        let absent = source.table.columns.filter { column in column.required && !fields.contains { $0.column == column } }
        if !absent.isEmpty {
            problems.tell(
                losing: false, "required columns are absent: \(absent.map(\.name).joined(separator: ", "))",
                "They are NULL in the store")
        }
    }

    // MARK: Dates

    /// Looks at the first rows for date columns whose values are numbers.
    private mutating func sampleDates(today: Int32) throws(OMOPStoreError) {
        let reader = try CSVReader(path: source.path)
        var samples = [[StoredValue]](repeating: [], count: fields.count)
        var rows = 0
        while rows < Self.sampleRows, try reader.next() {
            rows += 1
            for (index, field) in fields.enumerated() where field.column.type.isDate && field.slot.position < reader.count {
                let text = reader.text(field.slot.position)
                // The header lines are text that is no date: they must not count as unreadable values.
                if source.table.column(text) == nil, !text.isEmpty { samples[index].append(.text(text)) }
            }
        }
        var judge = ColumnJudge(table: source.table, today: today)
        for (index, field) in fields.enumerated() where field.column.type.isDate {
            let judged = judge.judge(field.column, samples[index])
            guard judged.storage.isDateNumber else { continue }
            fields[index].slot.converter = ValueConverter(type: field.column.type, numbers: judged.numbers)
            guard judged.storage != .compactDate else { continue }
            problems.tell(
                losing: false, column: field.column.name, "dates are written as \(judged.storage.phrase)",
                "Nothing to do if that is right: they are kept as ISO text")
        }
    }

    // MARK: Rows

    private mutating func take(_ reader: CSVReader, _ inserter: StoreInserter) throws(OMOPStoreError) {
        if let why = fault(of: reader) {
            guard why.losesData else { return }
            try refuseSwallowedRows(reader, why.what)
            part.rowsLeftOut += 1
            problems.tell(losing: true, line: reader.line, why.what + ": the row is left out", why.advice)
            return
        }
        var lost: Int64 = 0
        for index in slots.indices {
            let slot = slots[index]
            let outcome = reader.withField(slot.position) { Self.bind(index, slot.converter, $0, inserter) }
            if case .lost(let fault) = outcome {
                lost += 1
                problems.tell(losing: true, line: reader.line, column: fields[index].column.name, fault.what, fault.advice)
                try refuseSwallowedRows(reader, "\(fault.what) in \(fields[index].column.name)")
            }
            guard slot.isEssential, outcome != .bound else { continue }
            part.rowsLeftOut += 1
            problems.tell(
                losing: true, line: reader.line, column: fields[index].column.name,
                "the value must be there: the row is left out", "Mend the value in the file")
            return
        }
        part.valuesLost += lost
        part.rows += 1
        try inserter.insert()
    }

    /// What became of a field.
    private enum Outcome: Equatable {
        case bound, null
        case lost(ImportedValueFault)
    }

    private static func bind(
        _ index: Int, _ converter: ValueConverter, _ bytes: UnsafeBufferPointer<UInt8>, _ inserter: StoreInserter
    ) -> Outcome {
        switch converter.value(bytes) {
        case .success(.null):
            inserter.bind(index, .null)
            return .null
        case .success(let value):
            inserter.bind(index, value)
            return .bound
        case .failure(let failure):
            inserter.bind(index, .null)
            return .lost(failure.fault)
        }
    }

    private struct RowFault {
        var losesData = true
        var what = ""
        var advice = ""
    }

    /// What is wrong with a record as a whole; a header that is repeated is no loss.
    private mutating func fault(of reader: CSVReader) -> RowFault? {
        switch reader.fault {
        case .textAfterQuote:
            return RowFault(
                what: "text follows a closing quote", advice: "Write a quote inside a quoted field twice (\"\"), as RFC 4180 says"
            )
        case nil: break
        }
        guard reader.count != header.count else {
            return isHeader(reader) ? RowFault(losesData: false) : nil
        }
        if reader.count > header.count, (header.count..<reader.count).allSatisfy({ reader.withField($0, \.isEmpty) }) {
            problems.tell(
                losing: false, line: reader.line, "more fields than column names, all of them empty",
                "Nothing to do: nothing is in them")
            return nil
        }
        return RowFault(
            what: reader.count > header.count ? "more fields than column names" : "fewer fields than column names",
            advice: reader.format.isQuoted
                ? "Put fields with \(Self.name(reader.format.delimiter)) or line breaks in double quotes"
                : "Take tabs and line breaks out of the fields")
    }

    /// A faulty record of many lines is many rows, swallowed by a stray quote: nobody could say how many are lost.
    private func refuseSwallowedRows(_ reader: CSVReader, _ what: String) throws(OMOPStoreError) {
        guard reader.lineCount > 50 else { return }
        throw OMOPStoreError(
            .importFailed,
            "\(source.path), lines \(reader.line) to \(reader.line + reader.lineCount - 1) read as one row with \(what)",
            advice: "A quote that is opened on one of these lines is closed much later: write quotes inside quoted fields twice")
    }

    private mutating func isHeader(_ reader: CSVReader) -> Bool {
        guard let slot = slots.first(where: \.isEssential) ?? slots.first else { return false }
        // Cheap for every ordinary row: the first bytes of one field differ.
        guard
            reader.withField(
                slot.position,
                { $0.count == header[slot.position].utf8.count && ($0.first ?? 0) | 0x20 == header[slot.position].utf8.first })
        else { return false }
        guard zip(reader.texts, header).allSatisfy({ NumberText.trim($0).lowercased() == $1 }) else { return false }
        problems.tell(losing: false, line: reader.line, "the line of column names is repeated", "Nothing to do: it is skipped")
        return true
    }

    private static func name(_ delimiter: UInt8) -> String {
        switch delimiter {
        case UInt8(ascii: ","): "commas"
        case UInt8(ascii: ";"): "semicolons"
        default: "delimiters"
        }
    }
}

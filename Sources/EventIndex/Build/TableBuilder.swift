import OMOPStore

/// Reads one table of the store and writes its segments, one block in memory at a time.
struct TableBuilder {
    let table: EventTable
    let store: any ClinicalStore
    let sink: FileSink
    let persons: PersonDirectory
    let references: ReferenceTables
    let visits: WrittenTable
    let bitmapThreshold: Int
    let isCancelled: @Sendable () -> Bool
    /// Told every so many rows.
    let progress: (Int) -> Void

    /// What came of it.
    struct Outcome {
        var statistics: TableStatistics
        var skipped: SkippedRows
        var written: WrittenTable
    }

    /// Why a scan was given up: a row of an earlier block came after that block was complete.
    private struct OutOfOrder: Error {}

    /// Reads the rows as they lie in the store, which is fastest, as long as they come person by person; a store that turns
    /// out to be in another order is read again sorted by person.
    func build() throws(EventIndexError) -> Outcome {
        let mark = sink.mark
        for order in [ScanOrder.unordered, .byPerson] {
            var scan = TableScan(self, TablePlan(table, store.profile))
            do {
                return try scan.run(order)
            } catch is OutOfOrder {
                try sink.rollBack(to: mark)
            } catch {
                try translated(table.rawValue) { throw error }
            }
        }
        throw EventIndexError(
            .unusableStore, "\(table.rawValue) is not in the order of its persons although that was asked for",
            advice: "This is a fault of the store's adapter; please report it.")
    }

    /// One attempt.
    private struct TableScan {
        let builder: TableBuilder
        let plan: TablePlan
        var rows: RowBuffer
        var codes = ConceptCodes()
        var pairs: Set<UInt64> = []
        var skipped = SkippedRows()
        var statistics = TableStatistics(isPresent: true, records: 0, persons: 0, unmappedRecords: 0, bytes: 0)
        var written = WrittenTable()
        var block = 0
        var read = 0

        init(_ builder: TableBuilder, _ plan: TablePlan) {
            self.builder = builder
            self.plan = plan
            rows = plan.buffer
        }

        mutating func run(_ order: ScanOrder) throws -> Outcome {
            let table = plan.layout.table
            guard builder.store.profile.has(table) else {
                statistics.isPresent = false
                try finish()
                return Outcome(statistics: statistics, skipped: skipped, written: written)
            }
            let cursor = try builder.store.cursor(
                table, columns: plan.names, order: order, isCancelled: builder.isCancelled)
            while try cursor.next() {
                try take(cursor)
                read += 1
                if read & 0xFFFF == 0 {
                    builder.progress(read)
                    if builder.isCancelled() {
                        throw OMOPStoreError(.cancelled, "The build was stopped", advice: "Start it again when it suits.")
                    }
                }
            }
            try flush()
            try finish()
            builder.progress(read)
            return Outcome(statistics: statistics, skipped: skipped, written: written)
        }

        // MARK: One row

        @inline(__always)
        private mutating func take(_ cursor: any CDMCursor) throws {
            guard let personID = cursor.int64(TablePlan.person) else { return skip(.noPerson) }
            guard let ordinal = builder.persons.ordinal(of: personID) else { return skip(.unknownPerson) }
            guard let day = cursor.day(TablePlan.start) else { return skip(.noDate) }
            guard let id = cursor.int64(TablePlan.id) else { return skip(.noID) }
            var concept = EventRows.nullConcept
            if let place = plan.concept, let value = cursor.int64(place) {
                guard let small = Int32(exactly: value), small != EventRows.nullConcept else {
                    return skip(.impossibleConcept)
                }
                concept = small
            }
            let rowBlock = ordinal / FileLayout.blockSize
            if rowBlock != block {
                if rowBlock < block { throw OutOfOrder() }
                try flush()
                block = rowBlock
            }
            rows.person.append(UInt16(truncatingIfNeeded: ordinal))
            rows.start.append(day)
            rows.concept.append(codes.place(of: concept))
            rows.id.append(id)
            if let place = plan.end {
                let length = cursor.day(place).map { Int64($0) - Int64(day) }
                rows.end.append(length.flatMap(Int32.init(exactly:)) ?? Int32.min)
            }
            if let place = plan.visit { rows.visit.append(cursor.int64(place) ?? Int64.min) }
            for column in plan.columns { take(column, cursor, day) }
        }

        private mutating func skip(_ reason: SkippedRows.Reason) { skipped.count(builder.table.rawValue, reason) }

        @inline(__always)
        private mutating func take(_ column: TablePlan.Column, _ cursor: any CDMCursor, _ day: Int32) {
            switch (column.store, column.origin) {
            case (.narrow(let slot), .cursor(let place)):
                rows.narrow[slot].append(cursor.int64(place).flatMap(Int32.init(exactly:)) ?? Int32.min)
            case (.narrow(let slot), .minutes(let place)):
                let minutes = cursor.minute(place).map { $0 &- Int64(day) * 1_440 }
                rows.narrow[slot].append(minutes.flatMap(Int32.init(exactly:)) ?? Int32.min)
            case (.narrow(let slot), .specialty):
                let provider = plan.provider.flatMap { cursor.int64($0) }
                rows.narrow[slot].append(provider.flatMap { builder.references.specialties[$0] } ?? Int32.min)
            case (.narrow(let slot), .place):
                let site = plan.careSite.flatMap { cursor.int64($0) }
                rows.narrow[slot].append(site.flatMap { builder.references.places[$0] } ?? EventRows.absentRow)
            case (.wide(let slot), .cursor(let place)):
                rows.wide[slot].append(cursor.int64(place) ?? Int64.min)
            case (.number(let slot), .cursor(let place)):
                rows.wide[slot].append(cursor.double(place).map { Int64(bitPattern: $0.bitPattern) } ?? Int64.min)
            case (.text(let slot, let table), .cursor(let place)):
                let text = cursor.text(place)
                rows.narrow[slot].append(text.map { rows.texts[table].place(of: $0) } ?? Int32.min)
            default:
                // `visitType` is filled in when the block is complete.
                break
            }
        }

        // MARK: A block, the table

        private mutating func flush() throws {
            if rows.count == 0 { return }
            try fillVisitTypes()
            let writer = BlockWriter(
                table: builder.table, block: block, plan: plan, sink: builder.sink,
                bitmapThreshold: builder.bitmapThreshold)
            let first = builder.sink.entries.count
            let totals = try writer.write(rows, codes: &codes, pairs: &pairs)
            if builder.table == .visit { written.note(builder.sink.entries[first...], block: block) }
            statistics.records += rows.count
            statistics.persons += totals.persons
            statistics.firstDay = min(statistics.firstDay ?? Int32.max, totals.firstDay)
            statistics.lastDay = max(statistics.lastDay ?? Int32.min, totals.lastDay)
            rows.removeAll()
        }

        private mutating func fillVisitTypes() throws {
            guard let slot = plan.visitTypeSlot else { return }
            let count = rows.count
            guard plan.visit != nil, !rows.visit.holdsOnly(Int64.min), builder.visits.blocks[block] != nil else {
                for _ in 0..<count { rows.narrow[slot].append(EventRows.absentRow) }
                return
            }
            let lookup = try VisitLookup(block: block, written: builder.visits, sink: builder.sink)
            for row in 0..<count {
                let visit = rows.visit[row]
                rows.narrow[slot].append(
                    visit == Int64.min ? EventRows.absentRow : lookup.concept(person: rows.person[row], visit: visit))
            }
        }

        private mutating func finish() throws {
            let number = UInt16(builder.table.number)
            if codes.count > 0 {
                try builder.sink.append(kind: SegmentKind.concepts, column: number, rows: codes.count, codes.bytes())
            }
            if !pairs.isEmpty {
                try builder.sink.append(
                    kind: SegmentKind.sourcePairs, column: number, rows: pairs.count, SourcePairs.bytes(pairs))
            }
            if builder.table.hasConcept { statistics.unmappedRecords = Int(codes.unmappedRecords) }
            try builder.sink.append(kind: SegmentKind.totals, column: number, rows: 1, statistics.segment)
            written.conceptOfCode = codes.conceptOfCode
        }
    }
}

extension WrittenTable {
    /// Remembers where a block's hot columns were written.
    fileprivate mutating func note(_ entries: ArraySlice<SegmentEntry>, block: Int) {
        func find(_ column: UInt16) -> SegmentEntry? { entries.first { $0.column == column } }
        if let person = find(PostingColumn.person), let directory = find(PostingColumn.directory),
            let id = find(PostingColumn.id)
        {
            blocks[block] = Hot(person: person, directory: directory, id: id)
        }
    }
}

extension TableStatistics {
    /// The segment of the totals.
    fileprivate var segment: [UInt8] {
        var out: [UInt8] = []
        let numbers = [isPresent ? 1 : 0, records, persons, unmappedRecords, Int(firstDay ?? 0), Int(lastDay ?? 0)]
        for number in numbers { out.append(number: Int64(number)) }
        return out
    }
}

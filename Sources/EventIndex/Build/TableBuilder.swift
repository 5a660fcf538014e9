import OMOPStore

/// Reads one table of the store and writes its segments, one block in memory at a time.
struct TableBuilder {
    let table: EventTable
    let store: any ClinicalStore
    let sink: FileSink
    let persons: PersonDirectory
    let references: ReferenceTables
    let periods: WrittenTable
    let visits: WrittenTable
    /// Where the rows of unchanged persons come from; nil if the store is read whole.
    let previous: PreviousIndex?
    let bitmapThreshold: Int
    let isCancelled: @Sendable () -> Bool
    /// Told every so many rows.
    let progress: (Int) -> Void

    /// What came of it.
    struct Outcome {
        var statistics: TableStatistics
        var skipped: SkippedRows
        var written: WrittenTable
        /// Rows that the store gave.
        var read: Int
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
        /// Rows of the batch that are in `rows` but for their other columns.
        private var kept: [Int] = []
        private var lastPerson = CDMBatch.null
        private var lastOrdinal: Int?

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
                return Outcome(statistics: statistics, skipped: skipped, written: written, read: read)
            }
            let cursor = try cursor(table, order)
            let batch = CDMBatch(plan.kinds)
            while try cursor.fill(batch) {
                try take(batch)
                let before = read
                read += batch.count
                if before >> 16 != read >> 16 {
                    builder.progress(read)
                    if builder.isCancelled() {
                        throw OMOPStoreError(.cancelled, "The build was stopped", advice: "Start it again when it suits.")
                    }
                }
            }
            try advance(to: builder.persons.blockCount)
            try finish()
            builder.progress(read)
            return Outcome(statistics: statistics, skipped: skipped, written: written, read: read)
        }

        private func cursor(_ table: CDMTable, _ order: ScanOrder) throws -> any CDMCursor {
            if let previous = builder.previous {
                return try builder.store.cursor(
                    table, columns: plan.names, persons: previous.changed, isCancelled: builder.isCancelled)
            }
            return try builder.store.cursor(table, columns: plan.names, order: order, isCancelled: builder.isCancelled)
        }

        // MARK: Rows

        /// Takes a batch: first who and when, row by row, then the other columns one after another.
        private mutating func take(_ batch: CDMBatch) throws {
            let persons = batch[TablePlan.person]
            let ids = batch[TablePlan.id]
            let days = batch[TablePlan.start]
            let concepts = plan.concept.map { batch[$0] }
            kept.removeAll(keepingCapacity: true)
            for row in 0..<batch.count {
                guard let ordinal = ordinal(persons[row]) else {
                    skip(persons[row] == CDMBatch.null ? .noPerson : .unknownPerson)
                    continue
                }
                guard let day = Int32(exactly: days[row]) else {
                    skip(.noDate)
                    continue
                }
                guard ids[row] != CDMBatch.null else {
                    skip(.noID)
                    continue
                }
                var concept = EventRows.nullConcept
                if let concepts, concepts[row] != CDMBatch.null {
                    guard let small = Int32(exactly: concepts[row]), small != EventRows.nullConcept else {
                        skip(.impossibleConcept)
                        continue
                    }
                    concept = small
                }
                let rowBlock = ordinal / FileLayout.blockSize
                if rowBlock != block {
                    if rowBlock < block { throw OutOfOrder() }
                    takeColumns(batch)
                    try advance(to: rowBlock)
                }
                rows.person.append(UInt16(truncatingIfNeeded: ordinal))
                rows.start.append(day)
                rows.concept.append(codes.place(of: concept))
                rows.id.append(ids[row])
                kept.append(row)
            }
            takeColumns(batch)
        }

        /// The ordinal of a person, nil if unknown. A person's rows mostly follow one another.
        @inline(__always)
        private mutating func ordinal(_ person: Int64) -> Int? {
            if person != lastPerson {
                lastPerson = person
                lastOrdinal = person == CDMBatch.null ? nil : builder.persons.ordinal(of: person)
            }
            return lastOrdinal
        }

        private mutating func skip(_ reason: SkippedRows.Reason) { skipped.count(builder.table.rawValue, reason) }

        /// The other columns of the rows that were kept.
        private mutating func takeColumns(_ batch: CDMBatch) {
            if kept.isEmpty { return }
            // Taken out, so that nothing holds on to a part of this value while another part changes.
            var kept: [Int] = []
            swap(&kept, &self.kept)
            kept.withUnsafeBufferPointer { kept in
                let days = batch[TablePlan.start]
                if let place = plan.end {
                    let ends = batch[place]
                    rows.end.append(kept.count) { at in
                        let end = ends[kept[at]]
                        return end == CDMBatch.null ? Int32.min : Int32(exactly: end &- days[kept[at]]) ?? Int32.min
                    }
                }
                if let place = plan.visit {
                    let visits = batch[place]
                    rows.visit.append(kept.count) { visits[kept[$0]] }
                }
                for column in plan.columns { take(column, batch, kept, days) }
            }
            kept.removeAll(keepingCapacity: true)
            swap(&kept, &self.kept)
        }

        private mutating func take(
            _ column: TablePlan.Column, _ batch: CDMBatch, _ kept: UnsafeBufferPointer<Int>, _ days: UnsafeBufferPointer<Int64>
        ) {
            switch (column.store, column.origin) {
            case (.narrow(let slot), .cursor(let place)):
                let values = batch[place]
                rows.narrow[slot].append(kept.count) { Int32(exactly: values[kept[$0]]) ?? Int32.min }
            case (.narrow(let slot), .minutes(let place)):
                let values = batch[place]
                rows.narrow[slot].append(kept.count) { at in
                    let minute = values[kept[at]]
                    if minute == CDMBatch.null { return Int32.min }
                    return Int32(exactly: minute &- days[kept[at]] &* 1_440) ?? Int32.min
                }
            case (.narrow(let slot), .specialty):
                let providers = plan.provider.map { batch[$0] }
                let specialties = builder.references.specialties
                rows.narrow[slot].append(kept.count) { at in
                    guard let provider = providers?[kept[at]], provider != CDMBatch.null else { return Int32.min }
                    return specialties[provider] ?? Int32.min
                }
            case (.narrow(let slot), .place):
                let sites = plan.careSite.map { batch[$0] }
                let places = builder.references.places
                rows.narrow[slot].append(kept.count) { at in
                    guard let site = sites?[kept[at]], site != CDMBatch.null else { return EventRows.absentRow }
                    return places[site] ?? EventRows.absentRow
                }
            case (.wide(let slot), .cursor(let place)), (.number(let slot), .cursor(let place)):
                let values = batch[place]
                rows.wide[slot].append(kept.count) { values[kept[$0]] }
            case (.text(let slot, let table), .cursor(let place)):
                let values = batch[place]
                let texts = batch.texts[place]
                for row in kept {
                    let text = values[row]
                    rows.narrow[slot].append(text == CDMBatch.null ? Int32.min : rows.texts[table].place(of: texts[Int(text)]))
                }
            default:
                // `visitType` is filled in when the block is complete.
                break
            }
        }

        // MARK: A block, the table

        /// Completes the blocks before another.
        private mutating func advance(to next: Int) throws {
            guard let previous = builder.previous else {
                try flush()
                block = next
                return
            }
            while block < next {
                try previous.restore(builder.table, block: block, columns: plan.columns, into: &rows, &codes)
                try flush()
                block += 1
            }
        }

        private mutating func flush() throws {
            if rows.count == 0 { return }
            try fillVisitTypes()
            let writer = BlockWriter(
                table: builder.table, block: block, plan: plan, sink: builder.sink,
                bitmapThreshold: builder.bitmapThreshold)
            let first = builder.sink.entries.count
            let periods =
                builder.table == .observationPeriod
                ? BlockPeriods(rows) : try BlockPeriods(block: block, written: builder.periods, sink: builder.sink)
            let totals = try writer.write(rows, within: periods, codes: &codes, pairs: &pairs)
            if [.visit, .observationPeriod].contains(builder.table) {
                written.note(builder.sink.entries[first...], block: block)
            }
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
                rows.narrow[slot].append(count) { _ in EventRows.absentRow }
                return
            }
            let lookup = try VisitLookup(block: block, written: builder.visits, sink: builder.sink)
            var last = (person: UInt16(0), visit: Int64.min, concept: EventRows.absentRow)
            let visits = rows.visit
            let persons = rows.person
            rows.narrow[slot].append(count) { row in
                let visit = visits[row]
                let person = persons[row]
                if visit != last.visit || person != last.person {
                    last = (
                        person, visit,
                        visit == Int64.min ? EventRows.absentRow : lookup.concept(person: person, visit: visit)
                    )
                }
                return last.concept
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
            let start = find(PostingColumn.start), let id = find(PostingColumn.id)
        {
            blocks[block] = Hot(
                person: person, directory: directory, start: start, escapes: find(PostingColumn.escapes),
                end: find(PostingColumn.end), id: id)
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

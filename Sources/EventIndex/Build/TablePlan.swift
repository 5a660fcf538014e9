import OMOPStore

/// Which columns of the store are read for a table, and where their values are kept while a block is read.
struct TablePlan {
    /// Where a column's values are kept in a `RowBuffer`.
    enum Store {
        case narrow(Int)
        case wide(Int)
        /// The bits of decimal numbers, in `wide`.
        case number(Int)
        /// Places of texts in `narrow`, and the text table.
        case text(Int, table: Int)
    }

    /// Where a column's values come from.
    enum Origin {
        case cursor(Int)
        /// A datetime, kept as minutes from midnight of the start day.
        case minutes(Int)
        case specialty
        case place
        case visitType
    }

    struct Column {
        let column: EventColumn
        let origin: Origin
        let store: Store
    }

    let layout: TableLayout
    /// The store's columns to read, in the cursor's order: person, id, start, then the others.
    private(set) var names: [String]
    /// As what each of them is read.
    private(set) var kinds: [CDMBatch.Kind] = [.whole, .whole, .day]
    private(set) var concept: Int?
    private(set) var end: Int?
    private(set) var visit: Int?
    private(set) var provider: Int?
    private(set) var careSite: Int?
    private(set) var columns: [Column] = []
    private(set) var narrowCount = 0
    private(set) var wideCount = 0
    private(set) var textCount = 0
    private(set) var visitTypeSlot: Int?

    static let person = 0
    static let id = 1
    static let start = 2

    init(_ table: EventTable, _ profile: StoreProfile) {
        let layout = TableLayout.of(table)
        self.layout = layout
        names = ["person_id", layout.id, layout.start]
        concept = add(layout.concept, .whole, profile)
        end = add(layout.end, .day, profile)
        visit = add(layout.hasVisit ? "visit_occurrence_id" : nil, .whole, profile)
        provider = add(layout.hasProvider ? "provider_id" : nil, .whole, profile)
        careSite = add(layout.hasCareSite ? "care_site_id" : nil, .whole, profile)
        for column in layout.columns {
            // A visit's own type is its concept, which every row carries anyway.
            if column.column == .visitType, table == .visit { continue }
            guard let origin = origin(column, profile) else { continue }
            columns.append(Column(column: column.column, origin: origin, store: store(column.column, origin)))
        }
    }

    /// The place of a column among those read, nil if the store does not have it.
    private mutating func add(_ name: String?, _ kind: CDMBatch.Kind, _ profile: StoreProfile) -> Int? {
        guard let name, profile.has(layout.table, name) else { return nil }
        names.append(name)
        kinds.append(kind)
        return names.count - 1
    }

    private mutating func origin(_ column: TableLayout.Column, _ profile: StoreProfile) -> Origin? {
        switch column.column {
        case .providerSpecialty: return provider == nil ? nil : .specialty
        case .placeOfService: return .place
        case .visitType: return .visitType
        case .startMinute, .endMinute: return add(column.name, .minute, profile).map { .minutes($0) }
        default:
            let kind: CDMBatch.Kind =
                switch column.column.kind {
                case .concepts, .integers: .whole
                case .numbers: .number
                case .texts: .text
                }
            return add(column.name, kind, profile).map { .cursor($0) }
        }
    }

    private mutating func store(_ column: EventColumn, _ origin: Origin) -> Store {
        if case .minutes = origin { return nextNarrow() }
        switch column.kind {
        case .concepts:
            if case .visitType = origin { visitTypeSlot = narrowCount }
            return nextNarrow()
        case .integers:
            wideCount += 1
            return .wide(wideCount - 1)
        case .numbers:
            wideCount += 1
            return .number(wideCount - 1)
        case .texts:
            narrowCount += 1
            textCount += 1
            return .text(narrowCount - 1, table: textCount - 1)
        }
    }

    private mutating func nextNarrow() -> Store {
        narrowCount += 1
        return .narrow(narrowCount - 1)
    }

    /// An empty buffer for the table's rows.
    var buffer: RowBuffer { RowBuffer(narrow: narrowCount, wide: wideCount, texts: textCount) }
}

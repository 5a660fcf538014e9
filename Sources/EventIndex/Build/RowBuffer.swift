/// The rows of one table in the block that is being read.
struct RowBuffer {
    var person: [UInt16] = []
    var start: [Int32] = []
    /// Place of the concept in the table's `NumberTable`.
    var concept: [Int32] = []
    var id: [Int64] = []
    var visit = LazyColumn<Int64>()
    /// Days from start to end; `Int32.min` is NULL.
    var end = LazyColumn<Int32>()
    /// Concepts, small whole numbers, places of texts; `Int32.min` is NULL.
    var narrow: [LazyColumn<Int32>] = []
    /// Whole numbers and the bits of decimal ones; `Int64.min` is NULL.
    var wide: [LazyColumn<Int64>] = []
    /// The texts of each text column, in the order in which they came.
    var texts: [TextTable] = []

    var count: Int { person.count }

    init(narrow: Int, wide: Int, texts: Int) {
        self.narrow = Array(repeating: LazyColumn(), count: narrow)
        self.wide = Array(repeating: LazyColumn(), count: wide)
        self.texts = Array(repeating: TextTable(), count: texts)
    }

    mutating func removeAll() {
        person.removeAll(keepingCapacity: true)
        start.removeAll(keepingCapacity: true)
        concept.removeAll(keepingCapacity: true)
        id.removeAll(keepingCapacity: true)
        visit.removeAll()
        end.removeAll()
        for place in narrow.indices { narrow[place].removeAll() }
        for place in wide.indices { wide[place].removeAll() }
        for place in texts.indices { texts[place] = TextTable() }
    }
}

/// The texts of one column in one block.
struct TextTable {
    private(set) var texts: [String] = []
    private var places: [String: Int32] = [:]

    mutating func place(of text: String) -> Int32 {
        if let place = places[text] { return place }
        let place = Int32(texts.count)
        texts.append(text)
        places[text] = place
        return place
    }
}

/// The members of a JSON object: in the order read or set, each key once.
///
/// Keys are compared as Swift strings, so two keys that differ only in Unicode normalisation are one key (and a duplicate for
/// the parser): nobody could tell them apart in a review. Equality of objects does not look at the order.
public struct JSONObject: Sendable, Sequence, ExpressibleByDictionaryLiteral {
    private var keyList: [String] = []
    private var valueList: [JSONValue] = []
    /// Where each key stands, kept from nine members on; below that a scan is faster.
    private var places: [String: Int] = [:]

    private static let scanned = 8

    /// No members.
    public init() {}

    /// The pairs in their order; of a key that comes twice the last value counts.
    public init(_ pairs: [(String, JSONValue)]) {
        for (key, value) in pairs { self[key] = value }
    }

    /// The pairs as written.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(elements)
    }

    /// The keys in their order.
    public var keys: [String] { keyList }

    /// How many members there are.
    public var count: Int { keyList.count }

    /// Whether there are none.
    public var isEmpty: Bool { keyList.isEmpty }

    /// All members in their order.
    public var members: [(key: String, value: JSONValue)] {
        zip(keyList, valueList).map { (key: $0, value: $1) }
    }

    /// Members in their order.
    public func makeIterator() -> AnyIterator<(key: String, value: JSONValue)> {
        var index = 0
        return AnyIterator { [keyList, valueList] in
            guard index < keyList.count else { return nil }
            defer { index += 1 }
            return (key: keyList[index], value: valueList[index])
        }
    }

    /// The value of a key. Setting a known key keeps its place, a new one comes last, nil removes.
    public subscript(key: String) -> JSONValue? {
        get { place(of: key).map { valueList[$0] } }
        set {
            switch (place(of: key), newValue) {
            case (let place?, let value?): valueList[place] = value
            case (nil, let value?): append(key, value)
            case (let place?, nil): remove(at: place)
            case (nil, nil): break
            }
        }
    }

    /// Adds a member unless the key is there already, and says whether it did.
    mutating func insertNew(_ key: String, _ value: JSONValue) -> Bool {
        guard place(of: key) == nil else { return false }
        append(key, value)
        return true
    }

    /// Whether a key is there, with whatever value.
    func contains(_ key: String) -> Bool { place(of: key) != nil }

    private func place(of key: String) -> Int? {
        keyList.count <= Self.scanned ? keyList.firstIndex(of: key) : places[key]
    }

    private mutating func append(_ key: String, _ value: JSONValue) {
        keyList.append(key)
        valueList.append(value)
        if keyList.count == Self.scanned + 1 {
            indexAll()
        } else if keyList.count > Self.scanned {
            places[key] = keyList.count - 1
        }
    }

    private mutating func remove(at place: Int) {
        keyList.remove(at: place)
        valueList.remove(at: place)
        indexAll()
    }

    private mutating func indexAll() {
        places = keyList.count <= Self.scanned ? [:] : Dictionary(uniqueKeysWithValues: zip(keyList, keyList.indices))
    }
}

extension JSONObject: Hashable {
    /// The same keys with the same values, in whatever order.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        guard left.count == right.count else { return false }
        if left.keyList == right.keyList { return left.valueList == right.valueList }
        return zip(left.keyList, left.valueList).allSatisfy { right[$0] == $1 }
    }

    /// Independent of the order of members, as equality is.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        var mixed = 0
        for (key, value) in zip(keyList, valueList) {
            var member = Hasher()
            member.combine(key)
            member.combine(value)
            mixed ^= member.finalize()
        }
        hasher.combine(mixed)
    }
}

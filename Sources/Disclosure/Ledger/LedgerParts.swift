import CanonicalJSON

// How the parts of a ledger are written and read, in the whole ledger and in what was added to one.

extension ReleaseLedger {
    /// Exposures that are not 0, releases by project, tier locks.
    func writeUse(to writer: inout ByteWriter) {
        let exposed = exposure.indices.filter { exposure[$0] > 0 }
        writer.integer(exposed.count)
        var last = 0
        for person in exposed {
            writer.integer(person - last)
            writer.integer(UInt64(exposure[person].bitPattern))
            last = person
        }
        writer.integer(releases.count)
        for (project, number) in releases.sorted(by: { $0.key < $1.key }) {
            writer.text(project)
            writer.integer(number)
        }
        writer.integer(tiers.count)
        for (cohort, tier) in tiers.sorted(by: { $0.key < $1.key }) {
            writer.text(cohort)
            writer.text(tier.rawValue)
        }
    }

    mutating func restoreUse(from reader: inout ByteReader, _ most: Int) throws(DisclosureError) {
        var exposures: [(Int, Float)] = []
        var person = 0
        for _ in 0..<(try reader.integer(through: most)) {
            person += try reader.integer(through: universe)
            guard person < universe else { throw ByteReader.damaged("an exposure of a person who is not there") }
            exposures.append((person, Float(bitPattern: UInt32(try reader.integer(through: Int(UInt32.max))))))
        }
        var releases: [String: Int] = [:]
        for _ in 0..<(try reader.integer(through: most)) {
            let project = try reader.text()
            releases[project] = try reader.integer(through: Int(Int32.max))
        }
        var tiers: [String: ReleaseRequest.Tier] = [:]
        for _ in 0..<(try reader.integer(through: most)) {
            let cohort = try reader.text()
            tiers[cohort] = try Self.tier(from: &reader)
        }
        restore(exposures: exposures, releases: releases, tiers: tiers)
    }

    static func tier(from reader: inout ByteReader) throws(DisclosureError) -> ReleaseRequest.Tier {
        guard let tier = ReleaseRequest.Tier(rawValue: try reader.text()) else { throw ByteReader.damaged("an unknown tier") }
        return tier
    }

    mutating func restoreTable(from reader: inout ByteReader, _ most: Int) throws(DisclosureError) {
        let total = try reader.integer(through: max(0, entries.count - 1))
        let shape = try reader.texts()
        let text = try reader.raw()
        let disclosed: DisclosedBreakdown
        do {
            disclosed = try DisclosedBreakdown(parsing: text)
        } catch {
            throw ByteReader.damaged("a table: \(error.message)")
        }
        var inner: [[String]: StoredSet] = [:]
        for _ in 0..<(try reader.integer(through: most)) {
            guard let key = try reader.texts().first else { throw ByteReader.damaged("a cell has no key") }
            inner[key] = try StoredSet(from: &reader, universe: universe)
        }
        remember(ReleasedTable(disclosed: disclosed, inner: inner), TableKey(total: total, shape: shape))
    }

    mutating func restoreVerdict(from reader: inout ByteReader) throws(DisclosureError) {
        let isSmall = try reader.integer(through: 1) == 1
        verdicts.record(try reader.ascending(below: universe), isSmall: isSmall)
    }
}

extension ReleaseLedger.Entry {
    func write(to writer: inout ByteWriter) {
        writer.integer(shown)
        writer.integer(epoch)
        writer.optional(cohort)
        set.write(to: &writer)
    }

    init(from reader: inout ByteReader, universe: Int, isCharged: Bool = false) throws(DisclosureError) {
        let shown = try reader.integer(through: DisclosedCount.largest)
        let epoch = try reader.integer(through: Int(Int32.max))
        let cohort = try reader.optional()
        let set = try StoredSet(from: &reader, universe: universe)
        self.init(
            set: set, sketch: SetSketch { set.forEachMember($0) }, shown: shown, epoch: epoch, cohort: cohort,
            isCharged: isCharged)
    }
}

extension ReleaseLedger.ReleasedTable {
    func write(_ key: ReleaseLedger.TableKey, to writer: inout ByteWriter) {
        writer.integer(key.total)
        writer.texts(key.shape)
        writer.raw(disclosed.json.canonicalBytes())
        writer.integer(inner.count)
        for (key, set) in inner.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            writer.texts([key])
            set.write(to: &writer)
        }
    }
}

extension OffsetVerdicts.Verdict {
    func write(to writer: inout ByteWriter) {
        writer.integer(isSmall ? 1 : 0)
        writer.ascending(members)
    }
}

extension StoredSet {
    func write(to writer: inout ByteWriter) {
        if let list = persons.list {
            writer.integer(0)
            writer.ascending(list)
        } else {
            writer.integer(1)
            writer.integer(persons.words.count)
            for word in persons.words { writer.fixed(word) }
        }
    }

    init(from reader: inout ByteReader, universe: Int) throws(DisclosureError) {
        var set = PersonSet(universe: universe)
        if try reader.integer(through: 1) == 0 {
            for member in try reader.ascending(below: universe) { set.insert(Int(member)) }
        } else {
            let words = try reader.integer(through: (universe + 63) / 64)
            var found: [UInt64] = []
            for _ in 0..<words { found.append(try reader.fixed()) }
            found += [UInt64](repeating: 0, count: (universe + 63) / 64 - words)
            set = PersonSet(universe: universe, words: found)
        }
        self.init(set)
    }
}

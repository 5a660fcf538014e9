import OMOPStore

/// Writes what the index keeps of the vocabulary: concepts without names, the hierarchy both ways, 'Maps to' both ways.
struct VocabularyBuilder {
    let store: any ClinicalStore
    let sink: FileSink
    let isCancelled: @Sendable () -> Bool
    /// Told the rows read so far, every so many.
    let progress: (Int) -> Void

    func build(skipped: inout SkippedRows) throws(EventIndexError) {
        try writeConcepts(&skipped)
        try writeHierarchy(&skipped)
        try writeMappings(&skipped)
    }

    private func write(_ part: UInt16, rows: Int, _ bytes: [UInt8]) throws(EventIndexError) {
        try sink.append(kind: SegmentKind.vocabulary, column: part, rows: rows, bytes)
    }

    // MARK: CONCEPT

    private func writeConcepts(_ skipped: inout SkippedRows) throws(EventIndexError) {
        var ids: [Int32] = []
        var flags: [UInt8] = []
        var domainCodes: [UInt8] = []
        var domains: [String] = [""]
        var codeOfDomain: [String: UInt8] = ["": 0]
        var bad = SkippedRows()
        let columns = ["concept_id", "invalid_reason", "standard_concept", "domain_id"]
        var read = 0
        if store.profile.has(.concept) {
            try translated("CONCEPT") {
                try store.scan(.concept, columns: columns, order: .unordered, isCancelled: isCancelled) { row in
                    read += 1
                    if read & 0xFFFF == 0 { progress(read) }
                    guard let wide = row.int64(0), let id = Int32(exactly: wide), id != EventRows.nullConcept else {
                        return bad.count("concept", .impossibleConcept)
                    }
                    ids.append(id)
                    flags.append(Self.flag(invalid: row.text(1), standard: row.text(2)))
                    let domain = row.text(3) ?? ""
                    if codeOfDomain[domain] == nil, domains.count < 256 {
                        codeOfDomain[domain] = UInt8(domains.count)
                        domains.append(domain)
                    }
                    domainCodes.append(codeOfDomain[domain] ?? 0)
                }
            }
        }
        let order = Self.order(ids) { bad.count("concept", .repeated) }
        // Domains in alphabetical order, so that the file does not depend on the order of the rows.
        let sortedDomains = domains.indices.sorted { domains[$0] < domains[$1] }
        var rank = [UInt8](repeating: 0, count: domains.count)
        for (place, domain) in sortedDomains.enumerated() { rank[domain] = UInt8(place) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(order.count * 4)
        for place in order { bytes.append(number: ids[place]) }
        try write(VocabularyPart.ids, rows: order.count, bytes)
        try write(VocabularyPart.flags, rows: order.count, order.map { flags[$0] })
        try write(VocabularyPart.domainCodes, rows: order.count, order.map { rank[Int(domainCodes[$0])] })
        try write(VocabularyPart.domains, rows: domains.count, Texts.bytes(sortedDomains.map { domains[$0] }))
        skipped.add(bad)
    }

    private static func flag(invalid: String?, standard: String?) -> UInt8 {
        var flag: UInt8 = invalid == nil ? 0 : ConceptVocabulary.Flag.invalid
        if standard == "S" { flag |= ConceptVocabulary.Flag.standard }
        if standard == "C" { flag |= ConceptVocabulary.Flag.classification }
        return flag
    }

    /// Places of the ids in ascending order; the first of equal ids stays.
    private static func order(_ ids: [Int32], repeated: () -> Void) -> [Int] {
        var order = Array(ids.indices)
        if ids.indices.dropFirst().contains(where: { ids[$0 - 1] >= ids[$0] }) {
            order.sort { ids[$0] != ids[$1] ? ids[$0] < ids[$1] : $0 < $1 }
        }
        var kept: [Int] = []
        kept.reserveCapacity(order.count)
        for place in order {
            if let last = kept.last, ids[last] == ids[place] { repeated() } else { kept.append(place) }
        }
        return kept
    }

    // MARK: Pairs

    private func writeHierarchy(_ skipped: inout SkippedRows) throws(EventIndexError) {
        let down = PairSorter()
        let up = PairSorter()
        var bad = SkippedRows()
        var read = 0
        if store.profile.has(.conceptAncestor) {
            try translated("CONCEPT_ANCESTOR") {
                try store.scan(
                    .conceptAncestor, columns: ["ancestor_concept_id", "descendant_concept_id"], order: .unordered,
                    isCancelled: isCancelled
                ) { row in
                    read += 1
                    if read & 0xFFFF == 0 { progress(read) }
                    guard let ancestor = row.int64(0).flatMap(Int32.init(exactly:)),
                        let descendant = row.int64(1).flatMap(Int32.init(exactly:))
                    else { return bad.count("concept_ancestor", .impossibleConcept) }
                    try down.add(ancestor, descendant)
                    try up.add(descendant, ancestor)
                }
            }
        }
        try writeLists(VocabularyPart.descendants, down)
        try writeLists(VocabularyPart.ancestors, up)
        skipped.add(bad)
    }

    private func writeMappings(_ skipped: inout SkippedRows) throws(EventIndexError) {
        let toSources = PairSorter()
        let toTargets = PairSorter()
        var bad = SkippedRows()
        var read = 0
        if store.profile.has(.conceptRelationship) {
            try translated("CONCEPT_RELATIONSHIP") {
                try store.scan(
                    .conceptRelationship, columns: ["concept_id_1", "concept_id_2", "relationship_id", "invalid_reason"],
                    order: .unordered, isCancelled: isCancelled
                ) { row in
                    read += 1
                    if read & 0xFFFF == 0 { progress(read) }
                    guard row.text(2) == "Maps to", row.text(3) == nil else { return }
                    guard let source = row.int64(0).flatMap(Int32.init(exactly:)),
                        let target = row.int64(1).flatMap(Int32.init(exactly:))
                    else { return bad.count("concept_relationship", .impossibleConcept) }
                    try toSources.add(target, source)
                    try toTargets.add(source, target)
                }
            }
        }
        try writeLists(VocabularyPart.mappedSources, toSources)
        try writeLists(VocabularyPart.mappedTargets, toTargets)
        skipped.add(bad)
    }

    private func writeLists(_ part: UInt16, _ pairs: PairSorter) throws(EventIndexError) {
        var writer = ConceptLists.Writer()
        try pairs.forEach { writer.append(key: $0, member: $1) }
        let count = writer.count
        try write(part, rows: count, writer.finished())
    }
}

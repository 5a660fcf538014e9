/// The vocabulary of an index, read in place.
struct ConceptVocabulary: @unchecked Sendable {
    // @unchecked because the pointers lead into the read-only mapping that the owning index keeps.
    private let ids: UnsafeBufferPointer<Int32>
    private let flags: UnsafeBufferPointer<UInt8>
    private let domainCodes: UnsafeBufferPointer<UInt8>
    private let domains: [String]
    let descendants: ConceptLists?
    let ancestors: ConceptLists?
    let mappedSources: ConceptLists?
    let mappedTargets: ConceptLists?

    /// Flags of a concept in the file.
    enum Flag {
        static let invalid: UInt8 = 1
        static let standard: UInt8 = 2
        static let classification: UInt8 = 4
    }

    init(_ segments: SegmentTable) throws(EventIndexError) {
        func find(_ part: UInt16) -> SegmentEntry? { segments.find(SegmentKind.vocabulary, part) }
        func lists(_ part: UInt16) throws(EventIndexError) -> ConceptLists? {
            guard let entry = find(part) else { return nil }
            return try ConceptLists(segments.bytes(entry))
        }
        descendants = try lists(VocabularyPart.descendants)
        ancestors = try lists(VocabularyPart.ancestors)
        mappedSources = try lists(VocabularyPart.mappedSources)
        mappedTargets = try lists(VocabularyPart.mappedTargets)
        guard let idEntry = find(VocabularyPart.ids), let flagEntry = find(VocabularyPart.flags),
            let codeEntry = find(VocabularyPart.domainCodes), let domainEntry = find(VocabularyPart.domains)
        else { throw .damaged("a part of the vocabulary is missing") }
        let count = Int(idEntry.rows)
        ids = try segments.bytes(idEntry).array(0, count: count, "the concepts")
        flags = try segments.bytes(flagEntry).array(0, count: count, "the concepts")
        domainCodes = try segments.bytes(codeEntry).array(0, count: count, "the concepts")
        domains = try Texts.read(segments.bytes(domainEntry), limit: 256)
    }

    var count: Int { ids.count }

    /// Whether a concept is invalid; nil if there is no such concept.
    func isInvalid(_ id: Int32) -> Bool? { ids.sortedPlace(of: id).map { flags[$0] & Flag.invalid != 0 } }

    subscript(id: Int32) -> ConceptFacts? {
        guard let place = ids.sortedPlace(of: id) else { return nil }
        let flag = flags[place]
        let domain = Int(domainCodes[place])
        return ConceptFacts(
            id: id, isInvalid: flag & Flag.invalid != 0, isStandard: flag & Flag.standard != 0,
            isClassification: flag & Flag.classification != 0, domain: domain < domains.count ? domains[domain] : "")
    }
}

/// Texts one after another, each with its length (u32) before it.
enum Texts {
    static func read(_ bytes: Bytes, limit: Int) throws(EventIndexError) -> [String] {
        var texts: [String] = []
        var at = 0
        while at < bytes.count, texts.count < limit {
            let length = Int(try bytes.load(at, as: UInt32.self))
            texts.append(String(decoding: try bytes.part(at + 4, length, "a text").raw, as: UTF8.self))
            at += 4 + length
        }
        return texts
    }

    static func bytes(_ texts: [String]) -> [UInt8] {
        var out: [UInt8] = []
        for text in texts {
            let bytes = Array(text.utf8)
            out.append(number: UInt32(bytes.count))
            out += bytes
        }
        return out
    }
}

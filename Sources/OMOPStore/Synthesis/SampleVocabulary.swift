/// The small vocabulary of the synthetic stores: concepts, hierarchy and mappings of our own making.
///
/// Three layers: the concepts that questions name (`SampleConcepts.swift`), a few hundred generated ones for breadth in
/// five-ary trees, and for each of both a local code of the hospital that maps to it. A real hospital loads its own
/// vocabulary download instead.
struct SampleVocabulary: Sendable {
    /// The vocabulary of standard concepts here.
    static let name = "Dure sample"
    /// The vocabulary of the hospitals' local codes here.
    static let localName = "Dure local"

    struct Concept: Sendable {
        var id: Int32
        var domain: String
        var english: String
        var korean: String
        var parents: [Int32]
        var isInvalid = false
    }

    struct Ancestry: Sendable, Hashable {
        var ancestor: Int32
        var descendant: Int32
        var levels: ClosedRange<Int32>
    }

    /// A hospital's own code for a standard concept.
    struct LocalCode: Sendable {
        var id: Int32
        var code: String
    }

    /// All standard concepts (and the invalid ones among them), named ones first.
    let concepts: [Concept]
    /// The local code of each concept that events carry.
    let localCodes: [Int32: LocalCode]

    /// Domains whose concepts hospitals code locally.
    static let codedDomains: Set<String> = ["Condition", "Drug", "Measurement", "Procedure", "Device", "Observation", "Specimen"]

    /// The vocabulary; always the same.
    init() {
        var concepts = Self.named
        for tree in GeneratedTree.all { concepts += tree.concepts }
        var localCodes: [Int32: LocalCode] = [:]
        for (index, concept) in concepts.enumerated() where Self.codedDomains.contains(concept.domain) {
            let number = String(index + 1)
            let code = "L" + String(repeating: "0", count: max(0, 5 - number.count)) + number
            localCodes[concept.id] = LocalCode(id: 2_000_500_000 + Int32(index), code: code)
        }
        self.concepts = concepts
        self.localCodes = localCodes
    }

    /// Every pair of `concept_ancestor`, each concept being its own ancestor too, with the shortest and longest way.
    func ancestry() -> [Ancestry] {
        let parents = Dictionary(uniqueKeysWithValues: concepts.map { ($0.id, $0.parents) })
        var pairs: [Ancestry] = []
        for concept in concepts {
            var levels: [Int32: ClosedRange<Int32>] = [:]
            func climb(_ id: Int32, _ height: Int32) {
                let known = levels[id] ?? height...height
                levels[id] = min(known.lowerBound, height)...max(known.upperBound, height)
                for parent in parents[id] ?? [] { climb(parent, height + 1) }
            }
            climb(concept.id, 0)
            pairs += levels.map { Ancestry(ancestor: $0.key, descendant: concept.id, levels: $0.value) }
        }
        return pairs.sorted { ($0.ancestor, $0.descendant) < ($1.ancestor, $1.descendant) }
    }

    /// The ingredient of a drug: its own concept unless it is a product of one.
    static func ingredient(of drug: Int32) -> Int32 {
        switch drug {
        case SampleConcept.metforminTablet: SampleConcept.metformin
        case SampleConcept.insulinPen: SampleConcept.insulinGlargine
        default: drug
        }
    }
}

/// A five-ary tree of generated concepts, for breadth.
struct GeneratedTree: Sendable {
    let first: Int32
    let count: Int
    let domain: String
    let english: String
    let korean: String

    static let conditions = GeneratedTree(
        first: 2_000_001_000, count: 240, domain: "Condition", english: "Sample condition", korean: "표본 질환")
    static let drugs = GeneratedTree(first: 2_000_002_000, count: 120, domain: "Drug", english: "Sample drug", korean: "표본 약")
    static let measurements = GeneratedTree(
        first: 2_000_003_000, count: 80, domain: "Measurement", english: "Sample test", korean: "표본 검사")
    static let procedures = GeneratedTree(
        first: 2_000_004_000, count: 60, domain: "Procedure", english: "Sample procedure", korean: "표본 시술")
    static let devices = GeneratedTree(
        first: 2_000_005_000, count: 20, domain: "Device", english: "Sample device", korean: "표본 의료기기")
    static let observations = GeneratedTree(
        first: 2_000_006_000, count: 40, domain: "Observation", english: "Sample observation", korean: "표본 관찰")

    static let all = [conditions, drugs, measurements, procedures, devices, observations]

    /// The tree's concepts; the first is the root, of which no event speaks.
    var concepts: [SampleVocabulary.Concept] {
        let root = SampleVocabulary.Concept(
            id: first, domain: domain, english: "\(english)s", korean: "\(korean) 모음", parents: [])
        return [root] + (1..<count).map(concept)
    }

    private func concept(_ index: Int) -> SampleVocabulary.Concept {
        let parent = first + Int32((index - 1) / 5)
        return SampleVocabulary.Concept(
            id: first + Int32(index), domain: domain, english: "\(english) \(index)", korean: "\(korean) \(index)",
            parents: [parent])
    }

    /// One of the tree's concepts, the early ones far more often (in proportion to about 1 / rank).
    func pick(_ dice: inout SyntheticRandom) -> Int32 {
        // Halving the range a random number of times gives each octave of ranks the same share.
        var range = count - 1
        while range > 3, dice.chance(0.7) { range /= 2 }
        return first + 1 + Int32(dice.below(range))
    }
}

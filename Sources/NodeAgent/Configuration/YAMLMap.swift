import Yams

/// One map of a configuration file. Asking for a key makes it a known key; a wrong value is reported to the file and
/// replaced by the default, so that reading goes on and every problem is seen at once.
final class YAMLMap {
    let path: String
    let line: Int
    private let mapping: Node.Mapping?
    private let file: YAMLFile
    private var asked: Set<String> = []

    init(_ node: Node?, path: String, line: Int, in file: YAMLFile) {
        mapping = if case .mapping(let mapping)? = node { mapping } else { nil }
        self.path = path
        self.line = line
        self.file = file
        file.register(self)
    }

    static func join(_ path: String, _ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    /// Whether the key stands there.
    func has(_ key: String) -> Bool { node(key) != nil }

    /// Reports something about a key's value.
    func report(_ key: String, _ message: String) {
        file.report(message, YAMLMap.join(path, key), node(key)?.mark?.line ?? line)
    }

    // MARK: scalars

    func string(_ key: String) -> String? {
        guard let node = node(key) else { return nil }
        return text(node, YAMLMap.join(path, key))
    }

    func requiredString(_ key: String) -> String {
        if !has(key) { report(key, "is missing") }
        let text = string(key) ?? ""
        if has(key), text.isEmpty { report(key, "is empty") }
        return text
    }

    func int(_ key: String, in range: ClosedRange<Int>, default standard: Int) -> Int {
        guard let scalar = scalar(key) else { return standard }
        guard scalar.style == .plain, let value = Int(scalar.string) else {
            report(key, "expected a whole number, found \(YAMLMap.shown(scalar))")
            return standard
        }
        guard range.contains(value) else {
            report(key, "\(value) is not between \(range.lowerBound) and \(range.upperBound)")
            return standard
        }
        return value
    }

    func double(_ key: String, default standard: Double) -> Double {
        guard let scalar = scalar(key) else { return standard }
        guard scalar.style == .plain, let value = Double(scalar.string), value.isFinite else {
            report(key, "expected a number, found \(YAMLMap.shown(scalar))")
            return standard
        }
        return value
    }

    func bool(_ key: String, default standard: Bool) -> Bool {
        guard let scalar = scalar(key) else { return standard }
        switch (scalar.style, scalar.string) {
        case (.plain, "true"): return true
        case (.plain, "false"): return false
        default:
            report(key, "expected true or false, found \(YAMLMap.shown(scalar))")
            return standard
        }
    }

    func choice<E: RawRepresentable & CaseIterable>(_ key: String, default standard: E) -> E where E.RawValue == String {
        guard let word = string(key) else { return standard }
        guard let value = E(rawValue: word) else {
            report(key, "\"\(word)\" is none of: \(E.allCases.map(\.rawValue).joined(separator: ", "))")
            return standard
        }
        return value
    }

    /// The one schema that is understood.
    func schema(_ expected: String) {
        let found = requiredString("schema")
        if !found.isEmpty, found != expected { report("schema", "this program reads \(expected), not \(found)") }
    }

    // MARK: maps and lists

    /// The map of that key; an empty one where it is absent, so that defaults apply.
    func map(_ key: String) -> YAMLMap {
        let child = YAMLMap.join(path, key)
        guard let node = node(key) else { return YAMLMap(nil, path: child, line: line, in: file) }
        return map(node, child)
    }

    /// The maps of a list; none where it is absent.
    func maps(_ key: String) -> [YAMLMap] {
        items(key).map { map($0.node, $0.path) }
    }

    /// The texts of a list; nil where it is absent.
    func strings(_ key: String) -> [String]? {
        guard has(key) else { return nil }
        return items(key).compactMap { text($0.node, $0.path) }
    }

    /// The whole numbers of a list, each at least 1; nil where it is absent.
    func integers(_ key: String) -> [Int]? {
        guard has(key) else { return nil }
        return items(key).compactMap { item in
            if case .scalar(let scalar) = item.node, scalar.style == .plain, let value = Int(scalar.string), value > 0 {
                return value
            }
            file.report("expected a whole number from 1", item.path, item.node.mark?.line ?? line)
            return nil
        }
    }

    /// The words of a list, each one of a closed set; nil where it is absent.
    func choices<E: RawRepresentable & CaseIterable>(_ key: String) -> [E]? where E.RawValue == String {
        strings(key)?.compactMap { word in
            if let value = E(rawValue: word) { return value }
            report(key, "\"\(word)\" is none of: \(E.allCases.map(\.rawValue).joined(separator: ", "))")
            return nil
        }
    }

    func reportUnknownKeys() {
        guard let mapping else { return }
        for (key, value) in mapping {
            let name = key.scalar?.string ?? "?"
            guard !asked.contains(name) else { continue }
            let known = asked.sorted().joined(separator: ", ")
            file.report(
                "there is no such key. Known here: \(known)", YAMLMap.join(path, name), key.mark?.line ?? value.mark?.line ?? line
            )
        }
    }

    // MARK: -

    private func node(_ key: String) -> Node? {
        asked.insert(key)
        guard let node = mapping?[key] else { return nil }
        // `key:` with nothing behind it counts as absent.
        if case .scalar(let scalar) = node, scalar.style == .plain, scalar.string.isEmpty { return nil }
        return node
    }

    private func scalar(_ key: String) -> Node.Scalar? {
        guard let node = node(key) else { return nil }
        guard case .scalar(let scalar) = node else {
            report(key, "expected a single value")
            return nil
        }
        return scalar
    }

    private func text(_ node: Node, _ path: String) -> String? {
        guard case .scalar(let scalar) = node else {
            file.report("expected a text", path, node.mark?.line ?? line)
            return nil
        }
        if scalar.style == .plain, YAMLMap.isAmbiguous(scalar.string) {
            file.report(
                "programs read \(scalar.string) differently; write \"\(scalar.string)\" if the text is meant", path,
                node.mark?.line ?? line)
            return nil
        }
        return scalar.string
    }

    private func map(_ node: Node, _ path: String) -> YAMLMap {
        if case .mapping = node {
        } else {
            file.report("expected keys and values", path, node.mark?.line ?? line)
        }
        return YAMLMap(node, path: path, line: node.mark?.line ?? line, in: file)
    }

    private func items(_ key: String) -> [(node: Node, path: String)] {
        guard let node = node(key) else { return [] }
        guard case .sequence(let sequence) = node else {
            report(key, "expected a list")
            return []
        }
        let path = YAMLMap.join(path, key)
        return sequence.enumerated().map { ($0.element, "\(path)[\($0.offset)]") }
    }

    private static func shown(_ scalar: Node.Scalar) -> String {
        scalar.style == .plain ? scalar.string : "the text \"\(scalar.string)\""
    }

    /// Whether an unquoted text is a number, a truth value or nothing to some reader of YAML.
    private static func isAmbiguous(_ text: String) -> Bool {
        let words: Set = ["true", "false", "yes", "no", "on", "off", "null", "~", "y", "n"]
        return words.contains(text.lowercased()) || Double(text) != nil
    }
}

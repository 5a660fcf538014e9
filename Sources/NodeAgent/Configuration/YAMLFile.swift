import Yams

/// A configuration file as hospital staff write it: YAML restricted to plain scalars, lists and maps.
///
/// Anchors, tags and repeated keys are refused. Nothing is guessed: `off` is neither a text nor false here (YAML 1.1
/// reads it as false, 1.2 as a text), so words that programs read differently must be quoted.
/// Reading collects every problem instead of stopping at the first.
final class YAMLFile {
    let name: String
    private(set) var problems: [ConfigurationProblem] = []
    private var maps: [YAMLMap] = []

    /// The root map; an unreadable text is an empty map and a problem.
    private(set) lazy var root = YAMLMap(nil, path: "", line: 1, in: self)

    init(name: String, text: String) {
        self.name = name
        do {
            try read(text)
        } catch let error as YamlError {
            report(YAMLFile.words(error), "", YAMLFile.line(error))
        } catch {
            report("\(error)", "", 1)
        }
    }

    private func read(_ text: String) throws {
        if let problem = YAMLShape.problem(of: text) { return report(problem.what, "", problem.line) }
        let parser = try Parser(yaml: text)
        guard let node = try parser.singleRoot() else { return report("the file is empty", "", 1) }
        // Nodes refer to their anchors weakly; the parser holds them.
        withExtendedLifetime(parser) { refuseTricks(node, "") }
        guard problems.isEmpty else { return }
        guard case .mapping = node else { return report("expected keys and values", "", 1) }
        root = YAMLMap(node, path: "", line: 1, in: self)
    }

    func report(_ message: String, _ path: String, _ line: Int) {
        problems.append(ConfigurationProblem(file: name, line: line, path: path, message: message))
    }

    func register(_ map: YAMLMap) { maps.append(map) }

    /// Call when everything known was asked for: what is left over is unknown, and fatal.
    /// - Throws: `CONFIGURATION` with every problem of the file.
    func finish() throws(NodeError) {
        for map in maps { map.reportUnknownKeys() }
        guard !problems.isEmpty else { return }
        throw NodeError(
            .configuration, "\(name) has \(problems.count == 1 ? "a problem" : "\(problems.count) problems").",
            advice: "Nothing was started or changed. Correct the file:",
            problems: problems.sorted { ($0.line, $0.path) < ($1.line, $1.path) })
    }

    private func refuseTricks(_ node: Node, _ path: String) {
        // Not looked into: anchors in anchors would make a few lines a tree of billions.
        guard node.anchor == nil else { return report("anchors and aliases are not allowed", path, node.mark?.line ?? 1) }
        switch node {
        case .mapping(let mapping):
            for (key, value) in mapping {
                refuseTricks(value, YAMLMap.join(path, key.scalar?.string ?? "?"))
            }
        case .sequence(let sequence):
            for (index, item) in sequence.enumerated() { refuseTricks(item, "\(path)[\(index)]") }
        case .scalar, .alias:
            break
        }
    }

    private static func words(_ error: YamlError) -> String {
        switch error {
        case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _):
            "this is not YAML: \(problem)"
        case .duplicatedKeysInMapping(let duplicates, _):
            "the same key stands twice: \(duplicates.map { "\($0)" }.joined(separator: ", "))"
        default: "this is not YAML: \(error)"
        }
    }

    private static func line(_ error: YamlError) -> Int {
        switch error {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
        case .duplicatedKeysInMapping(_, let context): context.mark.line
        default: 1
        }
    }
}

import CanonicalJSON
import Yams

/// A small YAML: plain scalars, lists and maps, as people annotate configuration and rosters.
///
/// Anchors, aliases, tags and repeated keys are refused, and a bare word means what it says: only `true` and `false` are
/// truth values (YAML 1.1 would read `off` and `no` as false), and a date stays the text it was written as.
enum YAMLDocument {
    /// The text as a JSON value, whose errors then name their place by JSON pointer.
    ///
    /// - Throws: `CoordinatorError` (`CONFIGURATION`) with line and column.
    static func json(_ text: String, file: String) throws(CoordinatorError) -> JSONValue {
        let parser: Parser
        let node: Node?
        do {
            parser = try Parser(yaml: text, resolver: .basic)
            node = try parser.singleRoot()
        } catch {
            throw fail("\(error)".split(separator: "\n").joined(separator: " "), file)
        }
        guard let node else { throw fail("the file is empty", file) }
        // Nodes hold their anchors weakly; the parser owns them.
        defer { withExtendedLifetime(parser) {} }
        return try value(node, file)
    }

    private static func value(_ node: Node, _ file: String) throws(CoordinatorError) -> JSONValue {
        if node.anchor != nil { throw fail("anchors and aliases are not allowed\(place(node))", file) }
        switch node {
        case .scalar(let scalar):
            return scalar.style == .plain ? plain(scalar.string) : .string(scalar.string)
        case .sequence(let sequence):
            var elements: [JSONValue] = []
            for element in sequence { elements.append(try value(element, file)) }
            return .array(elements)
        case .mapping(let mapping):
            var object = JSONObject()
            for (key, member) in mapping {
                guard let name = key.scalar?.string else { throw fail("a key is not a text\(place(key))", file) }
                guard object[name] == nil else { throw fail("the key \"\(name)\" comes twice\(place(key))", file) }
                object[name] = try value(member, file)
            }
            return .object(object)
        case .alias:
            throw fail("aliases are not allowed\(place(node))", file)
        }
    }

    private static func plain(_ text: String) -> JSONValue {
        switch text {
        case "", "~", "null": return .null
        case "true": return true
        case "false": return false
        default:
            // Leading zeros make a code (0042), not a number.
            let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
            let isNumber = !digits.isEmpty && digits.utf8.allSatisfy { (48...57).contains($0) }
            if isNumber, digits == "0" || digits.first != "0", let number = Int(text) { return .int(number) }
            return .string(text)
        }
    }

    private static func place(_ node: Node) -> String {
        node.mark.map { " (line \($0.line), column \($0.column))" } ?? ""
    }

    private static func fail(_ what: String, _ file: String) -> CoordinatorError {
        CoordinatorError(.configuration, "\(file): \(what)", advice: "Correct the file at that place.")
    }
}

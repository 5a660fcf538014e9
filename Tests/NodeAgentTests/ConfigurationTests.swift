import Disclosure
import Federation
import Foundation
import OMOPStore
import Outbound
import Testing

@testable import NodeAgent

@Suite struct `node yaml` {
    private func read(_ text: String, environment: [String: String] = [:]) throws -> NodeConfiguration {
        try NodeConfiguration(text: text, name: "node.yaml", folder: "/etc/dure-node", environment: environment)
    }

    private func problems(_ text: String) -> [String] {
        do {
            _ = try read(text)
            return []
        } catch {
            return (error as? NodeError)?.problems.map(\.description) ?? ["\(error)"]
        }
    }

    private let good = """
        schema: "dure.node/1"
        node: { id: "KR-H-0011" }
        coordinator: { url: "https://hub.example" }
        source: [{ id: "omop", kind: "sqlite", path: "omop.sqlite" }]
        """

    @Test func `What is left out has the default that the comments name`() throws {
        let configuration = try read(good)
        #expect(configuration.hospital.rawValue == "KR-H-0011")
        #expect(configuration.transport.pollSeconds == 25)
        #expect(configuration.transport.minimumTLS == .tls13)
        #expect(configuration.transport.proxy == .direct)
        #expect(configuration.limits == .init(concurrentQueries: 2, secondsPerQuery: 120, memoryMiB: 1_024, drainSeconds: 25))
        #expect(configuration.source.address == .sqlite(path: "/etc/dure-node/omop.sqlite"))
    }

    @Test func `Every problem is reported at once, with file, line and key`() {
        let found = problems(
            """
            schema: "dure.node/1"
            node:
              id: "hospital"
              nmae_en: "A"
            coordinator:
              url: "http://hub.example"
            transport:
              poll_seconds: 90
            source:
              - id: "omop"
                kind: "oracle"
                path: "x"
            """)
        #expect(
            found == [
                "node.yaml:3: node.id: \"hospital\" is not a hospital of a roster; it looks like KR-H-0017",
                "node.yaml:4: node.nmae_en: there is no such key. Known here: id, language, name_en, name_ko",
                "node.yaml:6: coordinator.url: must begin with https://",
                "node.yaml:8: transport.poll_seconds: 90 is not between 1 and 55",
                "node.yaml:11: source[0].kind: \"oracle\" is none of: sqlite, postgresql, odbc",
            ])
    }

    @Test(arguments: [
        ("schema: &a \"dure.node/1\"", "anchors"), ("a: [", "not YAML"), ("", "is empty"),
        ("- 1\n- 2", "expected keys and values"),
        ("node: { id: \"KR-H-0011\" }\nnode: { id: \"KR-H-0012\" }", "stands twice"),
    ])
    func `What is not plain keys and values is refused`(text: String, words: String) {
        #expect(problems(text).joined().contains(words))
    }

    /// Nine lines whose anchors stand for nine to the ninth values, and nesting that a parser's recursion would fall through.
    private static let bombs = [
        (1..<10).reduce("a0: &a0 [x]") { text, level in
            text + "\na\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ","))]"
        },
        String(repeating: "[", count: 100_000), String(repeating: "{a: ", count: 100_000),
        String(repeating: "- ", count: 100_000),
        String(repeating: "? ", count: 100_000),
        (0..<2_000).map { String(repeating: " ", count: $0) + "a:" }.joined(separator: "\n"),
        String(repeating: "a", count: YAMLShape.longest + 1),
    ]

    @Test(arguments: bombs) func `A text that would cost more than its bytes is refused before it is read`(text: String) {
        #expect(!problems(text).isEmpty)
    }

    @Test func `A long list and a long text in quotes are no nesting`() {
        let items = (0..<5_000).map { "  - { id: \"P-\($0)\", purposes: [\"education\"] }" }.joined(separator: "\n")
        #expect(YAMLShape.problem(of: "projects:\n" + items) == nil)
        #expect(YAMLShape.problem(of: "reason: \"\(String(repeating: "- ", count: 500))\"") == nil)
    }

    @Test(arguments: ["off", "yes", "null", "12"]) func `A word that programs read differently must be quoted`(word: String) {
        let text = good.replacingOccurrences(of: "{ id: \"KR-H-0011\" }", with: "{ id: \"KR-H-0011\", name_en: \(word) }")
        #expect(problems(text).joined().contains("programs read \(word) differently"))
    }

    @Test func `A quoted number is not a number, nor a quoted truth value true`() {
        let text = good + "\nlimits: { concurrent_queries: \"2\" }\n"
        #expect(problems(text).joined().contains("expected a whole number, found the text \"2\""))
        let other = good.replacingOccurrences(of: "path: \"omop.sqlite\"", with: "path: \"omop.sqlite\", synthetic: \"true\"")
        #expect(problems(other).joined().contains("expected true or false"))
    }

    @Test func `The proxy's user and password come from files, and never from the address`() throws {
        let folder = try TemporaryFolder()
        try "node\n".write(toFile: folder.path + "/user", atomically: true, encoding: .utf8)
        try "hush hush\n".write(toFile: folder.path + "/password", atomically: true, encoding: .utf8)
        let text =
            good + """

                transport:
                  proxy: { url: "http://proxy:3128", username_file: "user", password_file: "password", no_proxy: ["localhost"] }
                """
        let configuration = try NodeConfiguration(text: text, name: "node.yaml", folder: folder.path, environment: [:])
        #expect(
            configuration.transport.proxy
                == ProxySettings(url: "http://proxy:3128", username: "node", password: "hush hush", exceptions: ["localhost"]))
        let inline = good + "\ntransport: { proxy: { url: \"http://me:hush@proxy:3128\" } }"
        #expect(problems(inline).joined().contains("username_file"))
        let missing = good + "\ntransport: { proxy: { url: \"http://proxy:3128\", password_file: \"nowhere\" } }"
        #expect(problems(missing).joined().contains("/etc/dure-node/nowhere cannot be read"))
    }

    @Test func `Without a configured proxy the environment's is used`() throws {
        let configuration = try read(good, environment: ["HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "a,b"])
        #expect(configuration.transport.proxy == ProxySettings(url: "http://proxy:3128", exceptions: ["a", "b"]))
    }

    @Test func `The files of nodes are what init writes, and they are well formed`() throws {
        let nodes = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("nodes")
        let node = try String(contentsOf: nodes.appendingPathComponent("node.yaml"), encoding: .utf8)
        let policy = try String(contentsOf: nodes.appendingPathComponent("policy.yaml"), encoding: .utf8)
        #expect(
            node
                == ConfigurationTemplates.node(
                    hospital: "KR-H-0000", store: "omop.sqlite", coordinator: "https://coordinator.example.org:7444"))
        #expect(policy == ConfigurationTemplates.policy)
        _ = try read(node)
        let read = try Policy(text: policy, name: "policy.yaml")
        #expect(read.disclosure == .standard)
    }

    @Test func `The values in the comments of the files are the defaults`() throws {
        let written = try read(
            ConfigurationTemplates.node(hospital: "KR-H-0011", store: "omop.sqlite", coordinator: "https://hub.example"))
        let left = try read(good)
        #expect(written.limits == left.limits)
        #expect(written.transport == left.transport)
        let policy = try Policy(text: ConfigurationTemplates.policy, name: "policy.yaml")
        let bare = try Policy(
            text: "schema: \"dure.policy/1\"\nversion: 1\nchanged_by: \"a\"\nreason: \"b\"", name: "policy.yaml")
        #expect(policy.hash == bare.hash)
    }
}

@Suite struct `policy yaml` {
    private let head = "schema: \"dure.policy/1\"\nversion: 1\nchanged_by: \"a\"\nreason: \"b\"\n"

    private func problems(_ text: String) -> String {
        do {
            _ = try Policy(text: head + text, name: "policy.yaml")
            return ""
        } catch {
            return error.problems.map(\.description).joined(separator: "\n")
        }
    }

    @Test func `The defaults are those of the disclosure rules: threshold 11, rounded to 5`() throws {
        let policy = try Policy(text: head, name: "policy.yaml")
        #expect(policy.disclosure.threshold == 11)
        #expect(policy.disclosure.roundTo == 5)
        #expect(policy.unlisted == .decline)
    }

    @Test(arguments: [
        ("defaults: { threshold: 4 }", "4 is not between 5 and 1000"), ("defaults: { treshold: 20 }", "there is no such key"),
        ("defaults: { mode: \"every-query\" }", "\"every-query\" is none of: auto"),
        ("defaults: { release_modes: [\"secure-total\"] }", "needs the officers' keys"),
        ("totals: { officers: [\"12\"] }", "is not a public key"), ("totals: { minimum: 5 }", "at least 2 officers"),
        ("totals: { minimum: 2 }", "2 is not between 3 and 10000"),
        ("defaults: { outputs: [\"attrition\"] }", "must hold total"), ("defaults: { exposure_cap: -1 }", "exposureCap"),
        ("projects: [{ id: \"42\" }]", "is not a project"), ("projects: [{ id: \"P-1\" }, { id: \"P-1\" }]", "stands twice"),
        ("projects: [{ id: \"P-1\", threshold: 6 }]", "may only be stricter"),
        ("projects: [{ id: \"P-1\", zero: \"show\" }]", "may only be stricter"),
        ("projects: [{ id: \"P-1\", breakdown_max_dimensions: 3 }]", "may only be stricter"),
        ("projects: [{ id: \"P-1\", until: \"31.12.2026\" }]", "is not a day"),
        ("projects: [{ id: \"P-1\", purposes: [\"curiosity\"] }]", "is none of"),
        ("blocked: { projects: [\"x\"] }", "is not a project"),
    ])
    func `What is loose, unknown or misspelt is refused`(text: String, words: String) {
        #expect(problems(text).contains(words))
    }

    @Test func `A project may be stricter than the defaults`() throws {
        let policy = try Policy(
            text: head + "projects: [{ id: \"P-1\", threshold: 20, outputs: [\"total\"] }]", name: "policy.yaml")
        let agreement = policy.agreement(for: ProjectID(unchecked: "P-1"))
        #expect(agreement.disclosure.threshold == 20)
        #expect(!agreement.terms.attrition && !agreement.terms.breakdown)
        #expect(policy.agreement(for: ProjectID(unchecked: "P-2")).disclosure.threshold == 11)
    }

    @Test func `The digest is of what has an effect: not of comments, order, version or reason`() throws {
        let one = try Policy(
            text: head + "defaults: { threshold: 20, round_to: 10 } # a comment", name: "policy.yaml")
        let same = try Policy(
            text:
                "schema: \"dure.policy/1\"\ndefaults:\n  round_to: 10\n  threshold: 20\nversion: 9\nchanged_by: \"x\"\nreason: \"y\"",
            name: "policy.yaml")
        let other = try Policy(text: head + "defaults: { threshold: 21, round_to: 10 }", name: "policy.yaml")
        #expect(one.hash == same.hash)
        #expect(one.hash != other.hash)
        #expect(one.hash.text.hasPrefix("sha256:"))
    }
}

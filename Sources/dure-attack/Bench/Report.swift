import CanonicalJSON
import Disclosure
import Federation
import NodeAgent

/// What the attacks have found, for a screen and as a page for a data-protection officer.
struct Report {
    /// One attack's line.
    struct Line: Sendable {
        let attack: Attack
        let measured: String
        let isWithinBar: Bool

        init(_ attack: Attack, _ bench: AttackBench) async {
            self.attack = attack
            do {
                let finding = try await attack.run(bench)
                measured = finding.measured
                isWithinBar = finding.isWithinBar
            } catch {
                measured = "could not be carried out: \(error)"
                isWithinBar = false
            }
        }

        var verdict: String { isWithinBar ? "pass" : "FAIL" }

        /// `  6 tracker pair | 52/52/52 of 100 right | bar | pass`
        var text: String {
            let number = attack.number < 10 ? " \(attack.number)" : "\(attack.number)"
            return "\(number) \(attack.name) | \(measured) | \(attack.bar) | \(verdict)"
        }
    }

    let policy: Policy
    let name: String?
    var lines: [Line] = []

    var isWithinBars: Bool { lines.allSatisfy(\.isWithinBar) }

    /// The whole report as one page that needs nothing else.
    var html: String {
        let rows = lines.map { line in
            """
            <tr class="\(line.isWithinBar ? "pass" : "fail")"><td>\(line.attack.number)</td><td>\(Self.escaped(line.attack.name))</td>\
            <td>\(Self.escaped(line.measured))</td><td>\(Self.escaped(line.attack.bar))</td><td>\(line.verdict)</td></tr>
            """
        }
        let rules = policy.disclosure.json.objectValue?.map { key, value in
            "<li><code>\(Self.escaped(key))</code>: \(Self.escaped(value.text()))</li>"
        }
        let missed = lines.count { !$0.isWithinBar }
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>Dure: attacks on a policy</title><style>
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a }
            table { border-collapse: collapse; width: 100% } td, th { border-bottom: 1px solid #ccc; padding: .4rem; text-align: left; \
            vertical-align: top } .fail td:last-child { color: #b00020; font-weight: bold } .pass td:last-child { color: #1b6e3c }
            </style></head><body>
            <h1>Attacks on \(Self.escaped(name ?? "the default policy"))</h1>
            <p>\(lines.count) attacks, \(missed == 0 ? "all within their bars" : "\(missed) beyond their bar"). Policy digest \
            <code>\(policy.hash.text)</code>. Program version \(NodeSoftware.version). The hospitals are made up.</p>
            <table><thead><tr><th>No</th><th>Attack</th><th>Reached</th><th>Bar</th><th></th></tr></thead><tbody>
            \(rows.joined(separator: "\n"))
            </tbody></table>
            <h2>Rules of the policy</h2><ul>\((rules ?? []).joined())</ul>
            </body></html>
            """
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}

import Foundation
import Testing

@testable import NodeConsole

/// What people without a mouse, without sight or without English need of every page, as far as a machine can tell.
@Suite struct `Every page of the console` {
    private static let languages = ConsolePage.Language.allCases

    private func tags(_ names: String, in html: String) throws -> [String] {
        html.matches(of: try Regex("<(\(names))\\b[^>]*>")).map { String(html[$0.range]) }
    }

    private func value(_ name: String, of tag: String) throws -> String? {
        try Regex("\\b\(name)=\"([^\"]*)\"").firstMatch(in: tag)?.output[1].substring.map(String.init)
    }

    @Test(arguments: languages) func `Works with the keyboard alone`(say: ConsolePage.Language) throws {
        for (name, html) in try ConsoleScene.pages(say) {
            // Only what a browser focuses and operates by itself, in the order of the page.
            #expect(!html.contains("onclick") && !html.contains("<script") && !html.contains("role=\"button\""), "\(name)")
            let ownOrder = try Regex("tabindex=\"[1-9]")
            #expect(!html.contains(ownOrder), "\(name)")
            let controls = try tags("a|button|input|select", in: html)
            let first = try #require(controls.first)
            #expect(first.contains("class=\"skip\" href=\"#main\"") && html.contains("id=\"main\""), "\(name)")
            for link in controls where link.hasPrefix("<a ") { #expect(try value("href", of: link) != nil, "\(name): \(link)") }
            let keys = try controls.compactMap { try value("accesskey", of: $0) }
            #expect(Set(keys).count == keys.count, "\(name): two things on one key")
            // What scrolls can be reached, and every form be sent.
            for block in try tags("pre", in: html) { #expect(block.contains("tabindex=\"0\""), "\(name)") }
            for form in html.components(separatedBy: "<form ").dropFirst() {
                #expect(form.components(separatedBy: "</form>")[0].contains("<button"), "\(name)")
            }
        }
    }

    @Test(arguments: languages) func `Says to a screen reader what each thing is`(say: ConsolePage.Language) throws {
        for (name, html) in try ConsoleScene.pages(say) {
            #expect(html.contains("<html lang=\"\(say.rawValue)\">") && html.contains("<h1>"), "\(name)")
            for control in try tags("input|select", in: html) where !control.contains("type=\"hidden\"") {
                let id = try #require(try value("id", of: control), "\(name): \(control)")
                #expect(html.contains("<label for=\"\(id)\">"), "\(name): \(id) has no label")
            }
            for table in html.components(separatedBy: "<table").dropFirst() { #expect(table.hasPrefix("><caption>"), "\(name)") }
            for head in try tags("th", in: html) { #expect(head.contains("scope="), "\(name): \(head)") }
        }
        let pages = try ConsoleScene.pages(say)
        let leaving = try #require(pages.first { $0.name == "leaving" }).html
        // A hidden number is words, not a colour; and that everything is stopped is said at once.
        #expect(leaving.contains(say == .ko ? "비공개 0–14" : "HIDDEN 0–14"))
        #expect(leaving.contains("role=\"alert\""))
    }

    @Test func `In Korean, every label is Korean`() throws {
        for (name, html) in try ConsoleScene.pages(.ko) {
            var text = html
            // Codes, ids, bytes and the way to the other language are not labels.
            for untranslated in [
                "(?s)<head>.*?</head>", "(?s)<pre.*?</pre>", "(?s)<code>.*?</code>", "<[a-z]+ class=\"id\">[^<]*<",
                "<small>[^<]*<", "lang=\"en\">[^<]*<",
            ] { text = text.replacing(try Regex(untranslated), with: "<") }
            text = text.replacing(try Regex("<[^>]*>"), with: " ")
            let words = text.matches(of: try Regex("[a-z]{3,}")).map { String(text[$0.range]) }
            #expect(words == [], "\(name)")
        }
    }
}

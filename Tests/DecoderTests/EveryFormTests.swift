import Decoders
import Foundation
import Testing

/// The list of decoders is held against the sources: a JSON form that nobody tries with damaged bytes is a mistake.
@Suite struct `The list of decoders` {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Read in a room with an HTTP server in it, which the list does without (CoordinatorTests try it); and one identifier in a
    /// line of a list, private to the client.
    private static let elsewhere: Set = ["TokenRequest", "CatalogueEntry"]

    private static func files(below folder: String) throws -> [String] {
        let found = FileManager.default.enumerator(at: root.appending(path: folder), includingPropertiesForKeys: nil)
        var texts: [String] = []
        while let file = found?.nextObject() as? URL {
            if file.pathExtension == "swift" { texts.append(try String(contentsOf: file, encoding: .utf8)) }
        }
        return texts
    }

    /// The types that a text declares to be read from JSON, by their last name: `struct Part: …, JSONDecodable`.
    private static func forms(in text: String) -> Set<String> {
        let declaration = /\b(?:struct|enum|class|extension)\s+([A-Za-z_.0-9]+)(?:<[^>]*>)?\s*:([^{]*)\{/
        let names = text.matches(of: declaration).compactMap { match -> Substring? in
            let inherited = match.2.split { !$0.isLetter }
            guard inherited.contains("JSONDecodable") || inherited.contains("SignedPayload") else { return nil }
            return match.1.split(separator: ".").last
        }
        return Set(names.map(String.init))
    }

    private static func words(of text: String) -> Set<String> {
        Set(text.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init))
    }

    @Test func `Every JSON form of the sources is in it, itself or as a part of one that is`() throws {
        let sources = try Self.files(below: "Sources")
        let building = Set(["JSONValue", "Bool", "Int", "String", "Array", "Double"])
        let forms = sources.map { Self.forms(in: $0).subtracting(building) }
        let all = forms.reduce(into: Set<String>()) { $0.formUnion($1) }
        #expect(all.count > 60, "the declarations are not found any more")

        // A part is named in the file of the form that it is read in.
        let named = sources.map(Self.words(of:))
        var reached = Set(Decoder.all.compactMap(\.form))
        var before = 0
        while reached.count > before {
            before = reached.count
            for (declared, words) in zip(forms, named) where !declared.isDisjoint(with: reached) {
                reached.formUnion(words.intersection(all))
            }
        }
        #expect(all.subtracting(reached) == Self.elsewhere, "no decoder of Tests/Decoders reads them")
    }

    @Test(arguments: Decoder.all.map(\.name)) func `A finding is read again: it broke this decoder once`(name: String) throws {
        let decoder = try #require(Decoder.named(name))
        let folder = Self.root.appending(path: "Tests/DecoderTests/Findings/\(decoder.folder)")
        for file in (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? [] {
            decoder.read(Array(try Data(contentsOf: file)))
        }
    }
}

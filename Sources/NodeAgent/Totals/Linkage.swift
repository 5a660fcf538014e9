import Federation
import Foundation

/// How this hospital knows a patient whom other hospitals treat too: `linkage` of node.yaml.
public struct Linkage: Sendable, Hashable {
    /// The file with the hospitals' shared key, 64 hexadecimal digits.
    public var keyFile: String
    /// The file with the identifiers of the hospital's patients, CSV.
    public var identifiersFile: String

    /// Reads `linkage`; nil where there is none.
    init?(_ map: YAMLMap, isThere: Bool, folder: String, environment: [String: String]) {
        guard isThere else { return nil }
        keyFile = Files.secret(map.requiredString("key_file"), in: folder, environment)
        identifiersFile = Files.resolve(map.requiredString("identifiers_file"), in: folder)
    }

    init(keyFile: String, identifiersFile: String) {
        self.keyFile = keyFile
        self.identifiersFile = identifiersFile
    }

    /// The hospitals' shared key.
    ///
    /// - Throws: `NodeError` (`FILE`, `CONFIGURATION`).
    func key() throws(NodeError) -> LinkageKey {
        let text = try Files.text(keyFile, what: "the linkage key").trimmingCharacters(in: .whitespacesAndNewlines)
        do throws(FederationError) {
            return try LinkageKey(bytes: Hex.decode(text) ?? [])
        } catch {
            throw NodeError(.configuration, "\(keyFile): \(error.message)", advice: error.advice)
        }
    }

    /// The identifiers of those of `persons` who have one. Read anew each time: the file changes with the data.
    ///
    /// - Parameter isWanted: whether a person's is wanted, by the store's own number.
    /// - Throws: `NodeError` (`FILE`, `CONFIGURATION`) with the line, never with what is in it.
    func identifiers(where isWanted: (Int64) -> Bool) throws(NodeError) -> [Int64: String] {
        guard let data = FileManager.default.contents(atPath: identifiersFile) else {
            throw NodeError(
                .file, "\(identifiersFile), the patients' identifiers, cannot be read.", advice: "Check its path and owner.")
        }
        var found: [Int64: String] = [:]
        var seen = Set<Int64>()
        var number = 0
        for line in data.split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            let text = String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)
            if number == 1 {
                guard text == Self.header else { throw damaged(number, "the first line is not \(Self.header)") }
                continue
            }
            if text.isEmpty { continue }
            let parts = text.split(separator: ",", omittingEmptySubsequences: false)
            guard parts.count == 2, let person = Int64(parts[0]), Self.isIdentifier(parts[1]) else {
                throw damaged(number, "it is not a person_id, a comma and an identifier without quotes, commas or blanks")
            }
            guard seen.insert(person).inserted else { throw damaged(number, "this person_id stands twice") }
            if isWanted(person) { found[person] = String(parts[1]) }
        }
        return found
    }

    static let header = "person_id,identifier"

    private static func isIdentifier(_ text: Substring) -> Bool {
        (1...200).contains(text.utf8.count) && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x7F }
    }

    private func damaged(_ line: Int, _ why: String) -> NodeError {
        NodeError(
            .configuration, "\(identifiersFile), line \(line): \(why).",
            advice: "Write CSV with the header \(Self.header), one line a patient, identifiers in the form that all hospitals "
                + "agreed on.")
    }
}

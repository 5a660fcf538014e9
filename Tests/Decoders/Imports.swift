import EventIndex
import Foundation
import OMOPStore

extension Decoder {
    /// Whole stores: a folder of CSV files, and a SQLite file.
    static let imports: [Decoder] = [
        Decoder("CSV folder", isSlow: true) {
            [Array(SmallIndex.files.sorted { $0.key < $1.key }.map { "=== \($0.key)\n\($0.value)" }.joined().utf8)]
        } read: { bytes in
            try? ScratchFile.withFolder { folder in
                try FileManager.default.createDirectory(atPath: "\(folder)/csv", withIntermediateDirectories: false)
                try layOut(bytes, in: "\(folder)/csv")
                let importer = CSVImporter(
                    folder: "\(folder)/csv", destination: "\(folder)/store.sqlite", acceptsLosses: true)
                guard try importer.run().isWritten else { return }
                try buildIndex(of: "\(folder)/store.sqlite", in: folder)
            }
        },
        Decoder("SQLite store", isSlow: true) {
            [try SmallIndex.store.get()]
        } read: { bytes in
            try? ScratchFile.withFolder { folder in
                try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/store.sqlite"))
                try buildIndex(of: "\(folder)/store.sqlite", in: folder)
            }
        },
    ]

    private static func buildIndex(of store: String, in folder: String) throws {
        try IndexBuilder(store: try SQLiteClinicalStore(path: store)).build(to: "\(folder)/index")
        SmallIndex.readEverything(try EventIndex.open("\(folder)/index"))
    }

    /// `=== PERSON.csv` and the lines up to the next one are one file. Names that leave the folder are none.
    private static func layOut(_ bytes: [UInt8], in folder: String) throws {
        let mark = Array("=== ".utf8)
        var file: (name: String, bytes: [UInt8])?
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            guard line.starts(with: mark) else {
                file?.bytes += line + [UInt8(ascii: "\n")]
                continue
            }
            try file.map { try Data($0.bytes).write(to: URL(fileURLWithPath: "\(folder)/\($0.name)")) }
            let name = String(decoding: line.dropFirst(mark.count), as: UTF8.self)
            let isName = !name.isEmpty && name.utf8.count < 100 && !name.contains("/") && !name.contains("\0") && name != ".."
            file = isName && name != "." ? (name, []) : nil
        }
        try file.map { try Data($0.bytes).write(to: URL(fileURLWithPath: "\(folder)/\($0.name)")) }
    }
}

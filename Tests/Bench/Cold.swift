import ArgumentParser
import CohortEngine
import Cohorts
import EventIndex
import Foundation

/// The first answer after the index has left the machine's memory, as after a start in the morning.
struct Cold: ParsableCommand {
    @Argument var index: String
    @Argument var definitions: [String]

    func run() throws {
        for definition in definitions {
            try evict(index)
            let expression = try CohortExpression(parsing: Array(try Data(contentsOf: URL(filePath: definition))))
            let before = Usage.now
            let engine = CohortEngine(index: try EventIndex.open(index, checksums: false))
            let opened = Usage.now.since(before).wall * 1_000
            _ = try engine.evaluate(expression)
            let answered = Usage.now.since(before).wall * 1_000
            let name = URL(filePath: definition).deletingPathExtension().lastPathComponent
            print(#"{"question": "\#(name)", "open": \#(opened), "wall": \#(answered)}"#)
        }
    }

    /// Asks the system to forget what it holds of a file; it does so for a file that nobody has mapped.
    private func evict(_ path: String) throws {
        let file = try FileHandle(forReadingFrom: URL(filePath: path))
        try file.synchronize()
        guard posix_fadvise(file.fileDescriptor, 0, 0, POSIX_FADV_DONTNEED) == 0 else {
            throw BenchFailure("\(path) cannot be evicted")
        }
        try file.close()
    }
}

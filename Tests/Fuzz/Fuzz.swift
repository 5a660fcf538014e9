import Decoders
import Foundation

/// Every decoder under libFuzzer.
///
///     DURE_FUZZ_DECODER=ticket dure-fuzz CORPUS    read inputs as that decoder does, with libFuzzer's own flags
///     dure-fuzz --seeds FOLDER                     write the seeds, a folder a decoder, and print the folders' names
@main enum Fuzz {
    /// The decoder that `DURE_FUZZ_DECODER` names, by its name or its folder's name.
    static let decoder: Decoder? = {
        guard let name = ProcessInfo.processInfo.environment["DURE_FUZZ_DECODER"] else { return nil }
        return Decoder.all.first { $0.name == name || $0.folder == name }
    }()

    static func main() {
        let arguments = CommandLine.arguments
        if arguments.count == 3, arguments[1] == "--seeds" {
            do { try writeSeeds(below: arguments[2]) } catch { fail("\(error)") }
            return
        }
        guard decoder != nil else {
            fail("DURE_FUZZ_DECODER must be one of \(Decoder.all.map(\.folder).joined(separator: ", "))")
        }
        var count = CommandLine.argc
        var values = CommandLine.unsafeArgv
        exit(runFuzzer(&count, &values, readOneInput))
    }

    /// Writes every decoder's seeds as files below a folder and prints the decoders' folders.
    private static func writeSeeds(below root: String) throws {
        for decoder in Decoder.all {
            let folder = "\(root)/\(decoder.folder)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for (number, seed) in try decoder.seeds().enumerated() {
                try Data(seed).write(to: URL(fileURLWithPath: "\(folder)/seed-\(number)"))
            }
            print(decoder.folder)
        }
    }

    private static func fail(_ text: String) -> Never {
        FileHandle.standardError.write(Data("dure-fuzz: \(text)\n".utf8))
        exit(64)
    }
}

/// libFuzzer, from its library (`llvm/lib/Fuzzer`, FuzzerInterface.h).
@_silgen_name("LLVMFuzzerRunDriver") private func runFuzzer(
    _ count: UnsafeMutablePointer<CInt>, _ values: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ read: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// One input; under the name that libFuzzer's own entry looks for, which is linked and not used.
@_cdecl("LLVMFuzzerTestOneInput") func readOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Fuzz.decoder?.read(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}

import Decoders
import Foundation
import Testing

/// Every reader of bytes from outside, on bytes that are nearly right; `DURE_LONG_TESTS=1` goes on fifty times as long.
@Suite struct `Readers of what comes from outside` {
    /// Mutations of each decoder.
    static let rounds = ProcessInfo.processInfo.environment["DURE_LONG_TESTS"] == "1" ? 20_000 : 400

    @Test(arguments: Decoder.all.map(\.name)) func `Nearly right bytes are refused or read, and nothing traps`(name: String)
        throws
    {
        let decoder = try #require(Decoder.named(name))
        let seeds = try decoder.seeds()
        #expect(!seeds.isEmpty)
        var mutator = Mutator(seed: 2_026)
        for seed in seeds { decoder.read(seed) }
        decoder.read([])
        for round in 0..<(decoder.isSlow ? Self.rounds / 40 : Self.rounds) {
            decoder.read(mutator.mutated(seeds[round % seeds.count], with: seeds[(round / seeds.count) % seeds.count]))
        }
    }

    @Test func `The names are different, so that each can be asked for`() {
        #expect(Set(Decoder.all.map(\.name)).count == Decoder.all.count)
    }
}

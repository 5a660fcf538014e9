import Testing

@testable import EventIndex

@Suite struct ChecksumTests {
    // From the xxHash project's published sanity checks and the specification.
    @Test(
        arguments: [
            ("", 0xEF46_DB37_51D8_E999),
            ("a", 0xD24E_C4F1_A98C_6E5B),
            ("abc", 0x44BC_2CF5_AD77_0999),
            ("Nobody inspects the spammish repetition", 0xFBCE_A83C_8A37_8BF1),
        ] as [(String, UInt64)])
    func `published values come out`(text: String, expected: UInt64) {
        #expect(Array(text.utf8).withUnsafeBytes(Checksum.of) == expected)
    }
}

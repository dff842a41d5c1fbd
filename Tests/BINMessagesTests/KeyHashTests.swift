import BINMessages
import Testing

@Suite struct KeyHashTests {
    @Test(
        arguments: [
            ("alice", 0x6D52_F7DD), ("bob@example.com", 0x56D8_77B3), ("a", 0x0000_006D), ("abcd", 0x6D5F_4418),
            ("", 0),
        ] as [(String, UInt32)])
    func `the hash of a key is the one that servers compute`(key: String, hash: UInt32) {
        let computed = KeyHash.hash(Array(key.utf8).span.bytes)
        #expect(computed == hash)
    }
}

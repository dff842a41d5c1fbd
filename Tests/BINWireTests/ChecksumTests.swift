import BINWire
import Testing

@Suite struct ChecksumTests {
    @Test func `the check value of the CRC without final inversion is right`() {
        #expect(Checksum.compute(Array("123456789".utf8).span.bytes) == 0x340B_C6D9)
    }
}

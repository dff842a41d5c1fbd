import BINWire
import Testing

@Suite struct ChecksumTests {
    @Test func `the check value of the CRC without final inversion is right`() {
        let checksum = Checksum.compute(Array("123456789".utf8).span.bytes)
        #expect(checksum == 0x340B_C6D9)
    }
}

import BINWire
import Foundation
import Testing

@Suite struct DeflateDictionaryTests {
    @Test func `dictionary 1 is the file of the specification`() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Spec/extensions/deflate-dictionary-1.bin")
        let bytes = [UInt8](try Data(contentsOf: file))
        #expect(DeflateDictionary.bin1.bytes == bytes)
        #expect(bytes.count <= 4096)
    }

    @Test func `a dictionary is named by its Adler-32`() throws {
        // The example that the definition of Adler-32 is usually given with.
        #expect(DeflateDictionary(Array("Wikipedia".utf8))?.id == 0x11E6_0398)
        var low: UInt32 = 1
        var high: UInt32 = 0
        for byte in DeflateDictionary.bin1.bytes {
            low = (low + UInt32(byte)) % 65_521
            high = (high + low) % 65_521
        }
        #expect(DeflateDictionary.bin1.id == Int32(bitPattern: high << 16 | low))
        #expect(DeflateDictionary.bin1.id == Int32(bitPattern: 0xE2CB_14EB))
    }

    @Test func `no dictionary is empty or larger than deflate can use`() {
        #expect(DeflateDictionary([]) == nil)
        #expect(DeflateDictionary([UInt8](repeating: 1, count: 32_769)) == nil)
        #expect(DeflateDictionary([UInt8](repeating: 1, count: 32_768)) != nil)
    }
}

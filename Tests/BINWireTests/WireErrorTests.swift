import BINWire
import Testing

@Suite struct WireErrorTests {
    @Test func `every mistake has a name and a sentence of its own`() {
        var names: Set<String> = []
        var sentences: Set<String> = []
        for code in WireError.Code.allCases {
            #expect(names.insert(code.name).inserted && code.name.allSatisfy(\.isLetter), "\(code.name)")
            #expect(sentences.insert(code.description).inserted, "\(code.name)")
            #expect(!code.description.hasSuffix("."))
        }
    }

    @Test func `an error says where, as far as 32 bits go`() {
        #expect("\(WireError(.badMagic, at: 0))" == "the packet does not begin with P4CK at offset 0")
        #expect(WireError(.textPastEnd, at: 1 << 40).offset == .max)
        #expect(WireError(.textPastEnd, at: -1).offset == 0)
    }
}

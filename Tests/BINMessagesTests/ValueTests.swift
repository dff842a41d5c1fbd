import BINMessages
import TestSupport
import Testing

@Suite struct KeyValuesTests {
    private func read(_ text: String) -> KeyValues? { KeyValues(Array(text.utf8).span.bytes) }

    @Test func `a flat object is read in order`() {
        let values = read(#"{"_st":"vip1","n":-12,"u":"\u00fc\ud83d\ude00\n\"","":""}"#)
        #expect(values?["_st"] == .string("vip1"))
        #expect(values?["n"] == .integer(-12))
        #expect(values?["u"] == .string("ü😀\n\""))
        #expect(values?.entries.map(\.key) == ["_st", "n", "u", ""])
    }

    @Test func `the empty text is the empty map`() {
        #expect(read("")?.entries.isEmpty == true)
        #expect(read("{}")?.entries.isEmpty == true)
    }

    @Test(arguments: [
        "{", "}", "[]", "{\"a\":1", "{\"a\":1,}", "{\"a\" :1}", "{\"a\":1} ", "{\"a\":1.5}", "{\"a\":01}",
        "{\"a\":null}",
        "{\"a\":{}}", "{\"a\":2147483648}", "{\"a\":\"\u{1}\"}", "{\"a\":\"\\x\"}", "{\"a\":\"\\ud800\"}", "{a:1}", "x",
        "{\"a\"}",
    ])
    func `anything else is not read`(text: String) {
        #expect(read(text) == nil)
    }

    @Test func `bytes that are no text are not read`() {
        let values = KeyValues([0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D].span.bytes as RawSpan)
        #expect(values == nil)
    }
}

@Suite struct FlagNamesTests {
    @Test func `bits have names and come back from them`() {
        #expect(FlagNames.methods.names(in: 1 | 4 | 0x4000) == ["INVITE", "ACK", "OTHER"])
        #expect(FlagNames.methods.names(in: -1) == ["ALL"])
        #expect(FlagNames.methods.names(in: 0) == [])
        #expect(FlagNames.contact.names(in: 1 | 8) == ["memoryOnly", "bit3"])
        #expect(FlagNames.dialog.value(of: ["initialised", "bit31"]) == Int32(bitPattern: 0x8000_0010))
        #expect(FlagNames.dialog.value(of: ["unheard-of"]) == nil)
    }

    @Test func `no bits are lost`() {
        var random = SeededRandom.printed()
        for names in [FlagNames.methods, .contact, .pipe, .dialog, .dialogBefore2_4] {
            for _ in 0..<500 {
                let bits = Int32.random(in: .min ... .max, using: &random)
                #expect(names.value(of: names.names(in: bits)) == bits)
            }
        }
    }
}

@Suite struct ContactIDTests {
    @Test func `the parts of a contact id are found and put together again`() {
        let id = ContactID(4_465_107_924_305_327_576)
        #expect(id.value == 4_465_107_924_305_327_576)
        #expect(id.aorHash == 0xF7DD)
    }
}

import BINMessages
import TestSupport
import Testing

@Suite struct KeyValuesTextTests {
    @Test func `maps are written as servers write them`() {
        #expect(KeyValues().text == "")
        #expect((["_st": "vip1", "n": -5] as KeyValues).text == #"{"_st":"vip1","n":-5}"#)
        #expect(
            (["k": "a\"\\/\u{8}\t\n\u{c}\r\u{1}\u{1f}é"] as KeyValues).text
                == "{\"k\":\"a\\\"\\\\/\\b\\t\\n\\f\\r\\u0001\\u001fé\"}")
    }

    @Test func `what is written is read again`() {
        var random = SeededRandom.printed()
        for _ in 0..<200 {
            let map = RandomContact.map(&random)
            #expect(KeyValues(Array(map.text.utf8).span.bytes) == map, "\(map.text)")
        }
    }

    /// UL-10 and UL-12.
    @Test(arguments: [
        ("", ""), ("{}", ""), (#"{"a":1} and more"#, #"{"a":1}"#), (#" { "a" : 1 , "b" : "c" } "#, #"{"a":1,"b":"c"}"#),
        (#"{"a":[1,{"x":"y"}],"b":2}"#, #"{"b":2}"#), (#"{"a":1.5,"b":true,"c":null,"d":{}}"#, ""),
        (#"{"a":1"#, ""), (#"{"a"}"#, ""), ("[]", ""), ("x", ""), (#"{"a":99999999999,"b":1}"#, #"{"b":1}"#),
    ])
    func `a receiver makes the best of a text`(text: String, map: String) {
        #expect(KeyValues(received: Array(text.utf8).span.bytes).text == map)
    }

    @Test func `deep nesting ends in the empty map`() {
        let text = #"{"a":"# + String(repeating: "[", count: 60000)
        #expect(KeyValues(received: Array(text.utf8).span.bytes).isEmpty)
    }
}

import BINMessages
import TestSupport
import Testing

@Suite struct DialogTextTests {
    private func records(_ text: String, _ form: DialogText.Form) -> [[String]]? {
        DialogText.records(Array(text.utf8).span.bytes, form)?.map {
            [String(decoding: $0.name, as: UTF8.self), "\($0.type)", String(decoding: $0.value, as: UTF8.self)]
        }
    }

    @Test func `both forms are read and written`() {
        #expect(
            records("second#a\\|b\\#c\\\\d|myvar#hello world|", .untyped) == [
                ["second", "1", "a|b#c\\d"], ["myvar", "1", "hello world"],
            ])
        #expect(records("k#1#v\\|1|n#2#-5|", .typed) == [["k", "1", "v|1"], ["n", "2", "-5"]])
        #expect(records("", .typed) == [])
        #expect(records("name#|", .untyped) == [["name", "1", ""]])
    }

    @Test(arguments: [
        ("k#v", DialogText.Form.untyped), ("k|", .untyped), ("k#v#w|", .untyped), ("k#v\\", .untyped),
        ("k#v\\x|", .untyped),
        ("k#1#v|", .untyped), ("k#v|", .typed), ("k#3#v|", .typed), ("n#2#x|", .typed), ("n#2#05|", .typed),
        ("k#1#v", .typed),
        ("k#1|", .typed), ("#", .typed), ("|", .untyped),
    ])
    func `a text that is not of the form is not read`(text: String, form: DialogText.Form) {
        #expect(records(text, form) == nil)
    }

    @Test func `any bytes survive writing and reading`() {
        var random = SeededRandom.printed()
        for _ in 0..<2000 {
            let some: [DialogText.Record] = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                let name = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                    [35, 92, 124, 0, 255, 97].randomElement() ?? 97 as UInt8
                }
                let value = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                    [35, 92, 124, 0, 255, 97].randomElement() ?? 97 as UInt8
                }
                return DialogText.Record(name: name, value: value)
            }
            for form in [DialogText.Form.typed, .untyped] {
                let text = DialogText.write(some, form)
                let back = DialogText.records(text.span.bytes, form)
                #expect(back == some, "\(text)")
            }
        }
    }

    @Test func `the suffix of a profile says how it is shared`() {
        #expect(DialogProfile.split(Array("caller/b".utf8)).suffix == "/b")
        #expect(DialogProfile.split(Array("caller/s".utf8)).name == Array("caller".utf8))
        #expect(DialogProfile.split(Array("a/x".utf8)).suffix == "")
        #expect(DialogProfile.split(Array("b".utf8)).name == Array("b".utf8))
    }
}

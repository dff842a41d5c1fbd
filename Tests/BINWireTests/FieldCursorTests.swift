import BINWire
import TestSupport
import Testing

@Suite struct FieldCursorTests {
    @Test func `integers and strings are read in order`() throws {
        let body = bytes("ffffffff 0300 616263 0000 07000000")
        var cursor = FieldCursor(body.span.bytes, range: 0..<body.count, framing: .v2_3)
        #expect(try cursor.readInt32() == -1)
        #expect(try cursor.readText() == Text(offset: 6, length: 3))
        #expect(try cursor.readText().isEmpty)
        #expect(try cursor.readInt32() == 7)
        let holds = cursor.isAtEnd
        #expect(holds)
    }

    @Test(
        arguments: [
            ("0300 6162", Framing.v2_3, WireError.Code.textPastEnd), ("03", .v2_3, .lengthPastEnd),
            ("", .v2_3, .lengthPastEnd),
            ("03000000 6162", .v2_2, .textPastEnd), ("ffffffff 6162", .v2_2, .negativeLength),
            ("00000080", .v2_1, .negativeLength), ("ffffff7f 00", .v2_1, .textPastEnd), ("0000", .v2_1, .lengthPastEnd),
            ("", .v2_1, .lengthPastEnd), ("000000", .v2_2, .lengthPastEnd),
        ] as [(String, Framing, WireError.Code)])
    func `a string that does not lie inside is refused and nothing is moved`(
        hex: String, framing: Framing, code: WireError.Code
    ) {
        let body = bytes(hex)
        var cursor = FieldCursor(body.span.bytes, range: 0..<body.count, framing: framing)
        do throws(WireError) {
            _ = try cursor.readText()
            Issue.record("it was read")
        } catch {
            #expect(error == WireError(code, at: 0))
        }
        let offset = cursor.offset
        #expect(offset == 0)
    }

    @Test func `a cursor in front of a trailer reads the same and stops at the same place`() {
        var random = SeededRandom.printed()
        for _ in 0..<5000 {
            let body = (0..<40).map { _ in UInt8.random(in: 0...3, using: &random) }
            let end = Int.random(in: 0...32, using: &random)
            var general = FieldCursor(body.span.bytes, range: 0..<end, framing: .v2_3)
            guard var fast = FieldCursor(body.span.bytes, bodyBeforeTrailer: 0..<end) else {
                Issue.record("there are \(body.count - end) bytes behind the body")
                continue
            }
            while true {
                let choice = Int.random(in: 0..<4, using: &random)
                let left = read(choice, &general)
                let right = read(choice, &fast)
                #expect(left == right)
                let (offset, fastOffset, isAtEnd) = (general.offset, fast.offset, general.isAtEnd)
                #expect(offset == fastOffset)
                if left.contains("at offset") || isAtEnd { break }
            }
        }
    }

    /// Reads a field of one of four kinds, or says what was wrong.
    private func read(_ kind: Int, _ cursor: inout FieldCursor) -> String {
        do throws(WireError) {
            switch kind {
            case 0: return "\(try cursor.readInt32())"
            case 1: return "\(try cursor.readValue64())"
            case 2: return "\(try cursor.readValue32())"
            default: return "\(try cursor.readText())"
            }
        } catch {
            return "\(error)"
        }
    }

    @Test func `values in strings must have their exact size`() {
        let body = bytes("0800 0100000000000000 0700 01000000000000")
        var cursor = FieldCursor(body.span.bytes, range: 0..<body.count, framing: .v2_3)
        #expect(read(1, &cursor) == "1")
        #expect(read(1, &cursor) == "\(WireError(.wrongValueSize, at: 10))")
    }

    @Test func `the null string that 2.2 left out at the end is supplied once`() throws {
        let body = bytes("01000000 61")
        var cursor = FieldCursor(body.span.bytes, range: 0..<body.count, framing: .v2_2)
        #expect(try cursor.readText() == Text(offset: 4, length: 1))
        #expect(try cursor.readText().isEmpty)
        #expect(read(3, &cursor) == "\(WireError(.lengthPastEnd, at: 5))")
    }

    @Test func `a range outside of the bytes is cut to them`() {
        let body = bytes("01000000")
        let cursor = FieldCursor(body.span.bytes, range: 2..<900, framing: .v2_3)
        let holds = cursor.remaining == 2
        #expect(holds)
        let behind = FieldCursor(body.span.bytes, range: 900..<901, framing: .v2_3)
        let isAtEnd = behind.isAtEnd
        #expect(isAtEnd)
    }

    @Test func `a text outside of its source is refused`() {
        let source = bytes("616263")
        #expect(Text(offset: 1, length: 2).string(in: source) == "bc")
        #expect(Text(offset: 1, length: 3).string(in: source) == nil)
        #expect(Text(offset: .max, length: .max).string(in: source) == nil)
    }
}

import BINMessages
import TestSupport

/// Made-up contacts that a release can be sent.
enum RandomContact {
    static func make(for release: Release, _ random: inout SeededRandom) -> Contact {
        let aor = AddressOfRecord(text(1...30, &random), domain: text(1...10, &random))
        var contact = Contact(aor, uri: text(1...80, &random), expires: random.next())
        if Bool.random(using: &random) { contact.id = ContactID(random.next() >> 2) }
        contact.callID = text(0...60, &random)
        contact.userAgent = text(0...300, &random)
        contact.path = text(0...60, &random)
        contact.attributes = text(0...20, &random)
        contact.received = text(0...40, &random)
        contact.instance = text(0...60, &random)
        contact.q = Int32.random(in: -1...1000, using: &random)
        contact.socket = text(1...30, &random)
        contact.cseq = Int32(truncatingIfNeeded: random.next())
        contact.flags = ContactFlags(rawValue: Int32.random(in: 0...7, using: &random))
        if Bool.random(using: &random) {
            contact.branchFlags.bits = Int32(truncatingIfNeeded: random.next() | 1)
            contact.branchFlags.names = (0..<Int.random(in: 1...5, using: &random)).map { "FLAG\($0)" }
        }
        contact.methods = SIPMethods(rawValue: Int32(truncatingIfNeeded: random.next()))
        contact.lastModified = random.next()
        contact.keyValues = map(&random)
        let modes: [ContactMatching] = [.receiverDefault, .uri, .uriAndCallID]
        contact.matching = modes.randomElement(using: &random) ?? .uri
        if release >= Release(3, 1, 3), Bool.random(using: &random) {
            let count = Int.random(in: 0...64, using: &random)
            contact.matching = .parameters((0..<count).map { _ in text(0...12, &random) })
        }
        return contact
    }

    static func record(_ aor: AddressOfRecord, _ random: inout SeededRandom) -> AoRRecord {
        AoRRecord(
            aor, label: UInt32(truncatingIfNeeded: random.next()),
            nextContactLabel: UInt16.random(in: 0...AoRRecord.labelLimit, using: &random), keyValues: map(&random))
    }

    static func map(_ random: inout SeededRandom) -> KeyValues {
        var map = KeyValues()
        for index in 0..<Int.random(in: 0...4, using: &random) {
            map["\(index)" + text(0...8, &random)] =
                Bool.random(using: &random)
                ? .string(text(0...30, &random)) : .integer(Int32(truncatingIfNeeded: random.next()))
        }
        return map
    }

    /// Letters, what JSON escapes, control characters and some that are several bytes long.
    static func text(_ length: ClosedRange<Int>, _ random: inout SeededRandom) -> String {
        let letters: [Character] = [
            "a", "Z", "0", "@", ":", "\"", "\\", "/", "\n", "\t", "\u{1}", "\u{1f}", "é", "𝄞", "{",
        ]
        return String(
            (0..<Int.random(in: length, using: &random)).map { _ in letters.randomElement(using: &random) ?? "a" })
    }
}

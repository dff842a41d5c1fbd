import BINMessages
import BINWire

/// Packets of a node that registers one contact for each of many addresses: an AoR insert and a contact insert each, as
/// OpenSIPS 3.6 and later send them.
struct RecordedStream {
    private(set) var bytes: [UInt8] = []
    /// Where each packet ends.
    private(set) var ends: [Int] = []

    static func aor(_ number: Int) -> String { "user\(1_000_000 + number)@example.com" }

    private static func host(_ number: Int) -> String { "192.168.\(number >> 8 & 255).\(number & 255)" }

    static func uri(_ number: Int) -> String {
        "sip:user\(1_000_000 + number)@\(host(number)):\(5000 + number % 50_000);transport=udp"
    }

    static func callID(_ number: Int) -> String { "7f3a9c52\(100_000_000 + number)@\(host(number))" }

    /// The packets of the contacts `numbers`.
    init(_ numbers: Range<Int>, cseq: Int32 = 17) throws {
        bytes.reserveCapacity(numbers.count * 420)
        let capability = Array("usrloc-contact-repl".utf8)
        var writer = PacketWriter()
        for number in numbers {
            var arena: [UInt8] = []
            func text(_ string: String) -> Text {
                let start = arena.count
                arena.append(contentsOf: string.utf8)
                return Text(offset: UInt32(start), length: UInt32(string.utf8.count))
            }
            let aor = RecordedStream.aor(number)
            let hash = aor.utf8.withContiguousStorageIfAvailable { KeyHash.hash($0.span.bytes) } ?? 0
            var insert = AoRInsert()
            insert.domain = text("location")
            insert.aor = text(aor)
            insert.label = Int32(number)
            try writer.begin(capability: capability.span.bytes, type: 1, version: 5, framing: .v2_3)
            try insert.encode(from: arena.span.bytes, in: .k, into: &writer)
            try append(&writer)
            var contact = ContactInsert()
            contact.record.domain = insert.domain
            contact.record.aor = insert.aor
            contact.record.contact = text(RecordedStream.uri(number))
            contact.record.contactID = UInt64(hash & 0xFFFF) << 46 | UInt64(number) << 14 | 1
            contact.record.callID = text(RecordedStream.callID(number))
            contact.record.userAgent = text("Softphone/5.2.\(number % 40) (Linux)")
            contact.record.received = text("sip:203.0.113.\(number & 255):\(1024 + number % 60_000)")
            contact.record.expires = 1_800_000_000 + UInt64(number % 3600)
            contact.record.q = 700
            contact.record.socket = text("udp:10.0.0.1:5060")
            contact.record.cseq = cseq
            contact.record.branchFlagNames = text("NAT")
            contact.record.lastModified = 1_799_996_400
            contact.record.keyValues = text("{\"_st\":\"vip1\"}")
            try writer.begin(capability: capability.span.bytes, type: 3, version: 5, framing: .v2_3)
            try contact.encode(from: arena.span.bytes, in: .k, into: &writer)
            try append(&writer)
        }
    }

    private mutating func append(_ writer: inout PacketWriter) throws {
        try writer.finish(routing: Routing(cluster: 1, source: 1, destination: 2))
        bytes.append(contentsOf: writer.copyBytes())
        ends.append(bytes.count)
    }
}

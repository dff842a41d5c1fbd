import BINMessages
import BINWire
import CReference

/// A contact insert of 20 fields and about 290 bytes, as OpenSIPS 3.6 and later send it.
struct ContactPacket {
    let bytes: [UInt8]

    init() throws {
        var arena: [UInt8] = []
        func text(_ string: String) -> Text {
            let start = arena.count
            arena.append(contentsOf: string.utf8)
            return Text(offset: UInt32(start), length: UInt32(string.utf8.count))
        }
        var message = ContactInsert()
        message.record.domain = text("location")
        message.record.aor = text("alice.wonderland")
        message.record.contact = text("sip:alice@192.168.17.23:50610;transport=udp")
        message.record.contactID = 4_465_107_924_305_329_230
        message.record.callID = text("7f3a9c52d1e84b06@host")
        message.record.userAgent = text("Softphone/5.2.1 (Linux)")
        message.record.path = text("")
        message.record.attributes = text("")
        message.record.received = text("sip:203.0.113.9:50610")
        message.record.instance = text("")
        message.record.expires = 1_800_000_000
        message.record.q = 700
        message.record.socket = text("udp:10.0.0.1:5060")
        message.record.cseq = 17
        message.record.branchFlagNames = text("NAT")
        message.record.lastModified = 1_799_996_400
        message.record.keyValues = text("{\"_st\":\"vip1\"}")
        var writer = PacketWriter()
        try writer.begin(
            capability: Array("usrloc-contact-repl".utf8).span.bytes, type: 3, version: 5, framing: .v2_3)
        try message.encode(from: arena.span.bytes, in: .k, into: &writer)
        try writer.finish(routing: Routing(cluster: 1, source: 1, destination: 2))
        bytes = writer.copyBytes()
    }

    func decode(_ rounds: Int) -> UInt64 {
        var sum: UInt64 = 0
        let span = bytes.span.bytes
        var message = ContactInsert()
        for _ in 0..<rounds {
            guard let one = try? decodeOnce(span, &message) else { return 0 }
            sum &+= one
        }
        return sum
    }

    /// Reads header, fields and trailer, and touches every field.
    @inline(never)
    private func decodeOnce(_ bytes: RawSpan, _ message: inout ContactInsert) throws(WireError) -> UInt64 {
        let header = try PacketHeader(parsing: bytes, framing: .v2_3)
        let routing = try Routing(trailerOf: bytes, header: header)
        try message.decode(bytes, range: header.bodyOffset..<(header.length - routing.size), in: .k)
        let record = message.record
        var sum = touch(record.domain, bytes) &+ touch(record.aor, bytes) &+ touch(record.contact, bytes)
        sum &+= record.contactID &+ touch(record.callID, bytes) &+ touch(record.userAgent, bytes)
        sum &+= touch(record.path, bytes) &+ touch(record.attributes, bytes) &+ touch(record.received, bytes)
        sum &+= touch(record.instance, bytes) &+ record.expires &+ UInt64(truncatingIfNeeded: record.q)
        sum &+= touch(record.socket, bytes) &+ UInt64(truncatingIfNeeded: record.cseq)
        sum &+= UInt64(truncatingIfNeeded: record.flags) &+ touch(record.branchFlagNames, bytes)
        sum &+= UInt64(truncatingIfNeeded: record.methods) &+ record.lastModified &+ touch(record.keyValues, bytes)
        return sum &+ UInt64(truncatingIfNeeded: record.match.mode)
    }

    @inline(__always)
    private func touch(_ text: Text, _ bytes: RawSpan) -> UInt64 {
        guard text.length > 0 else { return 0 }
        return UInt64(text.length)
            &+ UInt64(bytes.unsafeLoad(fromUncheckedByteOffset: Int(text.offset), as: UInt8.self))
    }

    func encode(_ rounds: Int) -> UInt64 {
        let span = bytes.span.bytes
        guard let header = try? PacketHeader(parsing: span, framing: .v2_3) else { return 0 }
        let body = header.bodyOffset..<(header.length - 12)
        guard var message = try? ContactInsert(decoding: span, range: body, in: .k) else { return 0 }
        let capability = Array("usrloc-contact-repl".utf8)
        var writer = PacketWriter()
        var sum: UInt64 = 0
        for _ in 0..<rounds {
            message.record.cseq &+= 1
            do {
                try encodeOnce(&message, capability.span.bytes, span, &writer)
            } catch {
                return 0
            }
            sum &+= UInt64(writer.bytes.byteCount)
        }
        return sum
    }

    @inline(never)
    private func encodeOnce(
        _ message: inout ContactInsert, _ capability: RawSpan, _ source: RawSpan, _ writer: inout PacketWriter
    ) throws(WireError) {
        try writer.begin(capability: capability, type: 3, version: 5, framing: .v2_3)
        try message.encode(from: source, in: .k, into: &writer)
        try writer.finish(routing: Routing(cluster: 1, source: 1, destination: 2))
    }

    func decodeInC(_ rounds: Int) -> UInt64 {
        bytes.withUnsafeBytes {
            $0.withMemoryRebound(to: CChar.self) { c_decode_rounds($0.baseAddress, CInt($0.count), rounds) }
        }
    }

    func encodeInC(_ rounds: Int) -> UInt64 {
        bytes.withUnsafeBytes {
            $0.withMemoryRebound(to: CChar.self) { c_encode_rounds($0.baseAddress, CInt($0.count), rounds) }
        }
    }
}

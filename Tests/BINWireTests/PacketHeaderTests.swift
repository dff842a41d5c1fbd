import BINWire
import TestSupport
import Testing

@Suite struct PacketHeaderTests {
    @Test func `the header of a 2.1 datagram is read and its checksum holds`() throws {
        let header = try PacketHeader(datagram: Sample.datagram, framing: .v2_1)
        #expect(header.capability.string(in: Sample.datagram) == "ul")
        #expect(header.type == 2)
        #expect(header.length == 39)
        #expect(!header.hasVersion)
    }

    @Test func `the undefined bytes of 2.2 are kept and mean nothing`() throws {
        let header = try PacketHeader(datagram: Sample.of2_2, framing: .v2_2)
        #expect(header.length == 47)
        #expect(header.version == 1)
        #expect(header.undefinedBytes == 0xDDCC_BBAA)
        #expect(header.bodyOffset == 22)
    }

    @Test func `the header of a 2.3 packet is read`() throws {
        let header = try PacketHeader(datagram: Sample.of2_3, framing: .v2_3)
        #expect(header.capability.string(in: Sample.of2_3) == "cap-x")
        #expect(header.version == 7)
        #expect(header.type == -2)
        #expect(header.bodyOffset == 21)
    }

    @Test func `the trailer stands at the end`() throws {
        let span = Sample.of2_3
        let routing = try Routing(trailerOf: span, header: PacketHeader(parsing: span, framing: .v2_3))
        #expect(routing == Routing(cluster: 1, source: 2, destination: 3))
        #expect(routing.size == 12)
    }

    @Test func `a bridge packet has a trailer of four integers`() throws {
        let packet = bytes("5034434b 25000000 0100 0100 63 01000000 2a000000 01000000 02000000 05000000 000000c0")
        let span = packet
        let routing = try Routing(trailerOf: span, header: PacketHeader(datagram: span, framing: .v2_3))
        #expect(routing == Routing(bridgeFrom: 1, to: 2, source: 5))
        #expect(routing.size == 16)
        #expect(try Routing.removed(from: packet) == bytes("5034434b 15000000 0100 0100 63 01000000 2a000000"))
    }

    /// Each refused for one reason, with its offset.
    @Test(
        arguments: [
            ("", .packetTooShort, 0), ("5034434b", .packetTooShort, 4),
            ("5034434c 11000000 0100 0100 63 01000000", .badMagic, 0),
            ("5034434b 10000000 0100 0100 63 01000000", .packetTooShort, 4),
            ("5034434b 00000000 0100 0100 63 01000000", .packetTooShort, 4),
            ("5034434b 12000000 0100 0100 63 01000000", .lengthMismatch, 4),
            ("5034434b ffffff7f 0100 0100 63 01000000", .packetTooLong, 4),
            ("5034434b ffffffff 0100 0100 63 01000000", .packetTooLong, 4),
            ("5034434b 00000100 0100 0100 63 01000000", .packetTooLong, 4),
            ("5034434b 11000000 0100 0000 63 01000000", .badCapabilityLength, 10),
            ("5034434b 11000000 0100 0200 63 01000000", .capabilityPastEnd, 10),
            ("5034434b 11000000 0100 ffff 63 01000000", .capabilityPastEnd, 10),
        ] as [(String, WireError.Code, Int)])
    func `a 2.3 header that breaks a rule is refused with the offset`(hex: String, code: WireError.Code, offset: Int) {
        #expect(throws: WireError(code, at: offset)) {
            try PacketHeader(parsing: bytes(hex), framing: .v2_3)
        }
    }

    @Test(
        arguments: [
            ("5034434b 00000000 00000000 636363 01000000", .badCapabilityLength, 8),
            ("5034434b 00000000 ffffffff 636363 01000000", .badCapabilityLength, 8),
            ("5034434b 00000000 00000080 636363 01000000", .badCapabilityLength, 8),
            ("5034434b 00000000 04000000 636363 01000000", .capabilityPastEnd, 8),
            ("5034434b 00000000 ffffff7f 636363 01000000", .capabilityPastEnd, 8),
        ] as [(String, WireError.Code, Int)])
    func `a 2.1 name length is signed and checked`(hex: String, code: WireError.Code, offset: Int) {
        #expect(throws: WireError(code, at: offset)) {
            try PacketHeader(parsing: bytes(hex), framing: .v2_1)
        }
    }

    @Test func `a datagram with one bit changed has a wrong checksum`() {
        for index in 8..<Sample.datagram.count {
            for bit in 0..<8 {
                var damaged = Sample.datagram
                damaged[index] ^= 1 << UInt8(bit)
                #expect(throws: WireError.self) { try PacketHeader(datagram: damaged, framing: .v2_1) }
            }
        }
    }

    @Test func `a datagram holds exactly one packet`() {
        let longer = Sample.of2_3 + [0]
        #expect(throws: WireError(.lengthMismatch, at: 4)) {
            try PacketHeader(datagram: longer, framing: .v2_3)
        }
    }

    @Test func `a packet without room for a trailer has none`() throws {
        let packet = Sample.packet(length: 28)
        #expect(throws: WireError(.trailerMissing, at: 17)) {
            try Routing(
                trailerOf: packet, header: PacketHeader(parsing: packet, framing: .v2_3))
        }
        #expect(throws: WireError(.trailerMissing, at: 17)) { try Routing.removed(from: packet) }
    }

    @Test func `the limit of 4.0 is twenty bytes lower`() throws {
        let packet = Sample.packet(length: 65_516)
        #expect(try PacketHeader(parsing: packet, framing: .v2_3).length == 65_516)
        #expect(throws: WireError(.packetTooLong, at: 4)) {
            try PacketHeader(
                parsing: packet, framing: .v2_3, maximumLength: Framing.maximumLengthSince4_0)
        }
    }

    @Test(
        arguments: [
            (Sample.of2_3, .packet(.v2_3)), (Sample.of2_2, .packet(.v2_2)),
            (Array(Sample.of2_2.prefix(18)), .needsMoreBytes),
            (Array(Sample.of2_3.prefix(3)), .needsMoreBytes),
            (bytes("5034434b 00000000 00000000 00000000 00000000 00"), .notBIN),
            (Array("GET / HTTP/1.1\r\n".utf8), .notBIN),
        ] as [([UInt8], FramingDetection)])
    func `the generation of a stream is recognised by its first packet`(packet: [UInt8], expected: FramingDetection) {
        #expect(Framing.detect(stream: packet) == expected)
    }

    @Test func `the generation of a datagram is recognised, a damaged 2.1 one too`() {
        #expect(Framing.detect(datagram: Sample.datagram) == .packet(.v2_1))
        #expect(Framing.detect(datagram: Sample.of2_3) == .packet(.v2_3))
        var damaged = Sample.datagram
        damaged[20] ^= 1
        #expect(Framing.detect(datagram: damaged) == .packet(.v2_1))
        #expect(Framing.detect(datagram: Array("REGISTER sip:example.com SIP/2.0".utf8)) == .notBIN)
    }

    @Test func `random bytes are never taken for more than they are`() {
        var random = SeededRandom.printed()
        for _ in 0..<20_000 {
            var packet = Array("P4CK".utf8)
            for _ in 0..<Int.random(in: 0..<60, using: &random) { packet.append(.random(in: 0...255, using: &random)) }
            for framing in Framing.allCases {
                guard let header = try? PacketHeader(parsing: packet, framing: framing) else { continue }
                #expect(header.bodyOffset <= header.length && header.length <= packet.count)
            }
        }
    }
}

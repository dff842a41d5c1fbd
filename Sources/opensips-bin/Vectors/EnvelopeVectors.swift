import BINMessages
import BINWire

/// Vectors of envelopes (Spec/extensions/deflate.md).
///
/// Their payloads are stored, not compressed, so that no version of zlib changes them; one that is compressed, with
/// dictionary 1, is the example of the specification.
enum EnvelopeVectors {
    /// The group of `ext-deflate.json`.
    static var group: VectorGroup {
        VectorGroup(
            capability: Envelope.capability, message: "ENVELOPE", type: Envelope.type, version: Envelope.version,
            layout: "DX-A", framing: .v2_3, releases: ReleaseSet(), vectors: attempts.compactMap(\.self))
    }

    /// Whether the library says of each what was meant.
    static var isComplete: Bool { attempts.allSatisfy { $0 != nil } }

    private static var attempts: [Vector?] { valid + headers + sizes + payloads + insides }

    // MARK: Envelopes

    private struct RawEnvelope {
        var type = Envelope.type
        var version = Envelope.version
        var dictionary: Int32 = 0
        var packetCount: Int32
        var inflatedSize: Int32
        var checksum: UInt32
        var payload: [UInt8]
        var trailer: [Int32] = [1, 3, 2]

        /// One that holds these packets.
        init(_ packets: [[UInt8]]) {
            let inside = packets.flatMap(\.self)
            packetCount = Int32(packets.count)
            inflatedSize = Int32(inside.count)
            // That of 2.1 is the same without the final inversion.
            checksum = ~Checksum.compute(inside.span.bytes)
            payload = EnvelopeVectors.stored(inside)
        }

        var fields: [UInt8] {
            RawPacket.little(dictionary) + RawPacket.little(packetCount) + RawPacket.little(inflatedSize)
                + RawPacket.little(checksum)
        }

        var packet: RawPacket {
            RawPacket(
                framing: .v2_3, capability: Array(Envelope.capability.utf8), type: type, version: version,
                body: fields + payload, trailer: trailer)
        }
    }

    /// Deflate data that holds `bytes` as they are, as its last block or not.
    private static func stored(_ bytes: [UInt8], isLast: Bool = true) -> [UInt8] {
        let count = UInt16(truncatingIfNeeded: bytes.count)
        return [isLast ? 1 : 0] + RawPacket.little(count) + RawPacket.little(~count) + bytes
    }

    private static func tag(_ name: String) -> [UInt8] {
        RawPacket(
            framing: .v2_3, capability: Array("clusterer-extra".utf8), type: 13, version: 1,
            body: RawPacket.little(UInt16(name.utf8.count)) + name.utf8, trailer: [1, 3, 2]
        ).bytes
    }

    private static let packets = ["vip1", "vip2", "vip3"].map(tag)

    private static func changed(_ change: (inout RawEnvelope) -> Void) -> [UInt8] {
        var envelope = RawEnvelope(packets)
        change(&envelope)
        return envelope.packet.bytes
    }

    // MARK: Offsets

    private static let typeOffset = 23
    private static let dictionaryOffset = 27
    private static let countOffset = 31
    private static let sizeOffset = 35
    private static let checksumOffset = 39
    private static let payloadOffset = 43

    // MARK: Valid ones

    private static var valid: [Vector?] {
        let halves = packets.flatMap(\.self)
        let blocks = changed { $0.payload = stored(Array(halves[..<60]), isLast: false) + stored(Array(halves[60...])) }
        return [
            reading("one", "one packet, stored", .ordinary, RawEnvelope([packets[0]]).packet.bytes, [packets[0]]),
            reading("three", "three packets, stored", .ordinary, RawEnvelope(packets).packet.bytes, packets),
            reading("blocks", "a packet that lies in two blocks of deflate data", .ordinary, blocks, packets),
            reading("dictionary", "three packets, compressed with dictionary 1", .compressed, example, packets),
            reading(
                "bridge", "the trailer of the envelope is that of a bridge packet", .bridge,
                changed { $0.trailer = [1, 2, 3, Routing.bridgeDestination] }, packets),
        ]
    }

    /// The example of the specification.
    private static var example: [UInt8] {
        var envelope = RawEnvelope(packets)
        envelope.dictionary = DeflateDictionary.bin1.id
        envelope.payload = [
            0x03, 0xb9, 0xd4, 0x10, 0xcc, 0xc7, 0x48, 0xbe, 0xbc, 0x60, 0x2b, 0xca, 0x32, 0x0b, 0x0c, 0x19,
            0xc1, 0x31, 0x48, 0xbc, 0x06, 0x23, 0x52, 0x35, 0x18, 0x23, 0x6b, 0x00, 0x00,
        ]
        return envelope.packet.bytes
    }

    private static func reading(
        _ slug: String, _ comment: String, _ flag: VectorFlag, _ bytes: [UInt8], _ packets: [[UInt8]]
    ) -> Vector? {
        guard case .read("ENVELOPE", _, let fields, let routing) = VectorReading(bytes, framing: .v2_3),
            VectorReading.packets(inside: bytes) == packets
        else { return nil }
        return Vector(
            slug: slug, comment: comment, flags: [flag], packet: bytes,
            expectation: .fields(fields, routing, isStrict: true), inside: packets)
    }

    // MARK: Mistakes

    private static func refusal(
        _ slug: String, _ comment: String, _ bytes: [UInt8], _ reason: String, at offset: Int,
        _ flag: VectorFlag = .badEnvelope
    ) -> Vector? {
        guard VectorReading(bytes, framing: .v2_3) == .refused(reason: reason, offset: offset) else { return nil }
        return Vector(
            slug: slug, comment: comment, flags: [flag], packet: bytes,
            expectation: .error(reason: reason, offset: offset))
    }

    private static var headers: [Vector?] {
        var cut = RawEnvelope(packets).packet
        cut.body = Array(cut.body[..<14])
        var bare = cut
        bare.body = []
        bare.trailer = [1, 3]
        return [
            refusal(
                "type", "type 2", changed { $0.type = 2 }, "undeclaredType", at: typeOffset, .undeclared),
            refusal(
                "version", "version 2", changed { $0.version = 2 }, "undeclaredVersion", at: typeOffset, .wrongVersion),
            refusal(
                "cut", "ends inside of the checksum", cut.bytes, "integerPastEnd", at: checksumOffset, .cutInField),
            refusal(
                "trailer", "8 bytes behind the type, where the trailer has 12", bare.bytes,
                "trailerMissing", at: dictionaryOffset, .missingTrailer),
            refusal(
                "dictionary/1", "dictionary 1 is named by its Adler-32, not by the number 1",
                changed { $0.dictionary = 1 }, "unknownDictionary", at: dictionaryOffset),
            refusal(
                "dictionary/none", "compressed with dictionary 1, which the envelope does not name",
                changed { $0.payload = Array(example[payloadOffset..<(example.count - 12)]) }, "badDeflateData",
                at: payloadOffset),
            refusal(
                "checksum", "one bit of the checksum is another", changed { $0.checksum ^= 1 }, "badChecksum",
                at: checksumOffset),
        ]
    }

    private static var sizes: [Vector?] {
        let size = Int32(packets.reduce(0) { $0 + $1.count })
        var vectors: [Vector?] = []
        for count: Int32 in [0, -1, 65_536, .max] {
            vectors.append(
                refusal(
                    "count/\(count)", "packetCount is \(count)", changed { $0.packetCount = count }, "countOutOfRange",
                    at: countOffset))
        }
        for count: Int32 in [2, 4, 9] {
            vectors.append(
                refusal(
                    "count/\(count)", "packetCount is \(count), and there are 3 packets",
                    changed { $0.packetCount = count }, "innerPacketCountMismatch", at: countOffset))
        }
        for size: Int32 in [0, -1, .max, 1_048_577] {
            vectors.append(
                refusal(
                    "size/\(size)", "inflatedSize is \(size)", changed { $0.inflatedSize = size },
                    "inflatedSizeOutOfRange", at: sizeOffset))
        }
        for other in [size - 1, size + 1] {
            vectors.append(
                refusal(
                    "size/\(other)", "inflatedSize is \(other), and there are \(size) bytes",
                    changed { $0.inflatedSize = other }, "inflatedSizeMismatch", at: payloadOffset))
        }
        vectors.append(
            refusal(
                "ratio", "inflatedSize is 201 times the length of the payload",
                changed {
                    $0.payload = [3, 0]
                    $0.inflatedSize = 402
                }, "inflationRatioTooHigh", at: payloadOffset))
        return vectors
    }

    private static var payloads: [Vector?] {
        [
            refusal(
                "payload/empty", "no payload", changed { $0.payload = [] }, "inflationRatioTooHigh", at: payloadOffset),
            refusal(
                "payload/cut", "the last byte of the payload is missing", changed { $0.payload.removeLast() },
                "deflateDataCutShort", at: payloadOffset),
            refusal(
                "payload/open", "no block of the payload is the last one", changed { $0.payload[0] = 0 },
                "deflateDataCutShort", at: payloadOffset),
            refusal(
                "payload/behind", "a byte follows the deflate data", changed { $0.payload.append(0) },
                "bytesBehindDeflateData", at: payloadOffset),
            refusal(
                "payload/block", "a block of the type that deflate does not have", changed { $0.payload[0] = 7 },
                "badDeflateData", at: payloadOffset),
            refusal(
                "payload/zlib", "the header of zlib stands in front of the deflate data",
                changed { $0.payload = [0x78, 0x9c] + $0.payload }, "badDeflateData", at: payloadOffset),
        ]
    }

    private static var insides: [Vector?] {
        let magic = packets[0].count
        var broken = packets
        broken[1][3] = UInt8(ascii: "L")
        var long = packets
        long[2][4] += 1
        var short = packets
        short[0][4] = 16
        let nested = [packets[0], RawEnvelope([packets[1]]).packet.bytes]
        return [
            refusal(
                "inside/magic", "the packet inside at \(magic) does not begin with P4CK",
                RawEnvelope(broken).packet.bytes, "badInnerPacket", at: payloadOffset),
            refusal(
                "inside/cut", "the last packet inside is longer than what is left", RawEnvelope(long).packet.bytes,
                "badInnerPacket", at: payloadOffset),
            refusal(
                "inside/short", "the first packet inside has a length of 16", RawEnvelope(short).packet.bytes,
                "badInnerPacket", at: payloadOffset),
            refusal(
                "inside/nested", "an envelope inside of the envelope", RawEnvelope(nested).packet.bytes,
                "nestedEnvelope", at: payloadOffset),
        ]
    }
}

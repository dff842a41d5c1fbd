import BINMessages
import BINWire

/// Vectors of what stands around the fields: headers, checksum, lengths, trailers, streams.
///
/// They are made with one short message of each framing.
struct FramingVectors {
    /// The groups of `framing.json`.
    static var groups: [VectorGroup] {
        var groups: [VectorGroup] = []
        for (framing, layout) in [(Framing.v2_1, "U-A"), (.v2_2, "U-B"), (.v2_3, "U-K")] {
            guard let subject = subject("aor-delete", layout) else { continue }
            let vectors = FramingVectors(subject: subject)
            groups.append(subject.group(vectors.headers + vectors.sizes + vectors.names))
            if framing != .v2_1 {
                var streams = subject.group(vectors.streams)
                streams.message = "stream of \(streams.message)"
                groups.append(streams)
            }
        }
        if let subject = subject("aggregate-edge", nil) {
            groups.append(subject.group(FramingVectors(subject: subject).bridges))
        }
        return groups
    }

    private static func subject(_ message: String, _ layout: String?) -> VectorSubject? {
        VectorSubject.all.first {
            $0.candidate.name.description == message && (layout == nil || $0.candidate.layouts[0].name == layout)
        }
    }

    private let subject: VectorSubject
    private let content: [UInt8]

    private init(subject: VectorSubject) {
        self.subject = subject
        content = subject.content(Filler(.small, fields: subject.candidate.fields)) ?? []
    }

    private var framing: Framing { subject.framing }
    private var good: RawPacket { subject.raw([content]) }
    /// Offset of the length of the capability's name.
    private var nameLengthOffset: Int { framing.fixedHeaderSize - framing.textLengthSize }

    private func refusal(
        _ slug: String, _ comment: String, _ flag: VectorFlag, _ packet: [UInt8], _ code: WireError.Code, at offset: Int
    ) -> Vector? { subject.refusal(slug, comment, flag, packet, code.name, at: offset) }

    private func patched(_ offset: Int, _ bytes: [UInt8]) -> [UInt8] {
        var packet = good.bytes
        packet.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
        if framing == .v2_1 { RawPacket.sign(&packet) }
        return packet
    }

    private func length(_ length: Int) -> [UInt8] {
        framing == .v2_2
            ? RawPacket.little(UInt16(truncatingIfNeeded: length))
            : RawPacket.little(UInt32(truncatingIfNeeded: length))
    }

    private func nameLength(_ length: Int32) -> [UInt8] {
        framing == .v2_3 ? RawPacket.little(UInt16(truncatingIfNeeded: length)) : RawPacket.little(length)
    }

    // MARK: Magic, length, checksum

    private var headers: [Vector] {
        let bytes = good.bytes
        let shortest = framing.minimumLength - 1
        var vectors = [
            subject.reading("good", "a packet without a mistake", [.ordinary], bytes),
            refusal("nothing", "no byte at all", .badLength, [], .packetTooShort, at: 0),
            refusal(
                "short", "one byte less than the smallest packet", .badLength, Array(bytes.prefix(shortest)),
                .packetTooShort, at: shortest),
            refusal("magic/last", "begins with P4CL", .badMagic, patched(3, Array("L".utf8)), .badMagic, at: 0),
            refusal("magic/case", "begins with p4ck", .badMagic, patched(0, Array("p4ck".utf8)), .badMagic, at: 0),
            refusal(
                "magic/zero", "begins with four zero bytes", .badMagic, patched(0, [0, 0, 0, 0]), .badMagic, at: 0),
        ]
        if framing == .v2_1 { vectors += checksums }
        return vectors.compactMap { $0 }
    }

    private var checksums: [Vector?] {
        let bytes = good.bytes
        var flipped = bytes
        flipped[bytes.count - 1] ^= 0x80
        var whole = bytes
        whole.replaceSubrange(4..<8, with: RawPacket.little(Checksum.compute(bytes.span.bytes)))
        var zero = bytes
        zero.replaceSubrange(4..<8, with: [0, 0, 0, 0])
        let swapped = Array(bytes[..<4] + bytes[4..<8].reversed() + bytes[8...])
        return [
            refusal("crc/data", "the last bit of the packet is another", .badChecksum, flipped, .badChecksum, at: 4),
            refusal("crc/whole", "a checksum over the whole packet", .badChecksum, whole, .badChecksum, at: 4),
            refusal("crc/zero", "a checksum of zero", .badChecksum, zero, .badChecksum, at: 4),
            refusal(
                "crc/order", "the bytes of the checksum in the other order", .badChecksum, swapped, .badChecksum, at: 4),
            refusal("crc/cut", "the last byte is missing", .badChecksum, bytes.dropLast(), .badChecksum, at: 4),
        ]
    }

    private var sizes: [Vector] {
        guard framing != .v2_1 else { return [] }
        let bytes = good.bytes
        var vectors = [
            refusal("length/0", "a length of 0", .badLength, patched(4, length(0)), .packetTooShort, at: 4),
            refusal(
                "length/least", "a length of one less than the smallest packet", .badLength,
                patched(4, length(framing.minimumLength - 1)), .packetTooShort, at: 4),
            refusal(
                "length/more", "a length of one more than there are bytes", .badLength,
                patched(4, length(bytes.count + 1)), .lengthMismatch, at: 4),
            refusal(
                "length/less", "a length of one less than there are bytes", .badLength,
                patched(4, length(bytes.count - 1)), .lengthMismatch, at: 4),
            refusal("cut", "the last byte is missing", .badLength, bytes.dropLast(), .lengthMismatch, at: 4),
            refusal("behind", "a byte follows the packet", .badLength, bytes + [0], .lengthMismatch, at: 4),
        ]
        if framing == .v2_2 {
            for (slug, comment, undefined) in [
                ("undefined/low", "the bytes behind the length are not zero", (UInt16(1), UInt16(0))),
                ("undefined/high", "the bytes behind the version are not zero", (0, 0x8000)),
            ] {
                var packet = good
                packet.undefined = undefined
                vectors.append(subject.reading(slug, comment, [.undefinedBytes], packet.bytes, isStrict: false))
            }
        } else {
            for value in [0x10000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF] {
                let hex = "0x" + String(value, radix: 16)
                vectors.append(
                    refusal(
                        "length/\(hex)", "a length of \(hex)", .badLength, patched(4, length(value)), .packetTooLong,
                        at: 4))
            }
            vectors.append(largest)
        }
        return vectors.compactMap { $0 }
    }

    /// A packet of 65,515 bytes, the largest from 4.0 on.
    private var largest: Vector? {
        let room = Framing.maximumLengthSince4_0 - good.bytes.count
        guard let text = subject.nodes(content).last(where: { $0.kind == .text }) else { return nil }
        let filler = Filler(
            .small, fields: subject.candidate.fields,
            choices: [
                text.name.description: .text([UInt8](repeating: UInt8(ascii: "a"), count: Int(text.text.length) + room))
            ])
        var writer = PacketWriter()
        var filled = filler
        let name = Array("x".utf8)
        guard (try? writer.begin(capability: name.span.bytes, type: 0, version: 0, framing: framing)) != nil,
            (try? subject.candidate.fill(&filled, &writer)) != nil, (try? writer.finish()) != nil
        else { return nil }
        let content = Array(writer.copyBytes().dropFirst(framing.fixedHeaderSize + 5))
        return subject.reading(
            "largest", "a packet of 65515 bytes, the largest that every release takes", [.largest],
            subject.raw([content]).bytes)
    }

    // MARK: Names

    private var names: [Vector] {
        let bytes = good.bytes
        let rest = Int32(bytes.count - framing.fixedHeaderSize)
        var vectors = [
            refusal(
                "name/0", "the name of the capability has no bytes", .badCapability,
                patched(nameLengthOffset, nameLength(0)),
                .badCapabilityLength, at: nameLengthOffset),
            refusal(
                "name/type", "the name of the capability leaves 3 bytes for the type", .badCapability,
                patched(nameLengthOffset, nameLength(rest - 3)), .capabilityPastEnd, at: nameLengthOffset),
            refusal(
                "name/past", "the name of the capability is one byte longer than the packet", .badCapability,
                patched(nameLengthOffset, nameLength(rest + 1)), .capabilityPastEnd, at: nameLengthOffset),
            refusal(
                "name/most", "the name of the capability has the greatest length there is", .badCapability,
                patched(nameLengthOffset, nameLength(framing == .v2_3 ? 0xFFFF : .max)), .capabilityPastEnd,
                at: nameLengthOffset),
        ]
        if framing != .v2_3 {
            for value in [Int32(-1), .min] {
                vectors.append(
                    refusal(
                        "name/\(value)", "the name of the capability has a length of \(value)", .badCapability,
                        patched(nameLengthOffset, nameLength(value)), .badCapabilityLength, at: nameLengthOffset))
            }
        }
        var unknown = good
        unknown.capability = Array("no-such-capability".utf8)
        vectors.append(
            subject.refusal(
                "capability", "a capability that no release has", .undeclared, unknown.bytes, "undeclaredCapability",
                at: unknown.bodyOffset - 4))
        var prefixed = good
        prefixed.capability.append(0)
        vectors.append(
            subject.refusal(
                "capability/zero", "a zero byte behind the name belongs to the name", .undeclared, prefixed.bytes,
                "undeclaredCapability", at: prefixed.bodyOffset - 4))
        for type in [Int32.max, .min] {
            var packet = good
            packet.type = type
            vectors.append(
                subject.refusal(
                    "type/\(type)", "type \(type), which no release has", .undeclared, packet.bytes, "undeclaredType",
                    at: packet.bodyOffset - 4))
        }
        if subject.hasTrailer {
            for count in 0..<3 {
                var packet = good
                packet.body = []
                packet.trailer = Array(repeating: 1, count: count)
                vectors.append(
                    refusal(
                        "trailer/\(count)", "\(4 * count) bytes behind the type, where the trailer has 12",
                        .missingTrailer, packet.bytes, .trailerMissing, at: packet.bodyOffset))
            }
        }
        return vectors.compactMap { $0 }
    }

    private var bridges: [Vector] {
        let bridge = Routing(bridgeFrom: 1, to: 2, source: 3)
        var missing = subject.raw([content], routing: bridge)
        missing.body = []
        missing.trailer.removeFirst()
        return [
            subject.reading(
                "bridge", "the trailer names the cluster it comes from, the one it is for, the source and 0xC0000000",
                [.bridge], subject.raw([content], routing: bridge).bytes),
            refusal(
                "bridge/short", "12 bytes behind the type, where the trailer of a bridge packet has 16",
                .missingTrailer,
                missing.bytes, .trailerMissing, at: missing.bodyOffset),
        ].compactMap { $0 }
    }

    // MARK: Streams

    private var streams: [Vector] {
        let first = good.bytes
        let other = subject.content(Filler(.empty, fields: subject.candidate.fields)) ?? []
        let second = subject.raw([other]).bytes
        let two = first + second
        let places = [0..<first.count, first.count..<two.count]
        var vectors: [Vector?] = [
            stream("together", "two packets in one read", two, [two.count], places),
            stream("bytes", "two packets, read byte by byte", two, Array(repeating: 1, count: two.count), places),
            stream("magic", "the first read ends inside of P4CK", two, [2, two.count - 2], places),
            stream("length", "the first read ends inside of the length", two, [5, two.count - 5], places),
            stream(
                "name", "the first read ends inside of the name", two, [framing.fixedHeaderSize + 1, 3, two.count],
                places),
            stream("seam", "the first read ends with the first packet", two, [first.count, second.count], places),
            stream(
                "across", "the first read ends one byte into the second packet", two,
                [first.count + 1, second.count - 1], places),
            broken("magic", "the second packet does not begin with P4CK", first + [0x21], first.count, .badMagic, 0),
            broken(
                "short", "the second packet has a length of 0", first + second[..<4] + [0, 0, 0, 0], first.count,
                .packetTooShort, 4),
        ]
        if framing == .v2_3 {
            vectors.append(
                broken(
                    "long", "the second packet has a length of 65536", first + second[..<4] + [0, 0, 1, 0], first.count,
                    .packetTooLong, 4))
        } else {
            let null = first + [0, 0, 0, 0] + second
            let places = [0..<first.count, (first.count + 4)..<null.count]
            let comment = "four zero bytes behind the first packet, a null string that was not counted"
            vectors.append(stream("null", comment, null, [null.count], places, .uncountedNullString))
            vectors.append(
                stream(
                    "null/bytes", comment + ", read byte by byte", null, Array(repeating: 1, count: null.count), places,
                    .uncountedNullString))
            vectors.append(
                broken(
                    "null/first", "four zero bytes in front of the first packet", [0, 0, 0, 0] + first, 0, .badMagic, 0)
            )
        }
        return vectors.compactMap { $0 }
    }

    private func stream(
        _ slug: String, _ comment: String, _ bytes: [UInt8], _ fragments: [Int], _ packets: [Range<Int>],
        _ flag: VectorFlag = .fragmented
    ) -> Vector? {
        let reading = StreamReading(bytes, framing: framing, fragments: fragments)
        guard reading.error == nil, reading.packets == packets.map({ Array(bytes[$0]) }) else { return nil }
        return Vector(
            slug: "stream/\(slug)", comment: comment, flags: [flag], packet: bytes,
            expectation: .stream(fragments: fragments, packets: packets, error: nil))
    }

    private func broken(
        _ slug: String, _ comment: String, _ bytes: [UInt8], _ first: Int, _ code: WireError.Code, _ offset: Int
    ) -> Vector? {
        let error = WireError(code, at: offset)
        let packets = first > 0 ? [0..<first] : []
        for fragments in [[bytes.count], Array(repeating: 1, count: bytes.count)] {
            let reading = StreamReading(bytes, framing: framing, fragments: fragments)
            guard reading.error == error, reading.packets == packets.map({ Array(bytes[$0]) }) else { return nil }
        }
        return Vector(
            slug: "broken/\(slug)", comment: comment, flags: [code == .badMagic ? .badMagic : .badLength],
            packet: bytes,
            expectation: .stream(fragments: [bytes.count], packets: packets, error: error))
    }
}

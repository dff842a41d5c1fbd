import BINMessages
import BINWire

extension VectorSubject {
    /// Packets that must be refused, made of one that is right by one mistake each.
    ///
    /// Of each kind of mistake those fields are taken where no other layout of the same capability, type and version
    /// reads the packet.
    func invalidVectors() -> [Vector] {
        guard let base = content(Filler(.brief, fields: candidate.fields)) else { return [] }
        let places = FieldPlace.all(nodes(base))
        var vectors: [Vector] = []
        var seen: Set<[UInt8]> = []
        func add(_ limit: Int, _ attempts: [() -> Vector?]) {
            var found = 0
            for attempt in attempts where found < limit {
                guard let vector = attempt(), seen.insert(vector.packet).inserted else { continue }
                vectors.append(vector)
                found += 1
            }
        }
        let fields = VectorSubject.spread(places)
        add(isNewest ? 3 : isFirstCarrier ? 2 : 1, fields.map { place in { self.cutAt(place, base) } })
        add(
            1, fields.filter { $0.node.kind == .integer || $0.node.kind == .count }.map { p in { self.cutIn(p, base) } }
        )
        add(
            2, fields.filter { $0.node.kind != .integer && $0.node.kind != .count }.map { p in { self.cutIn(p, base) } }
        )
        add(2, fields.map { place in { self.wrongSize(place, base) } })
        add(2, fields.map { place in { self.longText(place, base) } })
        if framing != .v2_3 { add(2, fields.map { place in { self.negativeText(place, base) } }) }
        add(2, fields.flatMap { p in [{ self.count(p, base, -1) }, { self.count(p, base, self.limit(p.name) &+ 1) }] })
        if carrier == nil || isSized {
            add(isNewest ? 2 : 1, [1, 4].map { count in { self.trailing(base, count) } })
        }
        add(1, [{ self.begunElement(base) }])
        if hasTrailer { add(1, [{ self.withoutTrailer() }]) }
        if framing != .v2_1, carrier == nil { add(1, [{ self.wrongVersion(base) }]) }
        if framing == .v2_1 { add(1, [{ self.wrongChecksum(base) }]) }
        if carrier != nil { add(6, chunkMistakes(base)) }
        if carrier == nil, let last = candidate.fields.last, last.meaning == .chunks || last.meaning == .unsizedChunks {
            add(2, bareChunkMistakes(base, isSized: last.meaning == .chunks))
        }
        return vectors
    }

    /// The last one first, then the first one, then from the middle outwards.
    private static func spread(_ places: [FieldPlace]) -> [FieldPlace] {
        guard places.count > 2 else { return places.reversed() }
        let middle = places.count / 2
        var order = [places.count - 1, 0]
        for distance in 0..<places.count {
            for index in [middle - distance, middle + distance] where index > 0 && index < places.count - 1 {
                if !order.contains(index) { order.append(index) }
            }
        }
        return order.map { places[$0] }
    }

    private var prefix: Int { candidate.framing.textLengthSize }

    private func packet(_ content: [UInt8]) -> [UInt8] { raw([content]).bytes }

    /// The content with other bytes for those of a range of the packet.
    private func replacing(_ range: Range<Int>, of base: [UInt8], with bytes: [UInt8]) -> [UInt8] {
        var content = base
        content.replaceSubrange((range.lowerBound - contentOffset)..<(range.upperBound - contentOffset), with: bytes)
        return content
    }

    private func lengthBytes(_ length: Int) -> [UInt8] {
        candidate.framing == .v2_3
            ? RawPacket.little(UInt16(truncatingIfNeeded: length)) : RawPacket.little(Int32(truncatingIfNeeded: length))
    }

    // MARK: Cuts

    private func cutAt(_ place: FieldPlace, _ base: [UInt8]) -> Vector? {
        guard let reason = place.reasonAtEnd else { return nil }
        let content = Array(base[..<(place.start - contentOffset)])
        return refusal(
            "cut/\(place.slug)", "ends in front of \(place.name)", .cutAtField, packet(content), reason.name,
            at: place.reportedOffset)
    }

    private func cutIn(_ place: FieldPlace, _ base: [UInt8]) -> Vector? {
        guard let reason = place.reasonAtEnd, place.end - place.start >= 2 else { return nil }
        let content = Array(base[..<(place.end - 1 - contentOffset)])
        let isText = place.node.kind != .integer && place.node.kind != .count && place.end - place.start > prefix
        return refusal(
            "cutin/\(place.slug)", "ends one byte before the end of \(place.name)", .cutInField, packet(content),
            isText ? WireError.Code.textPastEnd.name : reason.name, at: place.reportedOffset)
    }

    private func trailing(_ base: [UInt8], _ count: Int) -> Vector? {
        let content = base + [UInt8](repeating: 0, count: count)
        return refusal(
            "trailing/\(count)", "\(count == 1 ? "a byte" : "\(count) bytes") too many behind the last field",
            .trailingBytes, packet(content), WireError.Code.trailingBytes.name, at: contentOffset + base.count)
    }

    /// A byte behind a list that goes on to the end begins another element.
    private func begunElement(_ base: [UInt8]) -> Vector? {
        refusal(
            "element", "a byte of another element behind the last one", .cutInField, packet(base + [0]),
            WireError.Code.lengthPastEnd.name, at: contentOffset + base.count)
    }

    private func withoutTrailer() -> Vector? {
        var packet = raw([[]])
        packet.body = []
        packet.trailer = [1, 1]
        return refusal(
            "trailer", "8 bytes behind the type, where the trailer has 12", .missingTrailer, packet.bytes,
            WireError.Code.trailerMissing.name, at: packet.bodyOffset)
    }

    // MARK: Values

    private func wrongSize(_ place: FieldPlace, _ base: [UInt8]) -> Vector? {
        let size = place.end - place.start - prefix
        let isFixed = flatFields.contains { field in
            if case .fixedText = field.shape { field.name == place.name } else { false }
        }
        guard place.node.kind == .value64 || place.node.kind == .value32 || isFixed, size > 0 else { return nil }
        let shorter = Array(base[(place.start + prefix - contentOffset)..<(place.end - 1 - contentOffset)])
        let content = replacing(place.start..<place.end, of: base, with: lengthBytes(size - 1) + shorter)
        return refusal(
            "size/\(place.slug)", "\(place.name) is a string of \(size - 1) bytes in place of \(size)", .wrongValueSize,
            packet(content), WireError.Code.wrongValueSize.name, at: place.start)
    }

    private func longText(_ place: FieldPlace, _ base: [UInt8]) -> Vector? {
        guard place.node.kind == .text else { return nil }
        let end = contentOffset + base.count
        let length = candidate.framing == .v2_3 && place.start % 2 == 0 ? 0xFFFF : end - place.start - prefix + 1
        let content = replacing(place.start..<(place.start + prefix), of: base, with: lengthBytes(length))
        return refusal(
            "past/\(place.slug)", "\(place.name) has a length of \(length) bytes, more than are left", .stringPastEnd,
            packet(content), WireError.Code.textPastEnd.name, at: place.start)
    }

    private func negativeText(_ place: FieldPlace, _ base: [UInt8]) -> Vector? {
        guard place.node.kind == .text else { return nil }
        let content = replacing(place.start..<(place.start + prefix), of: base, with: lengthBytes(-1))
        return refusal(
            "negative/\(place.slug)", "\(place.name) has a length of -1", .negativeLength, packet(content),
            WireError.Code.negativeLength.name, at: place.start)
    }

    private func limit(_ name: String) -> Int32 {
        for field in flatFields {
            if case .count(let limit) = field.shape, field.name == name { return limit }
        }
        return 0
    }

    private func count(_ place: FieldPlace, _ base: [UInt8], _ value: Int32) -> Vector? {
        guard place.node.kind == .count else { return nil }
        let content = replacing(place.start..<place.end, of: base, with: RawPacket.little(value))
        return refusal(
            "count/\(place.slug)/\(value)", "\(place.name) is \(value), which is out of range", .countOutOfRange,
            packet(content), WireError.Code.countOutOfRange.name, at: place.start)
    }

    // MARK: Headers

    private func wrongVersion(_ base: [UInt8]) -> Vector? {
        var packet = raw([base])
        let version = (versions.max() ?? 0) &+ 90
        packet.version = version
        return refusal(
            "version", "the header says version \(version)", .wrongVersion, packet.bytes, "undeclaredVersion",
            at: packet.bodyOffset - 4)
    }

    private func wrongChecksum(_ base: [UInt8]) -> Vector? {
        var bytes = packet(base)
        bytes[4] ^= 1
        return refusal(
            "checksum", "one bit of the checksum is another", .badChecksum, bytes, WireError.Code.badChecksum.name,
            at: 4)
    }

    // MARK: Chunks

    private func chunkMistakes(_ base: [UInt8]) -> [() -> Vector?] {
        let good = raw([base])
        let marker = good.bodyOffset + (good.body.count - base.count - 4)
        func patched(_ offset: Int, _ value: Int32) -> [UInt8] {
            var packet = good
            packet.body.replaceSubrange(
                (offset - good.bodyOffset)..<(offset - good.bodyOffset + 4), with: RawPacket.little(value))
            return packet.bytes
        }
        var attempts: [() -> Vector?] = [
            {
                self.refusal(
                    "chunk/marker", "the marker in front of the chunk is another number", .badChunk,
                    patched(marker, SyncChunks.marker + 1), WireError.Code.badChunkMarker.name, at: marker)
            }
        ]
        guard isSized else { return attempts }
        for (name, value) in [("negative", Int32(-1)), ("larger than what is left", Int32(base.count + 1))] {
            attempts.append {
                self.refusal(
                    "chunk/size/\(name)", "the size of the chunk is \(name)", .badChunk, patched(marker - 4, value),
                    WireError.Code.badChunkSize.name, at: marker - 4)
            }
        }
        let version = (versions.max() ?? 0) &+ 90
        attempts.append {
            self.refusal(
                "chunk/version", "the data version is \(version)", .wrongVersion,
                self.raw([base], dataVersion: version).bytes, "undeclaredVersion", at: self.contentOffset)
        }
        return attempts
    }

    /// Mistakes in the chunks of a sync packet, for the sync packet itself.
    private func bareChunkMistakes(_ base: [UInt8], isSized: Bool) -> [() -> Vector?] {
        let end = contentOffset + base.count
        return [
            {
                self.refusal(
                    "bare/marker", "a chunk without the marker in front of it", .badChunk,
                    self.packet(base + [UInt8](repeating: 0, count: isSized ? 8 : 4)),
                    WireError.Code.badChunkMarker.name, at: isSized ? end + 4 : end)
            },
            {
                self.refusal(
                    "bare/cut", "ends inside of the first number of a chunk", .cutInField, self.packet(base + [1, 0]),
                    WireError.Code.integerPastEnd.name, at: end)
            },
        ]
    }
}

/// Where a field stands in a packet, and what is said when it does not.
struct FieldPlace {
    var node: FieldNode
    /// Number of the field in the packet.
    var index: Int
    /// Where the mistake is reported: of integers in a list, the list.
    var reportedOffset: Int

    var name: String { node.name.description }
    var slug: String { "\(index)-\(name)" }
    var start: Int { Int(node.offset) }
    var end: Int { start + Int(node.length) }

    /// What is said when the packet ends in front of the field; nil for one that may be left out.
    var reasonAtEnd: WireError.Code? {
        switch node.kind {
        case .integer, .count: .integerPastEnd
        case .text, .value64, .value32: .lengthPastEnd
        default: nil
        }
    }

    /// The fields among `nodes`.
    static func all(_ nodes: [FieldNode]) -> [FieldPlace] {
        var places: [FieldPlace] = []
        var list: Int?
        var isInList = false
        for node in nodes {
            switch node.kind {
            case .beginList:
                isInList = true
                list = nil
            case .endList: isInList = false
            default: break
            }
            guard node.isField else { continue }
            if isInList, list == nil { list = Int(node.offset) }
            let reported = isInList && node.kind == .integer ? list ?? Int(node.offset) : Int(node.offset)
            places.append(FieldPlace(node: node, index: places.count, reportedOffset: reported))
        }
        return places
    }
}

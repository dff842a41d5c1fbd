import BINMessages
import BINWire

/// A packet of bytes that need not be right, put together without the library's writer.
struct RawPacket {
    var framing: Framing
    var capability: [UInt8]
    var type: Int32
    var version: Int16
    var body: [UInt8] = []
    /// Integers behind the body.
    var trailer: [Int32] = []
    /// 2.2 only: what stands behind the length, and what behind the version.
    var undefined: (UInt16, UInt16) = (0, 0)

    /// Offset of the body.
    var bodyOffset: Int { framing.fixedHeaderSize + capability.count + 4 }

    /// The packet, with length or checksum filled in.
    var bytes: [UInt8] {
        var bytes = Array("P4CK".utf8)
        let length = bodyOffset + body.count + 4 * trailer.count
        switch framing {
        case .v2_1:
            bytes += RawPacket.little(UInt32(0))
            bytes += RawPacket.little(UInt32(truncatingIfNeeded: capability.count))
        case .v2_2:
            bytes += RawPacket.little(UInt16(truncatingIfNeeded: length)) + RawPacket.little(undefined.0)
            bytes += RawPacket.little(UInt16(bitPattern: version)) + RawPacket.little(undefined.1)
            bytes += RawPacket.little(UInt32(truncatingIfNeeded: capability.count))
        case .v2_3:
            bytes += RawPacket.little(UInt32(truncatingIfNeeded: length))
            bytes += RawPacket.little(UInt16(bitPattern: version))
            bytes += RawPacket.little(UInt16(truncatingIfNeeded: capability.count))
        }
        bytes += capability + RawPacket.little(UInt32(bitPattern: type)) + body
        for value in trailer { bytes += RawPacket.little(UInt32(bitPattern: value)) }
        if framing == .v2_1 { RawPacket.sign(&bytes) }
        return bytes
    }

    /// Puts the right checksum into a 2.1 packet.
    static func sign(_ bytes: inout [UInt8]) {
        guard bytes.count >= 8 else { return }
        let checksum = Checksum.compute(Array(bytes[8...]).span.bytes)
        bytes.replaceSubrange(4..<8, with: little(checksum))
    }

    /// A number, lowest byte first.
    static func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        (0..<(Number.bitWidth / 8)).map { UInt8(truncatingIfNeeded: number >> Number(8 * $0)) }
    }
}

/// What a group of vectors is about: a message in a layout and, for a chunk, the sync packet around it.
struct VectorSubject {
    let candidate: MessageCandidate
    /// The sync packet that carries the chunk.
    let carrier: MessageCandidate?
    /// The releases that send it.
    let releases: ReleaseSet
    /// The versions that some layout of the same capability and type has.
    let versions: Set<Int16>
    /// Whether it is no chunk, or stands in the oldest sync packet that carries it.
    let isFirstCarrier: Bool
    /// Whether it is the newest layout of its message.
    let isNewest: Bool

    static let routing = Routing(cluster: 1, source: 1, destination: 2)

    /// Every subject there is, in the order of the catalogue. Envelopes are left out: made-up values make none, see
    /// ``EnvelopeVectors``.
    static let all: [VectorSubject] = {
        let families = Catalogue.declared.capabilities.flatMap(\.families)
        let carriers = families.flatMap(\.candidates).filter {
            $0.fields.last?.meaning == .chunks || $0.fields.last?.meaning == .unsizedChunks
        }
        return families.flatMap { family in
            family.candidates.filter { $0.identity.capability != Envelope.capability }.flatMap {
                candidate -> [VectorSubject] in
                let versions = Set(family.candidates.compactMap(\.identity.version))
                let namesakes = family.candidates.filter { $0.name.description == candidate.name.description }
                let isNewest = namesakes.last.map { same($0, candidate) } ?? true
                guard family.type == nil else {
                    return [
                        VectorSubject(
                            candidate: candidate, carrier: nil, releases: candidate.releases, versions: versions,
                            isFirstCarrier: true, isNewest: isNewest)
                    ]
                }
                let fitting = carriers.filter { $0.releases.overlaps(candidate.releases) }
                return fitting.enumerated().map { index, carrier in
                    VectorSubject(
                        candidate: candidate, carrier: carrier,
                        releases: carrier.releases.intersection(candidate.releases), versions: versions,
                        isFirstCarrier: index == 0, isNewest: isNewest)
                }
            }
        }
    }()

    var framing: Framing { carrier?.framing ?? candidate.framing }
    var isSized: Bool { carrier?.fields.last?.meaning == .chunks }
    private var header: MessageIdentity { carrier?.identity ?? candidate.identity }
    var hasTrailer: Bool { header.routing == .trailer }

    /// Whether `candidate` and `carrier` are those of this subject.
    func isAbout(_ other: MessageCandidate, _ otherCarrier: MessageCandidate?) -> Bool {
        VectorSubject.same(candidate, other)
            && (carrier.map { mine in otherCarrier.map { VectorSubject.same(mine, $0) } ?? false }
                ?? (otherCarrier == nil))
    }

    private static func same(_ left: MessageCandidate, _ right: MessageCandidate) -> Bool {
        left.name.description == right.name.description && left.identity == right.identity
            && left.framing == right.framing && left.layouts[0].name == right.layouts[0].name
            && left.fields == right.fields
    }

    /// The group that its vectors go to.
    func group(_ vectors: [Vector]) -> VectorGroup {
        let names = candidate.layouts.filter { candidate.isExtension || $0.releases.overlaps(releases) }.map(\.name)
        let layout = names.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }.joined(separator: "|")
        return VectorGroup(
            capability: candidate.identity.capability, message: candidate.name.description,
            type: candidate.identity.type, version: carrier == nil || isSized ? candidate.identity.version : nil,
            layout: layout, framing: framing, releases: releases,
            carrier: carrier.map { ($0.identity.type ?? 0, $0.identity.version ?? 0) }, vectors: vectors)
    }

    /// The releases that a reading is tried with: the first and the last of each layout; none for an extension, which no release sends.
    var probes: [Release?] {
        guard !candidate.isExtension else { return [nil] }
        let sets = candidate.layouts.map { $0.releases.intersection(releases) }.filter { !$0.isEmpty }
        return sets.flatMap { set in
            let all = set.releases
            return all.count == 1 ? [all[0]] : [all[0], all[all.count - 1]]
        }
    }

    // MARK: Packets

    /// Header and, for a chunk, what stands before its content.
    func raw(_ contents: [[UInt8]], routing: Routing = VectorSubject.routing, dataVersion: Int16? = nil) -> RawPacket {
        var packet = RawPacket(
            framing: framing, capability: Array(header.capability.utf8), type: header.type ?? 0,
            version: header.version ?? 0)
        if hasTrailer {
            packet.trailer = [routing.cluster, routing.source, routing.destination]
            if let other = routing.destinationCluster { packet.trailer.insert(other, at: 1) }
        }
        guard carrier != nil else {
            packet.body = contents.first ?? []
            return packet
        }
        let name = Array(candidate.identity.capability.utf8)
        packet.body = RawPacket.little(UInt16(truncatingIfNeeded: name.count)) + name
        if isSized { packet.body += RawPacket.little(Int32(dataVersion ?? candidate.identity.version ?? 0)) }
        for content in contents {
            if isSized { packet.body += RawPacket.little(Int32(truncatingIfNeeded: content.count)) }
            packet.body += RawPacket.little(SyncChunks.marker) + content
        }
        return packet
    }

    /// Offset of the message, or of the content of the first chunk.
    var contentOffset: Int {
        let empty = raw([[]])
        return empty.bodyOffset + (carrier == nil ? 0 : empty.body.count)
    }

    /// Bytes of a made-up message; nil when it does not fit a packet.
    func content(_ filler: consuming Filler) -> [UInt8]? {
        var filler = filler
        var writer = PacketWriter(maximumLength: 60_000)
        let name = Array("x".utf8)
        do {
            try writer.begin(capability: name.span.bytes, type: 0, version: 0, framing: candidate.framing)
            try candidate.fill(&filler, &writer)
            try writer.finish()
        } catch {
            return nil
        }
        return Array(writer.copyBytes().dropFirst(candidate.framing.fixedHeaderSize + 1 + 4))
    }

    /// The fields of `content` where it stands in its packet.
    func nodes(_ content: [UInt8]) -> [FieldNode] {
        let packet = raw([content]).bytes
        var nodes: [FieldNode] = []
        let start = contentOffset
        _ = candidate.describe(packet.span.bytes, start..<(start + content.count), candidate.framing, &nodes)
        return nodes
    }

    // MARK: Trying

    /// A vector of what the library reads in every release of the subject; nil when it does not, or not the same.
    func reading(
        _ slug: String, _ comment: String, _ flags: [VectorFlag], _ packet: [UInt8], isStrict: Bool = true,
        release: Release? = nil
    ) -> Vector? {
        let readings = (release.map { [$0] } ?? probes).map {
            VectorReading(packet, framing: framing, release: $0).withoutLayout
        }
        guard let first = readings.first, readings.allSatisfy({ $0 == first }),
            case .read(let message, _, let fields, let routing) = first
        else { return nil }
        guard carrier != nil || message == candidate.name.description else { return nil }
        return Vector(
            slug: slug, comment: comment, flags: flags, packet: packet,
            expectation: .fields(fields, routing, isStrict: isStrict), release: release)
    }

    /// A vector of a packet that is refused in every layout, in those of the subject for this reason.
    func refusal(
        _ slug: String, _ comment: String, _ flag: VectorFlag, _ packet: [UInt8], _ reason: String, at offset: Int
    ) -> Vector? {
        let expected = VectorReading.refused(reason: reason, offset: offset)
        guard probes.allSatisfy({ VectorReading(packet, framing: framing, release: $0) == expected }),
            VectorReading(packet, framing: framing).isRefused
        else { return nil }
        return Vector(
            slug: slug, comment: comment, flags: [flag], packet: packet,
            expectation: .error(reason: reason, offset: offset))
    }
}

extension VectorReading {
    /// The same whatever the layout is called.
    fileprivate var withoutLayout: VectorReading {
        guard case .read(let message, _, let fields, let routing) = self else { return self }
        return .read(message: message, layout: "", fields: fields, routing: routing)
    }
}

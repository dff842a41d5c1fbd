package import BINCapture
import BINMessages
package import BINWire

/// Makes packets of the objects that `inspect --json` prints.
package final class PacketComposer {
    /// Why an object makes no packet.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// A packet, and what the object says of its way.
    package struct Composed {
        package var bytes: [UInt8]
        package var framing: Framing
        package var origin: PacketOrigin
    }

    private var writer = PacketWriter()

    package init() {}

    /// The packet of one object.
    package func compose(_ object: JSONValue) throws(Failure) -> Composed {
        guard let capability = object["capability"]?.string else {
            throw Failure(description: "there is no capability; a packet that was refused cannot be made again")
        }
        guard let type = object["type"]?.integer.flatMap({ Int32(exactly: $0) }) else {
            throw Failure(description: "there is no type")
        }
        let framing: Framing
        switch object["framing"]?.string ?? "2.3" {
        case "2.1": framing = .v2_1
        case "2.2": framing = .v2_2
        case "2.3": framing = .v2_3
        case let other: throw Failure(description: "there is no framing '\(other)'; there are 2.1, 2.2 and 2.3")
        }
        let version = object["version"]?.integer.flatMap { Int16(exactly: $0) }
        if let error = object["error"], case .object = error {
            throw Failure(
                description: "\(capability) type \(type) was not decoded to its last byte and cannot be made again")
        }
        let outer = (object["layout"]?.string ?? "").split(separator: "/", maxSplits: 1).first ?? ""
        let identity = PacketIdentity(
            capability: capability, type: type, version: framing == .v2_1 ? nil : version ?? 1, framing: framing,
            layouts: outer.split(separator: "|").map(String.init))
        let routing = try routing(object["routing"])
        do throws(CompositionFailure) {
            try Catalogue.declared.compose(
                identity, from: JSONFields(object["fields"] ?? .object([]), inner(of: object)), routing: routing,
                into: &writer)
        } catch {
            throw Failure(description: "\(error)")
        }
        return Composed(bytes: writer.copyBytes(), framing: framing, origin: try origin(object))
    }

    /// What is inside of a packet is written by a composer of its own, while the packet is being written. It is told the
    /// layout that stands behind the `/`, that of the chunks.
    private func inner(of object: JSONValue) -> PacketComposer {
        let composer = PacketComposer()
        let parts = (object["layout"]?.string ?? "").split(separator: "/", maxSplits: 1)
        composer.chunkLayouts = parts.count > 1 ? parts[1].split(separator: "|").map(String.init) : []
        return composer
    }

    private var chunkLayouts: [String] = []

    /// The chunks of a sync packet, one behind the other.
    package func chunks(_ value: JSONValue, of fields: JSONValue, sized: Bool) -> [UInt8]? {
        guard let chunks = value.array else { return value.bytes }
        // Where all are empty nothing need be known of the capability, not even that its name is text.
        let capability = fields["capability"]?.string ?? ""
        let version = sized ? fields["dataVersion"]?.integer.flatMap { Int16(exactly: $0) } : nil
        let identity = PacketIdentity(
            capability: capability, type: nil, version: version, framing: .v2_3, layouts: chunkLayouts)
        var bytes: [UInt8] = []
        for chunk in chunks {
            var content: [UInt8] = []
            if !isLeftEmpty(chunk, sized: sized) {
                let fields = sized ? chunk.withoutFirst("size") : chunk
                do throws(CompositionFailure) {
                    content = try Catalogue.declared.composeContent(identity, from: JSONFields(fields, self))
                } catch {
                    return nil
                }
            }
            if sized { append(Int32(truncatingIfNeeded: content.count), to: &bytes) }
            append(SyncChunks.marker, to: &bytes)
            bytes += content
        }
        return bytes
    }

    /// A chunk may have been opened and left empty (CL-57): one with a size says 0, one without has no field at all.
    private func isLeftEmpty(_ chunk: JSONValue, sized: Bool) -> Bool {
        if sized { return chunk["size"]?.integer == 0 }
        guard case .object(let members) = chunk else { return false }
        return members.isEmpty
    }

    /// The packet inside of a dialog variable.
    package func embedded(_ value: JSONValue) -> [UInt8]? {
        guard value["capability"] != nil, value["fields"] != nil else { return nil }
        return try? PacketComposer().compose(value).bytes
    }

    private func append(_ value: Int32, to bytes: inout [UInt8]) {
        for index in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: value >> Int32(8 * index))) }
    }

    private func routing(_ value: JSONValue?) throws(Failure) -> Routing? {
        guard let value, value != .null else { return nil }
        func number(_ name: String) -> Int32? { value[name]?.integer.flatMap { Int32(exactly: $0) } }
        guard let cluster = number("cluster"), let source = number("source"), let destination = number("destination")
        else {
            throw Failure(description: "the routing lacks cluster, source or destination")
        }
        if let other = number("destinationCluster") {
            return Routing(bridgeFrom: cluster, to: other, source: source)
        }
        return Routing(cluster: cluster, source: source, destination: destination)
    }

    // MARK: Where a packet comes from

    private func origin(_ object: JSONValue) throws(Failure) -> PacketOrigin {
        let transport = object["transport"]?.string == "udp" ? CapturedTransport.udp : .tcp
        return PacketOrigin(
            time: try time(object["time"]), transport: transport,
            source: try endpoint(object["source"]?.string ?? "127.0.0.1:5555"),
            destination: try endpoint(object["destination"]?.string ?? "127.0.0.2:5555"))
    }

    /// Seconds with up to nine decimals, exact.
    private func time(_ value: JSONValue?) throws(Failure) -> CaptureTime {
        guard let value else { return CaptureTime(nanosecondsSinceEpoch: 0) }
        guard case .number(let text) = value else { throw Failure(description: "the time is no number") }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let fraction = parts.count > 1 ? String(parts[1].prefix(9)) : ""
        let padded = fraction + String(repeating: "0", count: 9 - fraction.count)
        guard parts.count <= 2, let seconds = Int64(parts[0]), let nanoseconds = Int64(padded) else {
            throw Failure(description: "the time '\(text)' is no number of seconds")
        }
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { throw Failure(description: "the time '\(text)' is out of range") }
        return CaptureTime(nanosecondsSinceEpoch: product &+ (text.hasPrefix("-") ? -nanoseconds : nanoseconds))
    }

    private func endpoint(_ text: String) throws(Failure) -> Endpoint {
        guard let endpoint = Endpoint(text) else {
            throw Failure(description: "'\(text)' is no address and port, such as 127.0.0.1:5555 or [::1]:5555")
        }
        return endpoint
    }
}

package import BINCapture
package import BINMessages
package import BINWire

/// Writes one JSON object a packet, the shape that every command of this tool prints and reads.
package struct PacketJSON {
    private let output: OutputBuffer
    private let json: JSONWriter
    private let fields: FieldJSON

    package init(_ output: OutputBuffer) {
        self.output = output
        json = JSONWriter(output: output)
        fields = FieldJSON(output)
    }

    /// A whole packet.
    package func packet(
        _ bytes: RawSpan, _ header: PacketHeader, _ description: PacketDescription, from origin: PacketOrigin
    ) {
        beginning(origin, framing: header.framing, length: header.length)
        output.append(",\"version\":" as StaticString)
        content(bytes, header, description)
        if !description.packets.isEmpty {
            output.append(",\"packets\":[" as StaticString)
            for (index, packet) in description.packets.enumerated() {
                output.append(index == 0 ? "{\"version\":" : ",{\"version\":" as StaticString)
                content(packet.bytes.span.bytes, packet.header, packet.description)
                output.append(UInt8(ascii: "}"))
            }
            output.append(UInt8(ascii: "]"))
        }
        output.append("}\n" as StaticString)
    }

    /// What a packet says, from the value of its version on, without the end of the object.
    private func content(_ bytes: RawSpan, _ header: PacketHeader, _ description: PacketDescription) {
        if header.hasVersion {
            output.append(Int64(header.version))
        } else {
            output.append("null" as StaticString)
        }
        output.append(",\"capability\":" as StaticString)
        json.text(bytes.extracting(Int(header.capability.offset)..<header.typeOffset))
        output.append(",\"type\":" as StaticString)
        output.append(Int64(header.type))
        output.append(",\"message\":" as StaticString)
        if let message = description.message {
            output.append(UInt8(ascii: "\""))
            output.append(message)
            output.append(UInt8(ascii: "\""))
        } else {
            output.append("null" as StaticString)
        }
        output.append(",\"layout\":" as StaticString)
        if let layout = description.layout { json.string(layout) } else { output.append("null" as StaticString) }
        output.append(",\"fields\":" as StaticString)
        var fields = fields
        fields.releases = description.releases
        fields.object(description.nodes, bytes)
        if let routing = description.routing { self.routing(routing) }
        if let trailing = description.trailing {
            output.append(",\"trailing\":\"" as StaticString)
            output.appendHex(bytes.extracting(trailing))
            output.append(UInt8(ascii: "\""))
        }
        if let failure = description.failure { error(at: failure.offset, failure.description) }
    }

    /// Bytes that are no packet although they stand where one should.
    package func refused(_ bytes: RawSpan, _ framing: Framing?, _ error: WireError, from origin: PacketOrigin) {
        beginning(origin, framing: framing, length: bytes.byteCount)
        output.append(
            ",\"version\":null,\"capability\":null,\"type\":null,\"message\":null,\"layout\":null,\"fields\":{\"body\":"
                as StaticString)
        json.hex(bytes)
        output.append(UInt8(ascii: "}"))
        self.error(at: Int(error.offset), error.code.description)
        output.append("}\n" as StaticString)
    }

    private func beginning(_ origin: PacketOrigin, framing: Framing?, length: Int) {
        output.append("{\"time\":" as StaticString)
        output.append(seconds: origin.time)
        output.append(
            origin.transport == .udp
                ? ",\"transport\":\"udp\",\"source\":\"" as StaticString
                : ",\"transport\":\"tcp\",\"source\":\"" as StaticString)
        output.append(origin.source)
        output.append("\",\"destination\":\"" as StaticString)
        output.append(origin.destination)
        output.append("\",\"framing\":" as StaticString)
        switch framing {
        case .v2_1?: output.append("\"2.1\"" as StaticString)
        case .v2_2?: output.append("\"2.2\"" as StaticString)
        case .v2_3?: output.append("\"2.3\"" as StaticString)
        case nil: output.append("null" as StaticString)
        }
        output.append(",\"length\":" as StaticString)
        output.append(UInt64(length))
    }

    private func routing(_ routing: Routing) {
        output.append(",\"routing\":{\"cluster\":" as StaticString)
        output.append(Int64(routing.cluster))
        output.append(",\"source\":" as StaticString)
        output.append(Int64(routing.source))
        output.append(",\"destination\":" as StaticString)
        output.append(Int64(routing.destination))
        if let cluster = routing.destinationCluster {
            output.append(",\"destinationCluster\":" as StaticString)
            output.append(Int64(cluster))
        }
        output.append(UInt8(ascii: "}"))
    }

    private func error(at offset: Int, _ reason: String) {
        output.append(",\"error\":{\"offset\":" as StaticString)
        output.append(UInt64(offset))
        output.append(",\"reason\":" as StaticString)
        json.string(reason)
        output.append(UInt8(ascii: "}"))
    }
}

extension OutputBuffer {
    /// `address:port`, without going through a string for IPv4.
    package func append(_ endpoint: Endpoint) {
        if endpoint.address.isIPv6 {
            append(endpoint.description)
            return
        }
        let address = endpoint.address.low
        for shift in [24, 16, 8, 0] as [UInt64] {
            append(address >> shift & 0xFF)
            append(UInt8(ascii: shift == 0 ? ":" : "."))
        }
        append(UInt64(endpoint.port))
    }
}

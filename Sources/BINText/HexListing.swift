package import BINMessages
package import BINWire

/// Shows every byte of a packet beside the field it belongs to.
package struct HexListing {
    package let output: OutputBuffer
    package let text: FieldText

    private static let bytesPerLine = 16

    package func append(_ bytes: RawSpan, _ header: PacketHeader, _ description: PacketDescription) {
        self.header(bytes, header)
        var depth = 0
        var index = 0
        for node in description.nodes {
            switch node.kind {
            case .beginRecords, .beginList, .beginGroup: depth += 1
            case .endRecords, .endList, .endGroup: depth -= 1
            case .beginRecord: index += 1
            case .endRecord: break
            default:
                let start = Int(node.offset)
                rows(bytes, start..<(start + Int(node.length)), depth: depth) {
                    output.append(node.name)
                    output.append(" " as StaticString)
                    text.value(node, bytes)
                }
            }
        }
        if let trailing = description.trailing {
            rows(bytes, trailing, depth: 0) { output.append("not decoded" as StaticString) }
        }
        if let routing = description.routing { trailer(bytes, header, routing) }
        for (index, packet) in description.packets.enumerated() {
            output.append("  packet \(index + 1) inside, inflated\n")
            append(packet.bytes.span.bytes, packet.header, packet.description)
        }
    }

    private func header(_ bytes: RawSpan, _ header: PacketHeader) {
        rows(bytes, 0..<4, depth: 0) { output.append("magic" as StaticString) }
        switch header.framing {
        case .v2_1:
            rows(bytes, 4..<8, depth: 0) { output.append("checksum" as StaticString) }
            rows(bytes, 8..<12, depth: 0) { output.append("capability length \(header.capability.length)") }
        case .v2_2:
            rows(bytes, 4..<6, depth: 0) { output.append("length \(header.length)") }
            rows(bytes, 6..<8, depth: 0) { output.append("undefined" as StaticString) }
            rows(bytes, 8..<10, depth: 0) { output.append("version \(header.version)") }
            rows(bytes, 10..<12, depth: 0) { output.append("undefined" as StaticString) }
            rows(bytes, 12..<16, depth: 0) { output.append("capability length \(header.capability.length)") }
        case .v2_3:
            rows(bytes, 4..<8, depth: 0) { output.append("length \(header.length)") }
            rows(bytes, 8..<10, depth: 0) { output.append("version \(header.version)") }
            rows(bytes, 10..<12, depth: 0) { output.append("capability length \(header.capability.length)") }
        }
        rows(bytes, Int(header.capability.offset)..<header.typeOffset, depth: 0) {
            output.append("capability " as StaticString)
            text.quoted(bytes.extracting(Int(header.capability.offset)..<header.typeOffset))
        }
        rows(bytes, header.typeOffset..<header.bodyOffset, depth: 0) { output.append("type \(header.type)") }
    }

    private func trailer(_ bytes: RawSpan, _ header: PacketHeader, _ routing: Routing) {
        var offset = header.length - routing.size
        func row(_ name: String, _ value: Int32) {
            rows(bytes, offset..<(offset + 4), depth: 0) { output.append("\(name) \(value)") }
            offset += 4
        }
        row("trailer: cluster", routing.cluster)
        if let cluster = routing.destinationCluster { row("trailer: destination cluster", cluster) }
        row("trailer: source node", routing.source)
        row("trailer: destination node", routing.destination)
    }

    /// Bytes without a field.
    package func dump(_ bytes: RawSpan, _ range: Range<Int>, _ indent: StaticString) {
        output.append(indent)
        rows(bytes, range, depth: 0) {}
    }

    /// The lines of one field; what it is stands beside the first.
    private func rows(_ bytes: RawSpan, _ range: Range<Int>, depth: Int, _ label: () -> Void) {
        var offset = range.lowerBound
        repeat {
            let end = min(offset + HexListing.bytesPerLine, range.upperBound)
            output.append("    " as StaticString)
            let digits = String(offset, radix: 16)
            for _ in 0..<max(0, 5 - digits.count) { output.append(UInt8(ascii: "0")) }
            output.append(digits)
            output.append(UInt8(ascii: " "))
            for index in offset..<(offset + HexListing.bytesPerLine) {
                if index < end {
                    output.append(UInt8(ascii: " "))
                    let byte = bytes.extracting(index..<(index + 1))
                    output.appendHex(byte)
                } else {
                    output.append("   " as StaticString)
                }
            }
            if offset == range.lowerBound {
                output.append("  " as StaticString)
                for _ in 0..<depth { output.append("  " as StaticString) }
                label()
            }
            output.append(UInt8(ascii: "\n"))
            offset = end
        } while offset < range.upperBound
    }
}

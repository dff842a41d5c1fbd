package import BINMessages
import BINWire

/// The two or three fields of a packet that matter, in one line.
package struct PacketSummary {
    package let output: OutputBuffer
    package let text: FieldText

    /// Fields shown by their value alone, in this order of appearance.
    package static let bareFields: Set<String> = [
        "aor", "contact", "callid", "capability", "tagName", "command", "message", "variableName", "url", "body",
        "uri", "gwId", "carrierId", "address", "attr", "user", "event", "presUri", "modName", "tag1", "relay",
    ]
    /// Fields shown with their name.
    package static let namedFields: Set<String> = [
        "clusterId", "sourceNodeId", "reqNodeList", "seq", "neighbourId", "state", "totalChunks", "dataVersion",
        "serverId", "expires", "cseq", "nodeId", "reqLike", "tag", "hId", "sourceCluster", "requireReply",
        "lastGeneratedCseq", "group", "setId", "statusFlags", "collection", "packetCount", "inflatedSize",
    ]
    /// Lists of which the first elements are shown.
    package static let listed: Set<String> = [
        "pipes", "profiles", "nodes", "chunks", "caps", "path", "nodeIds", "parameters",
    ]
    /// How many elements of a list are shown.
    package static let shownElements = 3

    package func append(_ description: PacketDescription, _ bytes: RawSpan) {
        if let routing = description.routing {
            if let cluster = routing.destinationCluster {
                output.append("  cluster \(routing.cluster)→\(cluster)")
            } else {
                output.append("  node \(routing.source)→\(routing.destination)")
            }
        }
        var depth = 0
        var elements = 0
        var isFirstField = false
        for node in description.nodes {
            switch node.kind {
            case .beginList, .beginRecords:
                depth += 1
                if depth == 1 {
                    elements = 0
                    output.append("  " as StaticString)
                    output.append(node.name)
                    output.append(":" as StaticString)
                }
            case .endList, .endRecords:
                if depth == 1 {
                    if elements > PacketSummary.shownElements { output.append(" … \(elements) in all") }
                    if elements == 0 { output.append(" none" as StaticString) }
                }
                depth -= 1
            case .beginRecord:
                if depth == 1 {
                    elements += 1
                    isFirstField = true
                    if elements <= PacketSummary.shownElements { output.append(elements > 1 ? ", " : " ") }
                }
            case .endRecord: break
            case .beginGroup: depth += 2
            case .endGroup: depth -= 2
            default:
                if depth == 0 {
                    field(node, bytes)
                } else if depth == 1 {
                    element(node, bytes, &elements, &isFirstField)
                }
            }
        }
        packets(description.packets)
    }

    /// What an envelope holds: the kinds of its first packets.
    private func packets(_ packets: [EnvelopedPacket]) {
        guard !packets.isEmpty else { return }
        output.append("  packets:" as StaticString)
        for (index, packet) in packets.prefix(PacketSummary.shownElements).enumerated() {
            output.append(index > 0 ? ", " : " " as StaticString)
            if let message = packet.description.message {
                output.append(message)
            } else {
                output.append("type \(packet.header.type)")
            }
        }
        if packets.count > PacketSummary.shownElements { output.append(" … \(packets.count) in all") }
    }

    /// A field of the message itself.
    private func field(_ node: FieldNode, _ bytes: RawSpan) {
        let name = node.name.description
        // Bytes that no declaration explains are called body; a presence document is, too, but too long for a line.
        if name == "body", node.kind == .text { return }
        if PacketSummary.bareFields.contains(name) {
            output.append("  " as StaticString)
            bare(node, bytes)
        } else if PacketSummary.namedFields.contains(name) {
            output.append("  " as StaticString)
            output.append(node.name)
            output.append("=" as StaticString)
            bare(node, bytes)
        }
    }

    /// A field of an element of a list: the name of a pipe, node or profile, and its counter.
    private func element(_ node: FieldNode, _ bytes: RawSpan, _ elements: inout Int, _ isFirstField: inout Bool) {
        if !isFirstField, node.kind == .integer, node.name.description == "path" || node.name.description == "nodeIds" {
            elements += 1
            if elements <= PacketSummary.shownElements {
                output.append(" " as StaticString)
                bare(node, bytes)
            }
            return
        }
        guard elements <= PacketSummary.shownElements else { return }
        switch node.name.description {
        case "pipeName", "profileName", "nodeId", "aor", "callid", "value", "id", "uri", "address", "attr", "user":
            break
        case "counter":
            output.append("=" as StaticString)
            bare(node, bytes)
            return
        default: return
        }
        if !isFirstField { output.append("/" as StaticString) }
        isFirstField = false
        bare(node, bytes)
    }

    private func bare(_ node: FieldNode, _ bytes: RawSpan) {
        if node.kind == .text, let value = try? node.text.bytes(in: bytes) {
            // Of a SIP message the first line is enough.
            let end = node.meaning == .sipMessage ? value.withUnsafeBytes { $0.firstIndex { $0 < 0x20 } } : nil
            text.plain(value.extracting(0..<(end ?? value.byteCount)))
        } else if node.kind == .bytes {
            output.append("\(node.length) bytes")
        } else {
            output.append(node.value)
        }
    }
}

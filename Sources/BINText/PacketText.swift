package import BINCapture
package import BINMessages
package import BINWire

/// Prints packets for people: a line each, all fields below it, or every byte with the field it belongs to.
package struct PacketText {
    package enum Detail {
        case line, fields, bytes
    }

    private let output: OutputBuffer
    private let terminal: Terminal
    private let detail: Detail
    private let text: FieldText

    package init(_ output: OutputBuffer, _ terminal: Terminal, _ detail: Detail) {
        self.output = output
        self.terminal = terminal
        self.detail = detail
        text = FieldText(output: output)
    }

    // MARK: Lines

    package func packet(
        _ bytes: RawSpan, _ header: PacketHeader, _ description: PacketDescription, from origin: PacketOrigin
    ) {
        beginning(origin)
        styled(.capability) { text.plain(bytes.extracting(Int(header.capability.offset)..<header.typeOffset)) }
        output.append(UInt8(ascii: " "))
        styled(.message) {
            if let message = description.message {
                output.append(message)
            } else {
                output.append("type \(header.type)")
            }
        }
        if description.failure == nil || detail == .line {
            PacketSummary(output: output, text: text).append(description, bytes)
        }
        if let failure = description.failure { complaint("offset \(failure.offset): \(failure)") }
        output.append(UInt8(ascii: "\n"))
        switch detail {
        case .line: break
        case .fields: fields(bytes, header, description)
        case .bytes: HexListing(output: output, text: text).append(bytes, header, description)
        }
    }

    package func refused(_ bytes: RawSpan, _ framing: Framing?, _ error: WireError, from origin: PacketOrigin) {
        beginning(origin)
        complaint("refused, \(bytes.byteCount) bytes: \(error)")
        output.append(UInt8(ascii: "\n"))
        if detail == .bytes { HexListing(output: output, text: text).dump(bytes, 0..<bytes.byteCount, "") }
    }

    private func beginning(_ origin: PacketOrigin) {
        styled(.dim) { output.append(calendar: origin.time) }
        output.append(UInt8(ascii: " "))
        output.append(origin.source)
        output.append(" → " as StaticString)
        output.append(origin.destination)
        output.append("  " as StaticString)
    }

    private func styled(_ style: Terminal.Style, _ body: () -> Void) {
        output.append(terminal.begin(style))
        body()
        output.append(terminal.end)
    }

    private func complaint(_ reason: String) {
        output.append("  " as StaticString)
        styled(.error) {
            output.append("✗ " as StaticString)
            text.plain(Array(reason.utf8).span.bytes)
        }
    }

    // MARK: Fields

    private func fields(_ bytes: RawSpan, _ header: PacketHeader, _ description: PacketDescription) {
        output.append("    framing \(header.framing), \(header.length) bytes, type \(header.type)")
        if header.hasVersion { output.append(", version \(header.version)") }
        if let layout = description.layout { output.append(", layout \(layout)") }
        output.append(", sender fits \(description.releases)\n")
        lines(description, bytes, depth: 0)
        self.routing(description, depth: 0)
        packets(description, depth: 0)
        if let trailing = description.trailing {
            indent(0)
            output.append("not decoded: \(trailing.count) bytes from offset \(trailing.lowerBound)\n")
            HexListing(output: output, text: text).dump(bytes, trailing, "    ")
        }
    }

    /// The packets of an envelope, further to the right.
    private func packets(_ description: PacketDescription, depth: Int) {
        for (index, packet) in description.packets.enumerated() {
            let bytes = packet.bytes.span.bytes
            indent(depth)
            output.append("packet \(index + 1): ")
            text.plain(bytes.extracting(Int(packet.header.capability.offset)..<packet.header.typeOffset))
            if let message = packet.description.message { output.append(" \(message)") }
            output.append(", \(packet.header.length) bytes, type \(packet.header.type)")
            output.append(", version \(packet.header.version), layout \(packet.description.layout ?? "unknown")\n")
            lines(packet.description, bytes, depth: depth + 1)
            routing(packet.description, depth: depth + 1)
        }
    }

    private func routing(_ description: PacketDescription, depth: Int) {
        if let routing = description.routing {
            indent(depth)
            output.append("routing: cluster \(routing.cluster), node \(routing.source) ")
            if let cluster = routing.destinationCluster {
                output.append("→ cluster \(cluster)\n")
            } else {
                output.append("→ node \(routing.destination)\n")
            }
        }
    }

    /// A line for each field, those of lists and groups further to the right.
    private func lines(_ description: PacketDescription, _ bytes: RawSpan, depth outerDepth: Int) {
        var depth = outerDepth
        // Each open list has its own number of elements.
        var elements: [Int] = []
        var variable = Text()
        for (index, node) in description.nodes.enumerated() {
            switch node.kind {
            case .beginList, .beginRecords, .beginGroup:
                indent(depth)
                output.append(node.name)
                output.append(Self.isEnd(description.nodes, index + 1) ? ": none\n" : ":\n")
                depth += 1
                elements.append(0)
            case .endList, .endRecords, .endGroup:
                depth -= 1
                _ = elements.popLast()
            case .beginRecord:
                indent(depth)
                output.append("[\(elements.last ?? 0)]\n")
                if !elements.isEmpty { elements[elements.count - 1] += 1 }
                depth += 1
            case .endRecord: depth -= 1
            default:
                line(depth, node.name)
                text.value(node, bytes)
                output.append(UInt8(ascii: "\n"))
                switch node.meaning {
                case .variableName: variable = node.text
                case .variableValue: embedded(variable, node.text, bytes, description, depth)
                case .untypedVariables: variables(node, .untyped, bytes, description, depth)
                case .typedVariables: variables(node, .typed, bytes, description, depth)
                default: break
                }
            }
        }
    }

    private static func isEnd(_ nodes: [FieldNode], _ index: Int) -> Bool {
        guard index < nodes.count else { return true }
        return switch nodes[index].kind {
        case .endList, .endRecords, .endGroup: true
        default: false
        }
    }

    /// The packets that dialog variables hold.
    private func variables(
        _ node: FieldNode, _ form: DialogText.Form, _ bytes: RawSpan, _ description: PacketDescription, _ depth: Int
    ) {
        guard let value = try? node.text.bytes(in: bytes), let records = DialogText.records(value, form) else { return }
        for record in records {
            embedded(record.name.span.bytes, record.value.span.bytes, description, depth)
        }
    }

    private func embedded(
        _ variable: Text, _ value: Text, _ bytes: RawSpan, _ description: PacketDescription, _ depth: Int
    ) {
        guard let name = try? variable.bytes(in: bytes), let value = try? value.bytes(in: bytes) else { return }
        embedded(name, value, description, depth)
    }

    private func embedded(_ variable: RawSpan, _ value: RawSpan, _ outer: PacketDescription, _ depth: Int) {
        guard
            let (header, inner) = Interpreter.embeddedPacket(
                inVariable: variable, value: value, releases: outer.releases)
        else { return }
        indent(depth + 1)
        text.plain(variable)
        output.append(": " as StaticString)
        text.plain(value.extracting(Int(header.capability.offset)..<header.typeOffset))
        output.append(" \(inner.message?.description ?? ""), version \(header.version)")
        output.append(", layout \(inner.layout ?? "unknown")\n")
        lines(inner, value, depth: depth + 2)
    }

    private func indent(_ depth: Int) {
        for _ in 0...depth { output.append("    " as StaticString) }
    }

    private func line(_ depth: Int, _ name: StaticString) {
        indent(depth)
        output.append(name)
        output.append(": " as StaticString)
    }
}

import BINCapture
import BINMessages
import BINText
import BINWire

/// Counts packets by kind, and keeps what is known of each node.
struct Statistics {
    private struct Kind: Hashable {
        var capability: String
        var type: Int32
        var message: String
        var version: Int16?
    }

    private struct Count {
        var packets: UInt64 = 0
        var bytes: UInt64 = 0
    }

    /// Counts of packets, by kind and of all.
    private struct Tally {
        var kinds: [Kind: Count] = [:]
        var total = Count()

        mutating func count(_ bytes: RawSpan, _ header: PacketHeader, _ description: PacketDescription) {
            let kind = Kind(
                capability: header.capability.string(in: bytes) ?? "(not UTF-8)", type: header.type,
                message: description.message?.description ?? "", version: header.hasVersion ? header.version : nil)
            let key =
                kinds[kind] == nil && kinds.count >= Statistics.kindLimit
                ? Kind(capability: "(others)", type: 0, message: "", version: nil) : kind
            kinds[key, default: Count()].packets += 1
            kinds[key, default: Count()].bytes += UInt64(header.length)
            total.packets += 1
            total.bytes += UInt64(header.length)
        }

        var sorted: [(Kind, Count)] {
            kinds.sorted {
                ($0.key.capability, $0.key.type, $0.key.version ?? -1) < (
                    $1.key.capability, $1.key.type, $1.key.version ?? -1
                )
            }.map { ($0.key, $0.value) }
        }
    }

    private var packets = Tally()
    /// What came inside of envelopes, which ``packets`` counts as they came.
    private var inside = Tally()
    private var refused = Count()
    private var addresses: [Sender: IPAddress] = [:]

    /// Different kinds kept; a hostile capture can have any number of names. Others are counted together.
    private static let kindLimit = 10_000

    mutating func count(
        _ bytes: RawSpan, _ header: PacketHeader, _ description: PacketDescription, from origin: PacketOrigin
    ) {
        packets.count(bytes, header, description)
        if addresses.count < Interpreter.senderLimit, addresses[description.sender] == nil {
            addresses[description.sender] = origin.source.address
        }
    }

    mutating func countInside(_ packet: EnvelopedPacket) {
        inside.count(packet.bytes.span.bytes, packet.header, packet.description)
    }

    mutating func countRefused(_ bytes: Int) {
        refused.packets += 1
        refused.bytes += UInt64(bytes)
    }

    private func sortedSenders(_ interpreter: Interpreter) -> [(sender: Sender, releases: ReleaseSet)] {
        let known = addresses.keys.map { ($0, interpreter.senders[$0] ?? .all) }
        return known.sorted { Statistics.order($0.0) < Statistics.order($1.0) }
    }

    private static func order(_ sender: Sender) -> (Int, Int64, UInt64) {
        switch sender {
        case .node(let cluster, let node): (0, Int64(cluster), UInt64(bitPattern: Int64(node)))
        case .address(let address): (1, Int64(bitPattern: address.high), address.low)
        }
    }

    // MARK: Printing

    /// Tables for people.
    func print(_ interpreter: Interpreter, to output: OutputBuffer) {
        var kinds = table(packets, title: "capability")
        if refused.packets > 0 { kinds.append(["refused", "", "", "", "\(refused.packets)", "\(refused.bytes)", ""]) }
        kinds.write(to: output)
        if inside.total.packets > 0 {
            output.append("\n")
            table(inside, title: "inside of envelopes").write(to: output)
        }
        let senders = sortedSenders(interpreter)
        guard !senders.isEmpty else { return }
        output.append("\n")
        var nodes = TextTable(["node", "cluster", "address", "releases that fit what it sent"])
        for (sender, releases) in senders {
            let address = addresses[sender].map { "\($0)" } ?? ""
            switch sender {
            case .node(let cluster, let node): nodes.append(["\(node)", "\(cluster)", address, "\(releases)"])
            case .address: nodes.append(["-", "-", address, "\(releases)"])
            }
        }
        nodes.write(to: output)
    }

    private func table(_ tally: Tally, title: String) -> TextTable {
        var table = TextTable([title, "type", "message", "version", "packets", "bytes", "share"], numbersFrom: 3)
        for (kind, count) in tally.sorted {
            table.append([
                kind.capability, "\(kind.type)", kind.message.isEmpty ? "-" : kind.message,
                kind.version.map { "\($0)" } ?? "-", "\(count.packets)", "\(count.bytes)",
                Statistics.share(count, of: tally.total),
            ])
        }
        let total = tally.total
        table.append(["total", "", "", "", "\(total.packets)", "\(total.bytes)", total.packets == 0 ? "" : "100.0%"])
        return table
    }

    /// One JSON object.
    func printJSON(_ interpreter: Interpreter, to output: OutputBuffer) {
        let json = JSONWriter(output: output)
        output.append("{\"packets\":[")
        kinds(packets, json, output)
        if inside.total.packets > 0 {
            output.append("],\"packetsInside\":[")
            kinds(inside, json, output)
        }
        output.append("],\"refused\":\(refused.packets),\"nodes\":[")
        for (index, (sender, releases)) in sortedSenders(interpreter).enumerated() {
            output.append(index == 0 ? "{" : ",{")
            if case .node(let cluster, let node) = sender {
                output.append("\"node\":\(node),\"cluster\":\(cluster),")
            } else {
                output.append("\"node\":null,\"cluster\":null,")
            }
            output.append("\"address\":\"\(addresses[sender].map { "\($0)" } ?? "")\",\"releases\":[")
            output.append(releases.releases.map { "\"\($0)\"" }.joined(separator: ","))
            output.append("]}")
        }
        output.append("]}\n")
    }

    private func kinds(_ tally: Tally, _ json: JSONWriter, _ output: OutputBuffer) {
        for (index, (kind, count)) in tally.sorted.enumerated() {
            output.append(index == 0 ? "{\"capability\":" : ",{\"capability\":")
            json.string(kind.capability)
            output.append(",\"type\":\(kind.type),\"message\":")
            if kind.message.isEmpty { output.append("null") } else { json.string(kind.message) }
            output.append(",\"version\":\(kind.version.map { "\($0)" } ?? "null")")
            output.append(",\"packets\":\(count.packets),\"bytes\":\(count.bytes)")
            output.append(",\"share\":\(Statistics.ratio(count, of: tally.total))}")
        }
    }

    private static func ratio(_ count: Count, of total: Count) -> String {
        guard total.bytes > 0 else { return "0" }
        let thousandths = count.bytes * 1000 / total.bytes
        return thousandths == 1000
            ? "1" : "0.\(String(repeating: "0", count: 3 - "\(thousandths)".count))\(thousandths)"
    }

    private static func share(_ count: Count, of total: Count) -> String {
        guard total.bytes > 0 else { return "" }
        let thousandths = (count.bytes * 1000 + total.bytes / 2) / total.bytes
        return "\(thousandths / 10).\(thousandths % 10)%"
    }
}

import BINCapture
import BINMessages
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

    private var kinds: [Kind: Count] = [:]
    private var total = Count()
    private var refused = Count()
    private var addresses: [Sender: IPAddress] = [:]

    /// Different kinds kept; a hostile capture can have any number of names. Others are counted together.
    private static let kindLimit = 10_000

    mutating func count(
        _ bytes: RawSpan, _ header: PacketHeader, _ description: PacketDescription, from origin: PacketOrigin
    ) {
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
        if addresses.count < Interpreter.senderLimit, addresses[description.sender] == nil {
            addresses[description.sender] = origin.source.address
        }
    }

    mutating func countRefused(_ bytes: Int) {
        refused.packets += 1
        refused.bytes += UInt64(bytes)
    }

    private var sortedKinds: [(Kind, Count)] {
        kinds.sorted {
            ($0.key.capability, $0.key.type, $0.key.version ?? -1) < (
                $1.key.capability, $1.key.type, $1.key.version ?? -1
            )
        }.map { ($0.key, $0.value) }
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

    /// Two tables for people.
    func print(_ interpreter: Interpreter, to output: OutputBuffer) {
        var kinds = TextTable(
            ["capability", "type", "message", "version", "packets", "bytes", "share"], numbersFrom: 3)
        for (kind, count) in sortedKinds {
            kinds.append([
                kind.capability, "\(kind.type)", kind.message.isEmpty ? "-" : kind.message,
                kind.version.map { "\($0)" } ?? "-", "\(count.packets)", "\(count.bytes)", share(count),
            ])
        }
        kinds.append(["total", "", "", "", "\(total.packets)", "\(total.bytes)", total.packets == 0 ? "" : "100.0%"])
        if refused.packets > 0 { kinds.append(["refused", "", "", "", "\(refused.packets)", "\(refused.bytes)", ""]) }
        kinds.write(to: output)
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

    /// One JSON object.
    func printJSON(_ interpreter: Interpreter, to output: OutputBuffer) {
        let json = JSONWriter(output: output)
        output.append("{\"packets\":[")
        for (index, (kind, count)) in sortedKinds.enumerated() {
            output.append(index == 0 ? "{\"capability\":" : ",{\"capability\":")
            json.string(kind.capability)
            output.append(",\"type\":\(kind.type),\"message\":")
            if kind.message.isEmpty { output.append("null") } else { json.string(kind.message) }
            output.append(",\"version\":\(kind.version.map { "\($0)" } ?? "null")")
            output.append(",\"packets\":\(count.packets),\"bytes\":\(count.bytes),\"share\":\(ratio(count))}")
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

    private func ratio(_ count: Count) -> String {
        guard total.bytes > 0 else { return "0" }
        let thousandths = count.bytes * 1000 / total.bytes
        return thousandths == 1000
            ? "1" : "0.\(String(repeating: "0", count: 3 - "\(thousandths)".count))\(thousandths)"
    }

    private func share(_ count: Count) -> String {
        guard total.bytes > 0 else { return "" }
        let thousandths = (count.bytes * 1000 + total.bytes / 2) / total.bytes
        return "\(thousandths / 10).\(thousandths % 10)%"
    }
}

import BINCapture
import BINCluster
import BINMessages
import BINNode
import BINStore
import BINText
import BINTransport
import BINWire
import NIOCore
import Synchronization

/// Prints what happens in a cluster, and the packets that come, in the order in which they are handed over.
final class ClusterPrinter: CapabilityHandler {
    enum Style {
        case text, json
    }

    /// What is printed with, which cannot be shared.
    private struct State: ~Copyable {
        let output: OutputBuffer
        let style: Style
        let filter: PacketFilter
        let json: JSONWriter
        let packetJSON: PacketJSON
        let packetText: PacketText
        var interpreter: Interpreter
        var description = PacketDescription()
        var packets: UInt64 = 0

        /// The beginning of an object: time and event.
        func begin(_ event: String) {
            output.append("{\"time\":" as StaticString)
            output.append(seconds: .now)
            output.append(",\"event\":" as StaticString)
            json.string(event)
        }
    }

    private let state: Mutex<State>
    private let showsPackets: Bool

    init(style: Style, release: Release?, filter: PacketFilter, showsPackets: Bool) {
        self.showsPackets = showsPackets
        let output = OutputBuffer()
        state = Mutex(
            State(
                output: output, style: style, filter: filter, json: JSONWriter(output: output),
                packetJSON: PacketJSON(output), packetText: PacketText(output, Terminal(), .line),
                interpreter: Interpreter(release: release)))
    }

    /// Packets that came.
    var packets: UInt64 { state.withLock { $0.packets } }

    /// Whether nobody reads any more.
    var isClosed: Bool { state.withLock { $0.output.isClosed } }

    // MARK: Packets

    let capability = "*"

    func receive(
        _ packet: RawSpan, _ header: PacketHeader, _ delivery: Delivery, on connection: PacketConnection?
    ) {
        show(packet, header, connection)
    }

    func apply(
        _ packet: RawSpan, _ header: PacketHeader, _ part: SyncPart, on connection: PacketConnection
    ) -> Int {
        show(packet, header, connection)
        return part.count ?? 0
    }

    private func show(_ packet: RawSpan, _ header: PacketHeader, _ connection: PacketConnection?) {
        state.withLock { state in
            state.packets += 1
            guard showsPackets else { return }
            let here = Endpoint(IPAddress(ipv4: 0), port: 0)
            let origin = PacketOrigin(
                time: .now, transport: .tcp, source: connection.map { Endpoint($0.remoteAddress) } ?? here,
                destination: connection.map { Endpoint($0.localAddress) } ?? here)
            let address = SenderAddress(high: origin.source.address.high, low: origin.source.address.low)
            state.interpreter.interpret(packet, header, from: address, into: &state.description)
            guard state.filter.isEmpty || state.filter.matches(packet, header, state.description) else { return }
            switch state.style {
            case .text: state.packetText.packet(packet, header, state.description, from: origin)
            case .json:
                state.begin("packet")
                state.output.append(",\"packet\":" as StaticString)
                state.packetJSON.packet(packet, header, state.description, from: origin)
                // The object of a packet ends its line; here it stands inside of another.
                state.output.truncate(to: state.output.count - 1)
                state.output.append("}\n" as StaticString)
            }
            state.output.flush()
        }
    }

    // MARK: Events

    func show(_ event: NodeEvent) {
        state.withLock { state in
            switch state.style {
            case .text:
                guard let sentence = event.event.sentence else { return }
                state.output.append(calendar: .now)
                state.output.append(" \(sentence)\n")
            case .json:
                guard let details = event.event.details else { return }
                state.begin(details.name)
                for (name, value) in details.values {
                    state.output.append(UInt8(ascii: ","))
                    state.json.string(name)
                    state.output.append(UInt8(ascii: ":"))
                    value.writeCompact(to: state.json)
                }
                state.output.append("}\n" as StaticString)
            }
            state.output.flush()
        }
    }

    // MARK: Mirrors

    /// How far a mirror is.
    func show(_ status: Mirror.Status, _ there: MirroredCounts) {
        state.withLock { state in
            switch state.style {
            case .text:
                state.output.append(calendar: .now)
                let counts = there.counts.map { "\($0.count) \($0.name)" }.joined(separator: ", ")
                state.output.append(" mirror: \(status.written) records written, \(status.waiting) wait; \(counts)")
                if status.refused > 0 { state.output.append("; \(status.refused) cannot be kept") }
                if let failure = status.failure { state.output.append("; \(failure)") }
                state.output.append("\n")
            case .json:
                state.begin("mirror")
                state.output.append(",\"written\":\(status.written),\"waiting\":\(status.waiting)")
                for (name, count) in there.counts { state.output.append(",\"\(name)\":\(count)") }
                state.output.append(",\"synced\":[")
                let names = MirrorCommand.capabilities.filter { status.synced.contains($0.kind) }.map {
                    "\"\($0.name)\""
                }
                state.output.append(names.joined(separator: ",") + "]")
                if status.refused > 0 { state.output.append(",\"refused\":\(status.refused)") }
                if let failure = status.failure {
                    state.output.append(",\"failure\":")
                    state.json.string(failure.description)
                }
                state.output.append("}\n")
            }
            state.output.flush()
        }
    }
}

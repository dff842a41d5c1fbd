import BINCluster
import BINMessages
import BINNode
import BINText
import BINTransport
import BINWire
import Synchronization

/// One record of a sync: a contact, an AoR or a dialog.
struct SyncedRecord: Sendable {
    /// The fields as a JSON object.
    var json: [UInt8]
    /// The same by name.
    var fields: JSONValue

    subscript(name: String) -> JSONValue? { fields[name] }

    /// A field as text for people.
    func text(_ name: String) -> String {
        switch fields[name] {
        case .string(let text)?: text
        case .number(let number)?: number
        case .array(let values)?: values.compactMap(\.string).joined(separator: " ")
        default: ""
        }
    }
}

/// Gathers the records of one sync, in the layout of the cluster's release.
final class SyncedRecords: SyncGatherer {
    private struct State {
        var records: [SyncedRecord] = []
        var interpreter: Interpreter
        var description = PacketDescription()
        var failure: String?
    }

    let capability: String
    private let state: Mutex<State>

    init(capability: String, release: Release) {
        self.capability = capability
        state = Mutex(State(interpreter: Interpreter(release: release)))
    }

    /// What was gathered.
    var gathered: [SyncedRecord] { state.withLock { $0.records } }

    /// Why a part of it could not be read.
    var failure: String? { state.withLock { $0.failure } }

    /// Forgets what came of an attempt that failed.
    func begin() { state.withLock { $0.records = [] } }

    func apply(
        _ packet: RawSpan, _ header: PacketHeader, _ part: SyncPart, on connection: PacketConnection
    ) -> Int {
        state.withLock { state in
            state.interpreter.interpret(
                packet, header, from: SenderAddress(high: 0, low: 0), into: &state.description)
            if let failure = state.description.failure {
                state.failure = state.failure ?? "\(failure)"
                return 0
            }
            let records = Self.chunks(state.description.nodes).map { Self.record($0, packet) }
            state.records += records.compactMap { $0 }
            return records.count
        }
    }

    /// The fields of each chunk, without those that only frame it.
    private static func chunks(_ nodes: [FieldNode]) -> [ArraySlice<FieldNode>] {
        guard let start = nodes.firstIndex(where: { $0.kind == .beginRecords && $0.name.description == "chunks" })
        else {
            return []
        }
        var chunks: [ArraySlice<FieldNode>] = []
        var depth = 0
        var begin = start + 1
        for index in (start + 1)..<nodes.count {
            switch nodes[index].kind {
            case .beginRecord:
                if depth == 0 { begin = index + 1 }
                depth += 1
            case .endRecord:
                depth -= 1
                if depth == 0 { chunks.append(nodes[begin..<index]) }
            default: break
            }
        }
        return chunks
    }

    private static func record(_ nodes: ArraySlice<FieldNode>, _ packet: RawSpan) -> SyncedRecord? {
        let frame: Set = ["size", "marker"]
        let fields = nodes.drop { frame.contains($0.name.description) }
        guard !fields.isEmpty else { return nil }
        let output = OutputBuffer(descriptor: -1)
        FieldJSON(output).object(Array(fields), packet)
        let json = Array(output.string.utf8)
        guard let value = try? JSONParser.parse(json) else { return nil }
        return SyncedRecord(json: json, fields: value)
    }
}

import BINMessages
import BINWire

// Dialogs, as contacts: what a target made of a packet shows in the sync that it gives.

extension ConformanceCase {
    static var dialogCases: [ConformanceCase] {
        [
            ConformanceCase(
                .dialogs, 1, ["CL-80", "DL-19"], sent: "*created* of a member", expected: "the next sync has the dialog"
            ) { try await syncedDialog($0, state: 4) { [try $0.created(state: 4)] } },
            ConformanceCase(
                .dialogs, 2, ["DL-15", "DL-21"], sent: "*updated* of a dialog that is not known",
                expected: "the next sync has the dialog"
            ) { try await syncedDialog($0, state: 4) { [try $0.updated(state: 4)] } },
            ConformanceCase(
                .dialogs, 3, ["DL-15", "RX-33"], sent: "*updated* with state 4, and then *created* with state 3",
                expected: "the next sync has the dialog in state 4"
            ) { try await syncedDialog($0, state: 4) { [try $0.updated(state: 4), try $0.created(state: 3)] } },
            ConformanceCase(
                .dialogs, 4, ["DL-22"], sent: "*created* and then *deleted*",
                expected: "the next sync does not have the dialog"
            ) { try await syncedDialog($0, state: nil) { [try $0.created(state: 4), try $0.deleted()] } },
            ConformanceCase(
                .dialogs, 5, ["CL-19", "RX-8"], sent: "*created* that names a source that is not known",
                expected: "the next sync does not have the dialog"
            ) { try await syncedDialog($0, state: nil) { [try $0.created(state: 4, from: 30_000)] } },
            ConformanceCase(
                .dialogs, 6, ["RX-22", "FR-31"], sent: "*created* with the version 32767",
                expected: "the next sync does not have the dialog"
            ) { conversation in
                let layout = DialogLayout.allCases.first { $0.releases.contains(conversation.target.release) }
                guard let layout, DialogCreated.reading(version: .max, in: layout) == nil else {
                    return .skipped("this release takes dialogs of any version")
                }
                return try await syncedDialog(conversation, state: nil) { dialog in
                    var packet = try dialog.created(state: 4)
                    (packet[8], packet[9]) = (0xFF, 0x7F)
                    return [packet]
                }
            },
        ]
    }

    static var hostileDialogCases: [ConformanceCase] {
        [
            ConformanceCase(
                .robustness, 18, ["DL-27", "RX-33", "RX-3"], sent: "*created*, cut behind each byte of its fields",
                expected: "the next sync does not have the dialog"
            ) { conversation in
                try await syncedDialog(conversation, state: nil) { dialog in
                    let packet = try dialog.created(state: 4)
                    let body = 12 + "dialog-dlg-repl".utf8.count + 4
                    return (body..<(packet.count - 12)).map { end in
                        var cut = Array(packet[..<end]) + packet.suffix(12)
                        cut.replace(Int32(cut.count), at: 4)
                        return cut
                    }
                }
            }
        ]
    }

    private static let capability = "dialog-dlg-repl"

    /// Sends packets about a dialog of its own, and looks for it in a sync.
    /// - Parameter state: the state that it has there; nil when it is not there.
    private static func syncedDialog(
        _ conversation: Conversation, state: Int32?, _ packets: (DialogPackets) throws -> [[UInt8]]
    ) async throws -> ConformanceVerdict {
        guard conversation.capabilities[capability] == 1 else {
            return .skipped("the target did not announce \(capability) with state 1, so what it holds cannot be seen")
        }
        guard conversation.target.layout?.syncVersion != 1 else { return .skipped("chunks of sync v1 have no sizes") }
        let main = conversation.main
        let dialog = try DialogPackets(conversation)
        for packet in try packets(dialog) {
            try await main.send(packet)
            // Servers handle packets with several workers.
            try await main.fence()
        }
        _ = try await conversation.settle(main)
        guard let sync = try await sync(conversation, capability) else {
            return .failed("no SYNC_END within \(conversation.target.patience)")
        }
        let states = try sync.flatMap { try dialog.states(in: $0) }
        guard let state else {
            return .found("not in the sync", if: states.isEmpty, otherwise: "in the sync, with state \(states)")
        }
        return .found("in the sync, with state \(states)", if: states == [state], otherwise: "states \(states)")
    }
}

/// Packets about one dialog, in the layout of the target's release.
struct DialogPackets {
    private let callID: String
    private let socket: String
    private let layout: DialogLayout
    private let routing: Routing
    private let now: Int32

    init(_ conversation: Conversation) throws {
        let target = conversation.target
        let layout = DialogLayout.allCases.first { $0.releases.contains(target.release) }
        guard let layout else { throw ConformanceFault(description: "\(target.release) has no dialogs") }
        self.layout = layout
        callID = "conformance-\(conversation.main.now)-\(conversation.nextNumber())@192.0.2.1"
        socket = target.sipSocket ?? "udp:\(target.endpoint.host):5060"
        routing = Routing(
            cluster: target.cluster, source: conversation.main.id, destination: conversation.targetNode)
        now = Int32(clamping: conversation.main.now)
    }

    func created(state: Int32, from source: Int32? = nil) throws -> [UInt8] {
        var message = DialogCreated()
        var texts = Texts()
        message.dialog = dialog(state, &texts)
        return try packet(message, texts, from: source)
    }

    func updated(state: Int32) throws -> [UInt8] {
        var message = DialogUpdated()
        var texts = Texts()
        message.dialog = dialog(state, &texts)
        return try packet(message, texts)
    }

    func deleted() throws -> [UInt8] {
        var message = DialogDeleted()
        var texts = Texts()
        message.callID = texts.add(callID)
        message.fromTag = texts.add("caller")
        message.toTag = texts.add("callee")
        message.hashID = 7
        return try packet(message, texts)
    }

    /// The states in which the dialog stands in a sync packet.
    func states(in heard: Heard) throws -> [Int32] {
        guard let sync = heard.message(SyncPacket.self) else { return [] }
        let bytes = heard.bytes.span.bytes
        let start = Int(sync.chunks.offset)
        var chunks = SyncChunks(bytes, range: start..<(start + Int(sync.chunks.length)))
        var states: [Int32] = []
        while let chunk = try chunks.next() {
            guard !chunk.content.isEmpty else { continue }
            let read = try DialogSyncChunk(decoding: bytes, range: chunk.content, in: layout)
            if heard.text(read.dialog.callID) == callID { states.append(read.dialog.state) }
        }
        return states
    }

    private struct Texts {
        var bytes: [UInt8] = []

        mutating func add(_ text: String) -> Text {
            bytes += Array(text.utf8)
            let length = UInt32(text.utf8.count)
            return Text(offset: UInt32(bytes.count) - length, length: length)
        }
    }

    private func dialog(_ state: Int32, _ texts: inout Texts) -> DialogState {
        var dialog = DialogState()
        dialog.callID = texts.add(callID)
        dialog.fromTag = texts.add("caller")
        dialog.toTag = texts.add("callee")
        dialog.fromURI = texts.add("sip:alice@192.0.2.1")
        dialog.toURI = texts.add("sip:bob@192.0.2.2")
        dialog.hashID = 7
        dialog.startTime = now
        dialog.state = state
        for leg in [\DialogState.caller, \DialogState.callee] {
            dialog[keyPath: leg].socket = texts.add(socket)
            dialog[keyPath: leg].cseq = texts.add("1")
            dialog[keyPath: leg].contact = texts.add("sip:192.0.2.1:5060")
        }
        dialog.timeout = now &+ 600
        return dialog
    }

    private func packet<Body: Message>(
        _ message: Body, _ texts: Texts, from source: Int32? = nil
    ) throws -> [UInt8] where Body.Layout == DialogLayout {
        guard let identity = Body.identity(in: layout), let type = identity.type else {
            throw ConformanceFault(description: "\(Body.name) does not exist in \(layout.name)")
        }
        var message = message
        var writer = PacketWriter()
        try writer.begin(
            capability: Array(identity.capability.utf8).span.bytes, type: type, version: identity.version ?? 0,
            framing: .v2_3)
        try message.encode(from: texts.bytes.span.bytes, in: layout, into: &writer)
        var routing = routing
        if let source { routing.source = source }
        try writer.finish(routing: routing)
        return writer.copyBytes()
    }
}

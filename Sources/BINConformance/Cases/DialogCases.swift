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
        if let hidden = conversation.hides(capability) { return hidden }
        let dialog = try DialogPackets(conversation)
        try await conversation.deliver(try packets(dialog))
        let sync = try await heldData(conversation, capability)
        let states = try dialog.states(in: sync)
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
    private let packets: ModulePackets<DialogLayout>
    private let now: Int32

    init(_ conversation: Conversation) throws {
        let target = conversation.target
        packets = try ModulePackets(conversation)
        callID = "\(conversation.uniqueName())@192.0.2.1"
        socket = target.sipSocket ?? "udp:\(target.endpoint.host):5060"
        now = Int32(clamping: conversation.main.now)
    }

    func created(state: Int32, from source: Int32? = nil) throws -> [UInt8] {
        var message = DialogCreated()
        var texts = PacketTexts()
        message.dialog = dialog(state, &texts)
        return try packets.packet(message, texts, from: source)
    }

    func updated(state: Int32) throws -> [UInt8] {
        var message = DialogUpdated()
        var texts = PacketTexts()
        message.dialog = dialog(state, &texts)
        return try packets.packet(message, texts)
    }

    func deleted() throws -> [UInt8] {
        var message = DialogDeleted()
        var texts = PacketTexts()
        message.callID = texts.add(callID)
        message.fromTag = texts.add("caller")
        message.toTag = texts.add("callee")
        message.hashID = 7
        return try packets.packet(message, texts)
    }

    /// The states in which the dialog stands in a sync.
    func states(in sync: [Heard]) throws -> [Int32] {
        try packets.chunks(DialogSyncChunk.self, in: sync).compactMap { chunk, heard in
            heard.text(chunk.dialog.callID) == callID ? chunk.dialog.state : nil
        }
    }

    private func dialog(_ state: Int32, _ texts: inout PacketTexts) -> DialogState {
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
}

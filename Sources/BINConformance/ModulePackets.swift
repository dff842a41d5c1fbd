import BINMessages
import BINWire

/// Packets of one module in the layout of the target's release: made for it, and read in what it sends.
struct ModulePackets<Layout: WireLayout> {
    let layout: Layout
    private let routing: Routing

    init(_ conversation: Conversation) throws {
        let target = conversation.target
        guard let layout = Layout.allCases.first(where: { $0.releases.contains(target.release) }) else {
            throw ConformanceFault(description: "\(target.release) has no \(Layout.self)")
        }
        self.layout = layout
        routing = Routing(
            cluster: target.cluster, source: conversation.main.id, destination: conversation.targetNode)
    }

    /// A packet.
    /// - Parameter source: the node that it names as its sender; nil for the runner's own.
    func packet<Body: Message>(
        _ message: Body, _ texts: PacketTexts = PacketTexts(), from source: Int32? = nil
    ) throws -> [UInt8] where Body.Layout == Layout {
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

    /// What the chunks of a sync hold, each with the packet that its texts stand in.
    func chunks<Chunk: Message>(
        _ type: Chunk.Type, in sync: [Heard]
    ) throws -> [(chunk: Chunk, heard: Heard)] where Chunk.Layout == Layout {
        var found: [(Chunk, Heard)] = []
        for heard in sync {
            guard let packet = heard.message(SyncPacket.self) else { continue }
            let bytes = heard.bytes.span.bytes
            let start = Int(packet.chunks.offset)
            var chunks = SyncChunks(bytes, range: start..<(start + Int(packet.chunks.length)))
            while let chunk = try chunks.next() {
                guard !chunk.content.isEmpty else { continue }
                found.append((try Chunk(decoding: bytes, range: chunk.content, in: layout), heard))
            }
        }
        return found
    }

    /// What a packet says, when it is a message of this type.
    func message<Body: Message>(_ type: Body.Type, in heard: Heard) -> Body? where Body.Layout == Layout {
        guard let identity = Body.identity(in: layout), identity.capability == heard.capability,
            identity.type == heard.header.type
        else { return nil }
        let end = heard.header.length - (heard.routing?.size ?? 0)
        guard end >= heard.header.bodyOffset else { return nil }
        return try? Body(decoding: heard.bytes.span.bytes, range: heard.header.bodyOffset..<end, in: layout)
    }
}

/// The texts of a message that is being made.
struct PacketTexts {
    private(set) var bytes: [UInt8] = []

    mutating func add(_ text: String) -> Text {
        bytes += Array(text.utf8)
        let length = UInt32(text.utf8.count)
        return Text(offset: UInt32(bytes.count) - length, length: length)
    }
}

extension Conversation {
    /// Why nothing can be told of what the target holds of a capability; nil when its sync shows it.
    func hides(_ capability: String) -> ConformanceVerdict? {
        guard Catalogue.declared.hasSync(capability: capability, in: target.release) != false else {
            return .skipped("\(capability) has no sync in this release, so what the target holds cannot be seen")
        }
        guard capabilities[capability] == 1 else {
            return .skipped("the target did not announce \(capability) with state 1, so what it holds cannot be seen")
        }
        return target.layout?.syncVersion == 1 ? .skipped("chunks of sync v1 have no sizes") : nil
    }

    /// Sends packets one after the other, and waits until they were handled.
    func deliver(_ packets: [[UInt8]]) async throws {
        for packet in packets {
            try await main.send(packet)
            // Servers handle packets with several workers.
            try await main.fence()
        }
        _ = try await settle(main)
    }

    /// A name that no other case and no earlier run has.
    func uniqueName() -> String { "conformance-\(main.now)-\(nextNumber())" }
}

import BINMessages
import BINWire

/// Builds the packets of one of the runner's nodes: what a member says, without being one.
///
/// The runner does not use the state machine of this package. It would judge itself otherwise.
struct PacketScript: Sendable {
    let cluster: Int32
    let node: Int32
    let layout: ClustererLayout
    let maximumLength: Int
    /// The last number of each kind of update (CL-21).
    private(set) var linkSequence: Int32 = -1
    private(set) var topologySequence: Int32 = -1
    private(set) var capabilitySequence: Int32 = -1
    private var lastTimestamp: Int32 = 0

    init(cluster: Int32, node: Int32, layout: ClustererLayout, maximumLength: Int) {
        self.cluster = cluster
        self.node = node
        self.layout = layout
        self.maximumLength = maximumLength
    }

    /// What internal packets begin with.
    func origin(_ node: Int32? = nil, cluster: Int32? = nil) -> ClustererOrigin {
        var origin = ClustererOrigin()
        origin.cluster = cluster ?? self.cluster
        origin.source = node ?? self.node
        return origin
    }

    /// A path.
    func path(_ nodes: [Int32]? = nil) -> FloodPath {
        var path = FloodPath()
        path.nodes = nodes ?? [node]
        return path
    }

    /// A time later than every one before, so that two updates of one second can be told apart.
    mutating func timestamp(_ now: Int64) -> Int32 {
        lastTimestamp = max(Int32(clamping: now), lastTimestamp &+ 1)
        return lastTimestamp
    }

    /// Makes the next update of a kind begin at a number.
    mutating func restart(at sequence: Int32 = -1) {
        linkSequence = sequence
        topologySequence = sequence
        capabilitySequence = sequence
    }

    /// The packet of a message.
    /// - Parameter destination: the node it is for; extra packets have a trailer.
    func packet<Body: Message>(
        _ message: Body, texts: [UInt8] = [], to destination: Int32 = 0, from source: Int32? = nil,
        cluster: Int32? = nil
    ) throws -> [UInt8] where Body.Layout == ClustererLayout {
        guard let identity = Body.identity(in: layout), let type = identity.type else {
            throw ConformanceFault(description: "\(Body.name) does not exist in \(layout.name)")
        }
        var message = message
        var writer = PacketWriter(maximumLength: maximumLength)
        try writer.begin(
            capability: Array(identity.capability.utf8).span.bytes, type: type, version: identity.version ?? 1,
            framing: .v2_3)
        try message.encode(from: texts.span.bytes, in: layout, into: &writer)
        let routing = Routing(cluster: cluster ?? self.cluster, source: source ?? node, destination: destination)
        try writer.finish(routing: identity.routing == .trailer ? routing : nil)
        return writer.copyBytes()
    }

    // MARK: Messages

    func ping(list: Bool = false, from source: Int32? = nil, cluster: Int32? = nil) throws -> [UInt8] {
        var ping = Ping()
        ping.origin = origin(source, cluster: cluster)
        ping.requestsNodeList = list ? 1 : 0
        return try packet(ping)
    }

    func pong(_ nodes: [Int32] = []) throws -> [UInt8] {
        var pong = Pong()
        pong.origin = origin()
        pong.nodes = nodes
        return try packet(pong)
    }

    func unknownID() throws -> [UInt8] {
        var message = UnknownID()
        message.origin = origin()
        return try packet(message)
    }

    func description(
        url: String, node: Int32? = nil, cluster: Int32? = nil, path: [Int32]? = nil
    ) throws -> [UInt8] {
        var message = NodeDescription()
        message.origin = origin(node, cluster: cluster)
        let text = Array(url.utf8)
        message.properties.url = Text(offset: 0, length: UInt32(text.count))
        message.properties.priority = 50
        message.properties.pingRetries = 3
        message.path = self.path(path ?? [node ?? self.node])
        return try packet(message, texts: text)
    }

    /// A link state update with the next number and the time, unless others are given.
    mutating func linkState(
        _ neighbour: Int32, isUp: Bool, now: Int64, sequence: Int32? = nil, timestamp: Int32? = nil,
        path: [Int32]? = nil, from source: Int32? = nil
    ) throws -> [UInt8] {
        linkSequence = sequence ?? linkSequence &+ 1
        var update = LinkStateUpdate()
        update.origin = origin(source)
        update.sequence = linkSequence
        update.timestamp = timestamp ?? self.timestamp(now)
        update.neighbour = neighbour
        update.state = isUp ? 0 : 1
        update.path = self.path(path ?? [source ?? node])
        return try packet(update)
    }

    /// What this node knows of the topology: its own links, and nodes that it describes.
    mutating func topology(
        neighbours: [Int32], describing others: [(node: Int32, url: String)] = [], now: Int64, sequence: Int32? = nil,
        timestamp: Int32? = nil
    ) throws -> [UInt8] {
        topologySequence = sequence ?? topologySequence &+ 1
        var update = FullTopologyUpdate()
        update.origin = origin()
        update.sequence = topologySequence
        update.timestamp = timestamp ?? self.timestamp(now)
        var own = TopologyNode()
        own.node = node
        own.sequence = linkSequence
        own.neighbours = neighbours
        update.nodes = [own]
        var texts: [UInt8] = []
        for other in others {
            var record = TopologyNode()
            record.node = other.node
            record.hasDescription = 1
            record.description.url = Text(offset: UInt32(texts.count), length: UInt32(other.url.utf8.count))
            record.description.priority = 50
            record.description.pingRetries = 3
            record.sequence = -1
            texts += Array(other.url.utf8)
            update.nodes.append(record)
        }
        update.path = path()
        return try packet(update, texts: texts)
    }

    /// What nodes can do.
    mutating func capabilities(
        _ states: [(name: String, state: Int32)], of subject: Int32? = nil, requiresReply: Bool = false, now: Int64,
        sequence: Int32? = nil, timestamp: Int32? = nil, path: [Int32]? = nil
    ) throws -> [UInt8] {
        capabilitySequence = sequence ?? capabilitySequence &+ 1
        var update = CapabilityUpdate()
        update.origin = origin()
        update.sequence = capabilitySequence
        update.timestamp = timestamp ?? self.timestamp(now)
        var texts: [UInt8] = []
        var record = NodeCapabilities()
        record.node = subject ?? node
        for (name, state) in states {
            var capability = CapabilityState()
            capability.capability = Text(offset: UInt32(texts.count), length: UInt32(name.utf8.count))
            capability.state = state
            texts += Array(name.utf8)
            record.capabilities.append(capability)
        }
        update.nodes = [record]
        update.requiresReply = requiresReply ? 1 : 0
        update.path = self.path(path)
        return try packet(update, texts: texts)
    }

    func syncRequest(_ capability: String, to destination: Int32) throws -> [UInt8] {
        var request = SyncRequest()
        let text = Array(capability.utf8)
        request.capability = Text(offset: 0, length: UInt32(text.count))
        return try packet(request, texts: text, to: destination)
    }

    func syncEnd(_ capability: String, total: Int32, to destination: Int32) throws -> [UInt8] {
        var end = SyncEnd()
        let text = Array(capability.utf8)
        end.capability = Text(offset: 0, length: UInt32(text.count))
        end.chunkCount = total
        return try packet(end, texts: text, to: destination)
    }

    /// A SYNC packet whose only chunk, of four bytes, states another size.
    func brokenSync(_ capability: String, chunkSize: Int32, to destination: Int32) throws -> [UInt8] {
        var content = Array(capability.utf8)
        let start = content.count
        content += [UInt8](repeating: 0, count: 12)
        content.replace(chunkSize, at: start)
        content.replace(SyncChunks.marker, at: start + 4)
        var packet = SyncPacket()
        packet.capability = Text(offset: 0, length: UInt32(start))
        packet.dataVersion = 1
        packet.chunks = Text(offset: UInt32(start), length: 12)
        return try self.packet(packet, texts: content, to: destination)
    }

    func tagActive(_ tag: String, to destination: Int32) throws -> [UInt8] {
        var message = SharingTagActive()
        let text = Array(tag.utf8)
        message.tag = Text(offset: 0, length: UInt32(text.count))
        return try packet(message, texts: text, to: destination)
    }

    /// A message between scripts: of all packets for a single node the one that every release can pass on.
    func message(
        _ number: Int32, to destination: Int32, from source: Int32? = nil, cluster: Int32? = nil, length: Int = 0
    ) throws -> [UInt8] {
        var message = GenericMessage()
        var texts = Array("\(self.cluster)-\(node)-conformance\(number)".utf8)
        message.tag = Text(offset: 0, length: UInt32(texts.count))
        let text = [UInt8](repeating: UInt8(ascii: "x"), count: max(1, length))
        message.message = Text(offset: UInt32(texts.count), length: UInt32(text.count))
        texts += text
        return try packet(message, texts: texts, to: destination, from: source, cluster: cluster)
    }

    /// A packet with a number in it, of a capability that nobody has, unless another is named.
    func module(
        _ number: Int32, to destination: Int32, from source: Int32? = nil, cluster: Int32? = nil, length: Int = 0,
        version: Int16 = 1, type: Int32 = 1, capability: String = PacketScript.privateCapability
    ) throws -> [UInt8] {
        var writer = PacketWriter(maximumLength: Framing.maximumLength)
        try writer.begin(
            capability: Array(capability.utf8).span.bytes, type: type, version: version,
            framing: .v2_3)
        try writer.write(number)
        let padding = length - writer.offset - 12
        if padding > 0 { try writer.writeRaw([UInt8](repeating: 0, count: padding).span.bytes) }
        try writer.finish(
            routing: Routing(cluster: cluster ?? self.cluster, source: source ?? node, destination: destination))
        return writer.copyBytes()
    }

    /// The name of that capability.
    static let privateCapability = "conformance-test"
}

/// Why the runner could not go on with a case.
struct ConformanceFault: Error, CustomStringConvertible {
    let description: String
}

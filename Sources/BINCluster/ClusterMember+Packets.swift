import BINMessages
import BINWire

// Own packets of the clusterer: from a message to bytes.

/// Texts for one message, one behind the other.
struct TextArena {
    private(set) var bytes: [UInt8] = []

    mutating func add(_ text: [UInt8]) -> Text {
        let start = bytes.count
        bytes += text
        return Text(offset: UInt32(truncatingIfNeeded: start), length: UInt32(truncatingIfNeeded: text.count))
    }

    /// A list of strings in its wire form, none longer than 65,535 bytes.
    mutating func addList(_ texts: [[UInt8]]) -> TextList {
        let start = bytes.count
        for text in texts {
            let length = UInt16(truncatingIfNeeded: text.count)
            bytes += [UInt8(truncatingIfNeeded: length), UInt8(truncatingIfNeeded: length >> 8)]
            bytes += text.prefix(Int(UInt16.max))
        }
        let extent = Text(
            offset: UInt32(truncatingIfNeeded: start), length: UInt32(truncatingIfNeeded: bytes.count - start))
        return TextList(extent: extent, count: Int32(truncatingIfNeeded: texts.count))
    }
}

extension ClusterMember {
    /// What own internal packets begin with.
    var origin: ClustererOrigin {
        var origin = ClustererOrigin()
        origin.cluster = configuration.cluster
        origin.source = configuration.node
        return origin
    }

    /// The path of a packet that begins here.
    var ownPath: FloodPath {
        var path = FloodPath()
        path.nodes = [configuration.node]
        return path
    }

    /// The packet of a message, in the dialect of its receiver; nil when that has no such message, or it does not fit.
    func packet<Body: Message>(
        _ message: Body, texts: [UInt8] = [], for dialect: Dialect, destination: Int32? = nil
    ) -> [UInt8]? where Body.Layout == ClustererLayout {
        guard let layout = dialect.layout, let identity = Body.identity(in: layout), let type = identity.type else {
            return nil
        }
        var message = message
        var writer = PacketWriter(maximumLength: dialect.maximumLength)
        let name = Array(identity.capability.utf8)
        let routing = destination.map {
            Routing(cluster: configuration.cluster, source: configuration.node, destination: $0)
        }
        do throws(WireError) {
            try unsafe writer.begin(
                capability: name.span.bytes, type: type, version: identity.version ?? 1, framing: dialect.framing)
            try unsafe message.encode(from: texts.span.bytes, in: layout, into: &writer)
            try writer.finish(routing: routing)
            return writer.copyBytes()
        } catch {
            return nil
        }
    }

    /// Sends an internal packet to a node directly, whatever its link is like.
    /// - Returns: whether there was such a packet.
    @discardableResult
    func send<Body: Message>(
        _ message: Body, texts: [UInt8] = [], to index: Int, _ actions: inout [ClusterAction]
    ) -> Bool where Body.Layout == ClustererLayout {
        guard let bytes = packet(message, texts: texts, for: table[index].dialect) else { return false }
        actions.append(.send(bytes, to: table[index].id))
        return true
    }

    /// Answers on the connection that something came in on.
    func answer<Body: Message>(
        _ message: Body, _ source: PacketSource, _ dialect: Dialect, _ actions: inout [ClusterAction]
    ) where Body.Layout == ClustererLayout {
        guard let bytes = packet(message, for: dialect) else { return }
        actions.append(.answer(bytes, connection: source.connection))
    }

    /// Sends an extra packet to a node, over others if need be.
    /// - Returns: whether a way leads there.
    @discardableResult
    func sendExtra<Body: Message>(
        _ message: Body, texts: [UInt8], to index: Int, _ actions: inout [ClusterAction]
    ) -> Bool where Body.Layout == ClustererLayout {
        let node = table[index]
        guard node.isEnabled, let hop = Routes(table).hop(at: index),
            let bytes = packet(message, texts: texts, for: node.dialect, destination: node.id)
        else { return false }
        actions.append(.send(bytes, to: hop))
        return true
    }

    /// What describes this node to others.
    func ownProperties(_ texts: inout TextArena) -> NodeProperties {
        var properties = NodeProperties()
        properties.url = texts.add(Array(configuration.url.description.utf8))
        properties.sipAddress = texts.add(Array(configuration.sipAddress.utf8))
        properties.priority = configuration.priority
        properties.pingRetries = configuration.pingRetries
        return properties
    }

    func properties(of node: Node, _ texts: inout TextArena) -> NodeProperties {
        var properties = NodeProperties()
        properties.url = texts.add(Array(node.url.description.utf8))
        properties.sipAddress = texts.add(node.sipAddress)
        properties.priority = node.priority
        properties.pingRetries = node.pingRetries
        return properties
    }
}

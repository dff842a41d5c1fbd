import BINCluster
import BINMessages
import BINNode
import BINTransport
import BINWire
import Foundation
import Synchronization

/// A module of a target that is told of records one by one and gives all of them in a sync: what a program makes of the node.
final class RecordHandler<Record: Sendable>: CapabilityHandler {
    /// What a packet does to the records.
    typealias Change = @Sendable (inout [Record], RawSpan, PacketHeader, Range<Int>) -> Void

    let capability: String
    private let records: Mutex<[Record]>
    private let change: Change
    private let chunk: @Sendable (Record) -> [UInt8]?

    init(
        _ capability: String, holding records: [Record], on change: @escaping Change,
        giving chunk: @escaping @Sendable (Record) -> [UInt8]?
    ) {
        self.capability = capability
        self.records = Mutex(records)
        self.change = change
        self.chunk = chunk
    }

    func receive(
        _ packet: RawSpan, _ header: PacketHeader, _ delivery: Delivery, on connection: PacketConnection?
    ) {
        records.withLock { change(&$0, packet, header, delivery.body) }
    }

    func chunks(for node: Int32) -> SyncChunkSource? {
        let remaining = Mutex(records.withLock { $0.compactMap(chunk) })
        return SyncChunkSource(dataVersion: 1) { remaining.withLock { $0.isEmpty ? nil : $0.removeFirst() } }
    }
}

/// The modules whose data a replica does not keep, as their receiver rules say.
struct ModuleHandlers {
    let release: Release

    var all: [any CapabilityHandler] { [cache, dispatcher, loadBalancer, drouting, presence].compactMap { $0 } }

    /// A message in a packet of the release; nil when it is another one.
    private static func read<Body: Message>(
        _ type: Body.Type, _ packet: RawSpan, _ header: PacketHeader, _ body: Range<Int>, _ layout: Body.Layout
    ) -> Body? {
        guard let identity = Body.identity(in: layout), identity.type == header.type,
            Body.reading(version: header.version, in: layout) != nil
        else { return nil }
        return try? Body(decoding: packet, range: body, in: layout)
    }

    /// The content of a chunk.
    private static func content<Chunk: Message>(
        in layout: Chunk.Layout, _ fill: (inout Chunk, inout [UInt8]) -> Void
    ) -> [UInt8]? {
        var chunk = Chunk()
        var texts: [UInt8] = []
        fill(&chunk, &texts)
        var writer = PacketWriter()
        try? writer.begin(capability: Array("chunk".utf8).span.bytes, type: 0, version: 0, framing: .v2_3)
        let start = writer.offset
        guard (try? chunk.encode(from: texts.span.bytes, in: layout, into: &writer)) != nil,
            (try? writer.finish()) != nil
        else { return nil }
        return Array(writer.copyBytes().dropFirst(start))
    }

    private func layout<Layout: WireLayout>(_ type: Layout.Type) -> Layout? {
        Layout.allCases.first { $0.releases.contains(release) }
    }

    // MARK: Keys and values

    private struct Entry {
        var collection: String
        var key: String
        var value: String
        var expires: Date?
    }

    private var cache: (any CapabilityHandler)? {
        guard let layout = layout(CachedbLocalLayout.self) else { return nil }
        let first = Entry(collection: "c1", key: "k", value: "v", expires: nil)
        return RecordHandler("cachedb-local-repl", holding: [first]) { entries, packet, header, body in
            if let insert = Self.read(CacheInsert.self, packet, header, body, layout) {
                let collection = (insert.collection.string(in: packet) ?? "")
                guard collection == "c1" else { return }
                let key = (insert.key.string(in: packet) ?? "")
                entries.removeAll { $0.key == key }
                let expires = insert.expires == 0 ? nil : Date(timeIntervalSinceNow: Double(insert.expires))
                entries.append(
                    Entry(collection: "c1", key: key, value: (insert.value.string(in: packet) ?? ""), expires: expires))
            } else if let remove = Self.read(CacheRemove.self, packet, header, body, layout) {
                let key = (remove.key.string(in: packet) ?? "")
                entries.removeAll { $0.key == key }
            }
        } giving: { entry in
            let left = entry.expires.map { Int32($0.timeIntervalSinceNow.rounded(.up)) }
            guard left ?? 1 > 0 else { return nil }
            return Self.content(in: layout) { (chunk: inout CacheSyncChunk, texts) in
                chunk.collection = texts.add(entry.collection)
                chunk.key = texts.add(entry.key)
                chunk.value = texts.add(entry.value)
                chunk.expires = left ?? 0
            }
        }
    }

    // MARK: Destinations

    private struct Destination {
        var group: Int32 = 0
        var name: String
        var flags: Int32 = 0
    }

    private var dispatcher: (any CapabilityHandler)? {
        guard let layout = layout(DispatcherLayout.self) else { return nil }
        let held = (1...2).map { Destination(group: 1, name: "sip:192.0.2.\($0)") }
        return RecordHandler("dispatcher-status-repl", holding: held) { destinations, packet, header, body in
            guard let update = Self.read(DispatcherStatusUpdate.self, packet, header, body, layout),
                update.partition.string(in: packet) == "default"
            else { return }
            let address = (update.address.string(in: packet) ?? "").lowercased()
            for index in destinations.indices
            where destinations[index].group == update.set && destinations[index].name == address {
                if update.type == 1 {
                    destinations[index].flags |= update.state
                } else {
                    destinations[index].flags &= ~update.state
                }
            }
        } giving: { destination in
            Self.content(in: layout) { (chunk: inout DispatcherSyncChunk, texts) in
                chunk.partition = texts.add("default")
                chunk.set = destination.group
                chunk.address = texts.add(destination.name)
                chunk.state = destination.flags
            }
        }
    }

    private var loadBalancer: (any CapabilityHandler)? {
        guard let layout = layout(LoadBalancerLayout.self) else { return nil }
        let held = (1...2).map { Destination(group: 1, name: "sip:192.0.2.\($0):5060") }
        return RecordHandler("load_balancer-status-repl", holding: held) { destinations, packet, header, body in
            guard let update = Self.read(LoadBalancerStatusUpdate.self, packet, header, body, layout) else { return }
            let uri = (update.status.uri.string(in: packet) ?? "")
            for index in destinations.indices
            where destinations[index].group == update.status.group && uri.hasPrefix(destinations[index].name) {
                destinations[index].flags = update.status.statusFlags
            }
        } giving: { destination in
            Self.content(in: layout) { (chunk: inout LoadBalancerSyncChunk, texts) in
                chunk.status.group = destination.group
                chunk.status.uri = texts.add(destination.name)
                chunk.status.statusFlags = destination.flags
            }
        }
    }

    /// Gateways are of group 1 and carriers of group 0.
    private var drouting: (any CapabilityHandler)? {
        guard let layout = layout(DroutingLayout.self) else { return nil }
        let held = [Destination(group: 0, name: "carrier"), Destination(group: 1, name: "gateway")]
        return RecordHandler("drouting-status-repl", holding: held) { destinations, packet, header, body in
            if let update = Self.read(GatewayStatusUpdate.self, packet, header, body, layout),
                update.partition.string(in: packet) == "Default", update.gateway.string(in: packet) == "gateway"
            {
                destinations[1].flags = update.statusFlags
            } else if let update = Self.read(CarrierStatusUpdate.self, packet, header, body, layout),
                update.partition.string(in: packet) == "Default", update.carrier.string(in: packet) == "carrier"
            {
                destinations[0].flags = update.statusFlags
            }
        } giving: { destination in
            Self.content(in: layout) { (chunk: inout DroutingSyncChunk, texts) in
                chunk.isGateway = destination.group
                chunk.partition = texts.add("Default")
                chunk.id = texts.add(destination.name)
                chunk.statusFlags = destination.flags
            }
        }
    }

    // MARK: Documents

    private struct Document {
        var user: String
        var body: String
    }

    private var presence: (any CapabilityHandler)? {
        guard let layout = layout(PresenceLayout.self) else { return nil }
        let held = [Document(user: "alice", body: "<presence/>")]
        return RecordHandler("presence", holding: held) { documents, packet, header, body in
            guard let publish = Self.read(PresencePublish.self, packet, header, body, layout),
                publish.presentity.event.string(in: packet) == "presence"
            else { return }
            let user = (publish.presentity.user.string(in: packet) ?? "")
            documents.removeAll { $0.user == user }
            guard publish.presentity.expires > 0 else { return }
            documents.append(Document(user: user, body: (publish.presentity.body.string(in: packet) ?? "")))
        } giving: { document in
            Self.content(in: layout) { (chunk: inout PresenceSyncChunk, texts) in
                chunk.presentity.user = texts.add(document.user)
                chunk.presentity.event = texts.add("presence")
                chunk.presentity.body = texts.add(document.body)
                chunk.presentity.expires = 600
            }
        }
    }
}

extension [UInt8] {
    fileprivate mutating func add(_ text: String) -> Text {
        self += Array(text.utf8)
        let length = UInt32(text.utf8.count)
        return Text(offset: UInt32(count) - length, length: length)
    }
}

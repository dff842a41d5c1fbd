import BINCapture
import BINMessages
import BINReplica
import BINStore
import BINText
import BINWire

/// Follows one user or call through a capture: each packet that touches it, on all nodes, and what it changed there.
struct Timeline: PacketSink {
    /// Something that happened.
    struct Entry {
        /// What one node made of it.
        struct Effect {
            var node: CapturedNode
            var change: ReplicaChange
            /// The contact URI or the Call-ID.
            var subject: String?
        }

        var time: CaptureTime
        /// The nodes at the ends of the connection, and those that the packet is from and for.
        var hop: (source: String, destination: String)?
        var route: PacketRoute?
        var capability = ""
        var message = ""
        /// The fields of the message, or of the chunk of a sync, that names the user or call.
        var record = ListedRecord()
        var effects: [Effect] = []
        /// The node that ended here and began anew later.
        var restarted: CapturedNode?
    }

    private let nodes: CaptureNodes
    private let callID: String?
    /// The addresses of record that are followed: the one asked for, and those that the call was registered for.
    private var aors: Set<String>
    private var routes: PacketRoutes
    private var interpreter: Interpreter
    private var description = PacketDescription()
    private var changes = ReplicaChanges()
    private let emit: (Entry) -> Void
    private(set) var replicas: [CapturedNode: Replica] = [:]
    /// When nodes began anew, those still to come.
    private var restarts: [CapturedNode: ArraySlice<CaptureTime>] = [:]
    /// Packets about it that each node was sent.
    private(set) var received: [CapturedNode: Int] = [:]
    private(set) var count = 0

    init(_ nodes: CaptureNodes, aor: String?, callID: String?, emit: @escaping (Entry) -> Void) {
        self.nodes = nodes
        self.callID = callID
        self.emit = emit
        aors = aor.map { [$0] } ?? []
        routes = PacketRoutes(nodes)
        interpreter = nodes.interpreter
        for node in nodes.nodes {
            replicas[node] = Replica(ReplicaConfiguration(release: nodes.release(of: node), seed: 0))
            restarts[node] = nodes.restarts(of: node)[...]
        }
    }

    mutating func receive(_ bytes: RawSpan, _ header: PacketHeader, from origin: PacketOrigin) {
        CapturedState.open(bytes, header) { receiveOpened($0, $1, from: origin) }
    }

    private mutating func receiveOpened(_ bytes: RawSpan, _ header: PacketHeader, from origin: PacketOrigin) {
        // Copies are told by what came before, so each packet is looked at.
        let route = routes.route(bytes, header, origin)
        interpreter.interpret(bytes, header, from: SenderAddress(origin.source.address), into: &description)
        let groups = mentions(bytes)
        guard !groups.isEmpty, let route else { return }
        pass(to: origin.time)
        var effects: [[Entry.Effect]] = groups.map { _ in [] }
        if route.isFirst { apply(bytes, header, route, at: route.maker, origin.time, groups, &effects) }
        if route.arrives, let target = route.target {
            received[target, default: 0] += 1
            apply(bytes, header, route, at: target, origin.time, groups, &effects)
        }
        func name(_ endpoint: Endpoint) -> String {
            nodes.node(at: endpoint.address)?.name ?? endpoint.description
        }
        for (group, effects) in zip(groups, effects) {
            count += 1
            let fields = description.nodes[group].filter(\.isField)
            var entry = Entry(time: origin.time, route: route)
            entry.hop = (name(origin.source), name(origin.destination))
            entry.capability = header.capability.string(in: bytes) ?? ""
            entry.message = description.message?.description ?? ""
            entry.record = ListedRecord(bytes: bytes.withUnsafeBytes { Array($0) }, fields: Array(fields))
            entry.effects = effects
            emit(entry)
        }
    }

    /// The ranges of fields that name the user or call: the whole message, or chunks of a sync.
    private mutating func mentions(_ bytes: RawSpan) -> [Range<Int>] {
        let fields = description.nodes
        var groups: [Range<Int>] = []
        var start = 0
        var isMentioned = false
        var addresses: [String] = []
        func isChunkEdge(_ node: FieldNode) -> Bool { node.kind == .beginRecord && node.name.description == "chunks" }
        func end(at index: Int, _ aors: inout Set<String>) {
            if isMentioned { groups.append(start..<index) }
            // Whoever registers with the call is followed from now on.
            if isMentioned, callID != nil { aors.formUnion(addresses) }
            start = index
            isMentioned = false
            addresses = []
        }
        for (index, field) in fields.enumerated() {
            if isChunkEdge(field) { end(at: index, &aors) }
            guard field.kind == .text else { continue }
            switch field.name.description {
            case "aor":
                guard let text = field.text.string(in: bytes) else { continue }
                addresses.append(text)
                if aors.contains(text) { isMentioned = true }
            case "callid":
                if let callID, field.text.string(in: bytes) == callID { isMentioned = true }
            default: break
            }
        }
        end(at: fields.count, &aors)
        return groups
    }

    /// Applies a packet at a node, and notes what it did by the group of fields that it belongs to.
    private mutating func apply(
        _ bytes: RawSpan, _ header: PacketHeader, _ route: PacketRoute, at node: CapturedNode, _ time: CaptureTime,
        _ groups: [Range<Int>], _ effects: inout [[Entry.Effect]]
    ) {
        changes.removeAll()
        replicas[node]?.apply(
            bytes, header, from: route.maker.id, release: nodes.release(of: route.maker), at: ReplicaTime(time),
            into: &changes)
        for change in changes.changes {
            let start = change.message.offset
            let end = start + change.message.length
            let place = groups.firstIndex { group in
                description.nodes[group].contains { $0.isField && $0.offset >= start && $0.offset < end }
            }
            guard let place else { continue }
            let effect = Entry.Effect(node: node, change: change, subject: subject(change, of: node))
            effects[place].append(effect)
        }
    }

    /// Lets the time pass on all nodes, and tells what ended by it.
    mutating func pass(to time: CaptureTime) {
        for node in nodes.nodes {
            while let restart = restarts[node]?.first, restart <= time {
                restarts[node]?.removeFirst()
                pass(to: restart, at: node)
                let knewIt = received[node] != nil || !held(by: node, at: restart).isEmpty
                replicas[node] = Replica(ReplicaConfiguration(release: nodes.release(of: node), seed: 0))
                guard knewIt else { continue }
                var entry = Entry(time: restart)
                entry.restarted = node
                emit(entry)
            }
            pass(to: time, at: node)
        }
        changes.removeAll()
    }

    private mutating func pass(to time: CaptureTime, at node: CapturedNode) {
        changes.removeAll()
        replicas[node]?.advance(to: ReplicaTime(time), into: &changes)
        for change in changes.changes where isFollowed(change, of: node) {
            var entry = Entry(time: moment(of: change, of: node) ?? time)
            entry.effects = [Entry.Effect(node: node, change: change, subject: subject(change, of: node))]
            emit(entry)
        }
    }

    private func isFollowed(_ change: ReplicaChange, of node: CapturedNode) -> Bool {
        guard let replica = replicas[node] else { return false }
        switch change.subject {
        case .contact(_, let aor?): return replica.contacts.name(of: aor).map(aors.contains) ?? false
        case .dialog(let handle?): return replica.dialogs.dialog(handle)?.callID == callID
        default: return false
        }
    }

    private func subject(_ change: ReplicaChange, of node: CapturedNode) -> String? {
        guard let replica = replicas[node] else { return nil }
        switch change.subject {
        case .contact(let handle?, _): return replica.contacts.contact(handle)?.uri.validatedString()
        case .dialog(let handle?): return replica.dialogs.dialog(handle)?.callID
        case .addressOfRecord(let handle): return replica.contacts.name(of: handle)
        default: return nil
        }
    }

    /// When a contact or dialog ended.
    private func moment(of change: ReplicaChange, of node: CapturedNode) -> CaptureTime? {
        guard let replica = replicas[node] else { return nil }
        let seconds: UInt64? =
            switch change.subject {
            case .contact(let handle?, _): replica.contacts.contact(handle)?.expires
            case .dialog(let handle?): (replica.dialogs.dialog(handle)?.state.timeout).map { UInt64(clamping: $0) }
            default: nil
            }
        return seconds.map { CaptureTime(nanosecondsSinceEpoch: Int64(clamping: min($0, 1 << 33) * 1_000_000_000)) }
    }

    /// What a node holds of the user or call at a moment.
    func held(by node: CapturedNode, at time: CaptureTime) -> [ListedRecord] {
        guard let replica = replicas[node] else { return [] }
        var records: [ListedRecord] = []
        for handle in replica.listedContacts(at: ReplicaTime(time).seconds) {
            guard let contact = replica.contacts.copy(of: handle), aors.contains(contact.aor.name) else { continue }
            records.append(ListedRecord(contact, node: nil))
        }
        for handle in callID.map({ replica.dialogs.dialogs(callID: $0) }) ?? [] {
            if let dialog = replica.dialogs.dialog(handle) { records.append(ListedRecord(dialog, node: nil)) }
        }
        return records
    }

    mutating func refuse(
        _ bytes: RawSpan, _ framing: Framing?, _ error: WireError, streamOffset: UInt64, from origin: PacketOrigin
    ) {
        Terminal.complain("\(origin.source) → \(origin.destination): left out, no packet: \(error)")
    }

    mutating func notice(_ notice: CaptureNotice, from origin: PacketOrigin) {
        Terminal.complain("\(origin.source) → \(origin.destination): \(notice.explanation)")
    }
}

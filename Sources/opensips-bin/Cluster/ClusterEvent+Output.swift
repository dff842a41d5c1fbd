import BINCluster
import BINText
import BINWire

extension ClusterEvent {
    /// The event for people; nil for what only programs want to know.
    var sentence: String? {
        switch self {
        case .nodeUp(let node): "node \(node) is up"
        case .nodeDown(let node): "node \(node) is down"
        case .nodeAdded(let node): "node \(node) belongs to the cluster now"
        case .nodeRemoved(let node): "node \(node) was removed"
        case .linkChanged(let node, let state): "link to node \(node): \(state.rawValue)"
        case .capabilityChanged(let node, let name, let isSynced):
            "node \(node) has \(name)" + (isSynced ? "" : ", not synced")
        case .pong: nil
        case .sync(let name, let step): "\(name): \(step.sentence)"
        case .tag(let name, let fate): "sharing tag \(name): \(fate.sentence)"
        case .message(let message):
            "\(message.isRequest ? "request" : "reply") of node \(message.source): "
                + "\(String(decoding: message.message, as: UTF8.self)) (tag \(String(decoding: message.tag, as: UTF8.self)))"
        case .removed(let node): "node \(node) asks this node to leave the cluster"
        case .refused(let refusal):
            "refused: \(refusal.reason.rawValue)" + (refusal.node > 0 ? ", node \(refusal.node)" : "")
                + (refusal.address.map { ", from \($0)" } ?? "") + (refusal.wire.map { ", \($0)" } ?? "")
                + (refusal.unreported > 0 ? ", and \(refusal.unreported) more" : "")
        }
    }

    /// The event for programs: its name, and what else is in its object; nil for what is not printed.
    var details: (name: String, values: [(String, JSONValue)])? {
        switch self {
        case .nodeUp(let node): ("node_up", [("node", .integer(node))])
        case .nodeDown(let node): ("node_down", [("node", .integer(node))])
        case .nodeAdded(let node): ("node_added", [("node", .integer(node))])
        case .nodeRemoved(let node): ("node_removed", [("node", .integer(node))])
        case .linkChanged(let node, let state):
            ("link", [("node", .integer(node)), ("state", .string(state.rawValue))])
        case .capabilityChanged(let node, let name, let isSynced):
            (
                "capability",
                [("node", .integer(node)), ("capability", .string(name.description)), ("synced", .bool(isSynced))]
            )
        case .pong: nil
        case .sync(let name, let step): step.details(name)
        case .tag(let name, let fate):
            ("tag", [("tag", .string(name.description)), ("fate", .string(fate.word))] + fate.node)
        case .message(let message):
            (
                "message",
                [
                    ("node", .integer(message.source)), ("request", .bool(message.isRequest)),
                    ("tag", .string(String(decoding: message.tag, as: UTF8.self))),
                    ("message", .string(String(decoding: message.message, as: UTF8.self))),
                ]
            )
        case .removed(let node): ("removed", [("node", .integer(node))])
        case .refused(let refusal): ("refused", refusal.values)
        }
    }
}

extension JSONValue {
    static func integer(_ value: some BinaryInteger) -> JSONValue { .number("\(value)") }
}

extension Refusal {
    fileprivate var values: [(String, JSONValue)] {
        var values: [(String, JSONValue)] = [("reason", .string(reason.rawValue))]
        if node > 0 { values.append(("node", .integer(node))) }
        if let address { values.append(("address", .string(address.description))) }
        if let wire { values.append(("detail", .string(wire.description))) }
        if unreported > 0 { values.append(("unreported", .integer(unreported))) }
        return values
    }
}

extension SyncStep {
    fileprivate var sentence: String {
        switch self {
        case .waiting: "no node is known that could give the data"
        case .requested(let node): "data asked of node \(node)"
        case .began(let node): "node \(node) gives its data"
        case .progressed(let node, let chunks): "\(chunks) records of node \(node) so far"
        case .finished(let node?, let chunks): "synced, \(chunks) records of node \(node)"
        case .finished(nil, _): "synced, as the first node of the cluster"
        case .failed(let node, let failure): "the sync from node \(node) failed: \(failure.rawValue)"
        case .served(let node, let chunks): "\(chunks) records given to node \(node)"
        }
    }

    fileprivate func details(_ name: WireName) -> (name: String, values: [(String, JSONValue)]) {
        let capability = ("capability", JSONValue.string(name.description))
        switch self {
        case .waiting: return ("sync_waiting", [capability])
        case .requested(let node): return ("sync_requested", [capability, ("node", .integer(node))])
        case .began(let node): return ("sync_started", [capability, ("node", .integer(node))])
        case .progressed(let node, let chunks):
            return ("sync_progress", [capability, ("node", .integer(node)), ("chunks", .integer(chunks))])
        case .finished(let node, let chunks):
            return (
                "synced", [capability, ("node", node.map { .integer($0) } ?? .null), ("chunks", .integer(chunks))]
            )
        case .failed(let node, let failure):
            return ("sync_failed", [capability, ("node", .integer(node)), ("reason", .string(failure.rawValue))])
        case .served(let node, let chunks):
            return ("sync_served", [capability, ("node", .integer(node)), ("chunks", .integer(chunks))])
        }
    }
}

extension TagFate {
    fileprivate var sentence: String {
        switch self {
        case .taken: "active here"
        case .announced(let node): "node \(node) has it"
        case .moved(let node): "moved to node \(node)"
        case .doubled(let node): "node \(node) took it, and this node keeps it: both have it"
        case .kept(let node): "announcements crossed; it stays here, and node \(node) is told once more"
        case .lost(let node):
            "announcements crossed; this node steps down for node \(node), and perhaps nobody has it now"
        case .unconfirmed(let node): "node \(node) may not have heard that it is active here"
        }
    }

    fileprivate var word: String {
        switch self {
        case .taken: "taken"
        case .announced: "announced"
        case .moved: "moved"
        case .doubled: "doubled"
        case .kept: "kept"
        case .lost: "lost"
        case .unconfirmed: "unconfirmed"
        }
    }

    fileprivate var node: [(String, JSONValue)] {
        switch self {
        case .taken: []
        case .announced(let node), .moved(let node), .doubled(let node), .kept(let node), .lost(let node),
            .unconfirmed(let node):
            [("node", .integer(node))]
        }
    }
}

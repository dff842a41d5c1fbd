package import BINCluster
package import BINText

extension GossipEvent {
    /// The event for people.
    package var sentence: String {
        switch self {
        case .joined: "has the state of the cluster"
        case .memberUp(let node): "node \(node) is up"
        case .memberSuspected(let node): "node \(node) does not answer somebody"
        case .memberDown(let node): "node \(node) is down"
        case .memberLeft(let node): "node \(node) left"
        case .memberForgotten(let node): "node \(node) is forgotten"
        case .stateChanged(let node, let keys):
            "node \(node) changed \(keys.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ", "))"
        case .identityConflict: "another node seems to have this node's id"
        case .acquired(let flag, let fence): "this node owns \(flag), fencing number \(fence)"
        case .lost(let flag, let reason): "this node lost \(flag): \(reason.sentence)"
        case .refused(let refusal): "refused what a peer sent: \(refusal)"
        }
    }

    /// The event for programs: its name, and what else is in its object.
    package var details: (name: String, values: [(name: String, value: JSONValue)]) {
        switch self {
        case .joined: ("joined", [])
        case .memberUp(let node): ("member_up", [("node", .of(node))])
        case .memberSuspected(let node): ("member_suspected", [("node", .of(node))])
        case .memberDown(let node): ("member_down", [("node", .of(node))])
        case .memberLeft(let node): ("member_left", [("node", .of(node))])
        case .memberForgotten(let node): ("member_forgotten", [("node", .of(node))])
        case .stateChanged(let node, let keys):
            ("state_changed", [("node", .of(node)), ("keys", .array(keys.map { .of(bytes: $0) }))])
        case .identityConflict: ("identity_conflict", [])
        case .acquired(let flag, let fence):
            ("acquired", [("flag", .of(bytes: flag.bytes)), ("fence", .string("\(fence)"))])
        case .lost(let flag, let reason):
            ("lost", [("flag", .of(bytes: flag.bytes)), ("reason", .string(reason.word))] + reason.node)
        case .refused(let refusal): ("refused", [("reason", .string("\(refusal)"))])
        }
    }
}

extension LossReason {
    fileprivate var sentence: String {
        switch self {
        case .outranked(let node): "node \(node) has a higher fencing number"
        case .handedBack: "handed back to a node that is preferred"
        case .leaseExpired: "no majority consented in time"
        case .leaving: "this node leaves"
        }
    }

    fileprivate var word: String {
        switch self {
        case .outranked: "outranked"
        case .handedBack: "handed_back"
        case .leaseExpired: "lease_expired"
        case .leaving: "leaving"
        }
    }

    fileprivate var node: [(name: String, value: JSONValue)] {
        if case .outranked(let node) = self { [("node", .of(node))] } else { [] }
    }
}

extension JSONValue {
    /// A whole number.
    package static func of(_ value: some BinaryInteger) -> JSONValue { .number("\(value)") }

    /// A text, or `{"hex": …}` when the bytes are none.
    package static func of(bytes: [UInt8]) -> JSONValue {
        if let text = String(validating: bytes, as: UTF8.self) { return .string(text) }
        let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return .object([("hex", .string(digits))])
    }
}

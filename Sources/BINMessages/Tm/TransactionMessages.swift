public import BINWire

/// The layouts of transaction messages between nodes that share an anycast address (Spec/tm.md). The version is 0 in all.
public enum TransactionLayout: UInt8, WireLayout {
    /// TM-A, 2.4.0–2.4.5: lengths of the parts of the Via stand even where there is no such part.
    case a
    /// TM-B, 2.4.6 to the end of 2.4, 3.0.0–3.0.4, 3.1.0–3.1.1.
    case b
    /// TM-C, 3.0.5, 3.1.2 and later: the tag of the socket where it has one, with the port 0.
    case c

    public var name: String {
        switch self {
        case .a: "TM-A"
        case .b: "TM-B"
        case .c: "TM-C"
        }
    }

    public var releases: ReleaseSet {
        switch self {
        case .a: ReleaseSet(.series(2, 4, 0...5))
        case .b: ReleaseSet(.series(2, 4, 6...), .series(3, 0, 0...4), .series(3, 1, 0...1))
        case .c: ReleaseSet(.series(3, 0, 5...), .series(3, 1, 2...), .from((3, 2), through: (4, 1)))
        }
    }

    public var framing: Framing { .v2_3 }

    func identity(type: Int32) -> MessageIdentity {
        .packet("tm-repl", type: type, version: 0, routing: .trailer)
    }
}

/// A SIP message as a node received it, handed on to the node that knows the transaction.
public struct ReceivedMessage: FieldGroup, Hashable {
    /// Transport protocol of the receiving socket: 1 UDP, 2 TCP, 3 TLS, 4 SCTP, 5 WS, 6 WSS, 7 IPsec (3.5 and later).
    public var transport: Int32 = 0
    /// Name of the receiving socket; since TM-C its tag where it has one.
    public var socket = Text()
    /// Port of the receiving socket; 0 when ``socket`` is a tag.
    public var port: Int32 = 0
    /// Where the message came from: 24 bytes (``RawAddress``).
    public var sourceAddress = Text()
    /// Port it came from.
    public var sourcePort: Int32 = 0
    /// The SIP message and one zero byte.
    public var message = Text()

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: TransactionLayout
    ) throws(WireError) {
        try visitor.integer(
            "proto", &transport, .transport,
            "transport of the receiving socket: 1 UDP, 2 TCP, 3 TLS, 4 SCTP, 5 WS, 6 WSS, 7 IPsec")
        if layout == .c {
            try visitor.text("dstHost", &socket, .plain, "tag of the receiving socket if it has one, else its name")
            try visitor.integer("dstPort", &port, .plain, "port of the receiving socket, 0 with a tag")
        } else {
            try visitor.text("dstHost", &socket, .plain, "name of the receiving socket")
            try visitor.integer("dstPort", &port, .plain, "port of the receiving socket")
        }
        try visitor.fixedText(
            "srcIp", &sourceAddress, size: RawAddress.size, .rawAddress, "address family, length, address")
        try visitor.integer("srcPort", &sourcePort, .plain, "port the message came from")
        try visitor.text("message", &message, .sipMessage, "the SIP message and one zero byte")
    }

    /// Whether address and message look as they must; port 0 tells the releases that name sockets by their tag.
    func isPlausible(in layout: TransactionLayout, source: RawSpan) -> Bool {
        guard let address = try? sourceAddress.bytes(in: source), let message = try? message.bytes(in: source) else {
            return false
        }
        return RawAddress(address)?.isConsistent == true && (1...7).contains(transport)
            && (0...65535).contains(sourcePort) && (layout == .c ? 0...65535 : 1...65535).contains(port)
            && message.byteCount > 1 && message.uint8(uncheckedAt: message.byteCount - 1) == 0
    }
}

/// A reply, to the node whose id stands in the Via parameter `cid` (Spec/tm.md, type 1).
public struct TransactionReply: Message {
    public static let name: StaticString = "TM_CLUSTER_REPLY"

    /// The message.
    public var received = ReceivedMessage()

    public init() {}

    public static func identity(in layout: TransactionLayout) -> MessageIdentity? { layout.identity(type: 1) }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: TransactionLayout
    ) throws(WireError) {
        try received.fields(&visitor, in: layout)
    }

    public func isPlausible(in layout: TransactionLayout, source: RawSpan) -> Bool {
        received.isPlausible(in: layout, source: source)
    }
}

/// An ACK or CANCEL of a transaction that the sender does not know (Spec/tm.md, type 2).
public struct TransactionRequest: Message {
    public static let name: StaticString = "TM_CLUSTER_REQUEST"

    /// The message.
    public var received = ReceivedMessage()

    public init() {}

    public static func identity(in layout: TransactionLayout) -> MessageIdentity? { layout.identity(type: 2) }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: TransactionLayout
    ) throws(WireError) {
        try received.fields(&visitor, in: layout)
    }

    public func isPlausible(in layout: TransactionLayout, source: RawSpan) -> Bool {
        received.isPlausible(in: layout, source: source)
    }
}

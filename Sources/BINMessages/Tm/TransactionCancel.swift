public import BINWire

/// A CANCEL of a transaction that the sender does not know, taken apart as far as a receiver needs it to find the
/// transaction without parsing (Spec/tm.md, type 3).
public struct TransactionCancel: Message {
    public static let name: StaticString = "TM_CLUSTER_AUTO_CANCEL"

    /// The message.
    public var received = ReceivedMessage()
    /// Where the branch of the top Via stands in the message.
    public var branch = MessagePart()
    /// Where the host of the top Via stands in the message.
    public var host = MessagePart()
    /// Where the transport of the top Via stands in the message.
    public var transport = MessagePart()
    /// Port of the top Via.
    public var port: Int32 = 0
    /// Reason header fields for the CANCELs that are made of this one, may be empty.
    public var reason = Text()
    /// Bucket of the transaction in the sender's table.
    public var hashIndex: Int32 = 0

    /// A part of the message, in bytes from its beginning.
    public struct MessagePart: Hashable, Sendable {
        /// Where it begins; 0 when there is no such part.
        public var offset: Int32 = 0
        /// How long it is.
        public var length: Int32 = 0

        /// No part.
        public init() {}

        /// Whether it lies in `message`, or there is no such part.
        func lies(in message: Text) -> Bool {
            guard offset != 0 else { return true }
            guard offset > 0, length >= 0 else { return false }
            return Int(offset) + Int(length) <= Int(message.length)
        }
    }

    public init() {}

    public static func identity(in layout: TransactionLayout) -> MessageIdentity? { layout.identity(type: 3) }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: TransactionLayout
    ) throws(WireError) {
        try received.fields(&visitor, in: layout)
        try visitor.integer("viaBranchOff", &branch.offset, .plain, "offset of the Via branch in message, 0 for none")
        try TransactionCancel.lengthField(
            &visitor, "viaBranchOff", "viaBranchLen", &branch, in: layout)
        try visitor.integer("viaHostOff", &host.offset, .plain, "offset of the Via host in message, 0 for none")
        try TransactionCancel.lengthField(
            &visitor, "viaHostOff", "viaHostLen", &host, in: layout)
        try visitor.integer(
            "viaTransportOff", &transport.offset, .plain, "offset of the Via transport in message, 0 for none")
        try TransactionCancel.lengthField(
            &visitor, "viaTransportOff", "viaTransportLen", &transport, in: layout)
        try visitor.integer("viaPort", &port, .plain, "port of the top Via")
        try visitor.text("cancelReason", &reason, .plain, "Reason header fields, may be empty")
        try visitor.integer("hashIndex", &hashIndex, .plain, "bucket of the transaction in the sender's table")
    }

    private static func lengthField<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, _ offsetName: StaticString, _ name: StaticString, _ part: inout MessagePart,
        in layout: TransactionLayout
    ) throws(WireError) {
        if layout == .a {
            try visitor.integer(name, &part.length, .plain, "its length in bytes")
        } else if visitor.begin(.differs(from: 0), on: offsetName, value: part.offset) {
            try visitor.integer(name, &part.length, .plain, "its length in bytes")
            visitor.endCondition()
        }
    }

    public func isPlausible(in layout: TransactionLayout, source: RawSpan) -> Bool {
        received.isPlausible(in: layout, source: source)
            && branch.lies(in: received.message) && host.lies(in: received.message)
            && transport.lies(in: received.message)
    }
}

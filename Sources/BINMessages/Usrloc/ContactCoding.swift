public import BINWire

// Contact records are most of what a cluster replicates. These functions do what those of every message do; being
// declared for one type, they are compiled for it, also for a caller in another module.

extension ContactInsert {
    /// Decodes an insert into this message, as ``Message/decode(_:range:in:)``.
    public mutating func decode(
        _ bytes: RawSpan, range: Range<Int>, in layout: ContactLayout
    ) throws(WireError) {
        try decodeBody(bytes, range: range, in: layout)
    }

    /// Appends an insert to a packet, as ``Message/encode(from:in:into:)``.
    public mutating func encode(
        from source: RawSpan, in layout: ContactLayout, into writer: inout PacketWriter
    ) throws(WireError) {
        try encodeBody(from: source, in: layout, into: &writer)
    }
}

extension ContactUpdate {
    /// Decodes an update into this message, as ``Message/decode(_:range:in:)``.
    public mutating func decode(
        _ bytes: RawSpan, range: Range<Int>, in layout: ContactLayout
    ) throws(WireError) {
        try decodeBody(bytes, range: range, in: layout)
    }

    /// Appends an update to a packet, as ``Message/encode(from:in:into:)``.
    public mutating func encode(
        from source: RawSpan, in layout: ContactLayout, into writer: inout PacketWriter
    ) throws(WireError) {
        try encodeBody(from: source, in: layout, into: &writer)
    }
}

public import BINWire

// A generic function that is called from another module is not compiled for the caller's type. The messages that come by
// the thousands are named here, so that decoding them costs little more from another module; all others work, only
// slower. Contacts have functions of their own (ContactCoding.swift), which save even looking for the type.

extension Message {
    /// Decodes a body into this message, whose earlier values are overwritten.
    /// - Parameters:
    ///   - bytes: the packet.
    ///   - range: where the body stands, without the trailer.
    ///   - layout: the layout of the sender's release.
    /// - Throws: ``BINWire/WireError``; every byte of the body must belong to a field. Fields that `layout` does not have
    ///   keep their values, and after an error nothing is said of any.
    @specialized(where Self == ContactInsert)
    @specialized(where Self == ContactUpdate)
    @specialized(where Self == ContactDelete)
    @specialized(where Self == AoRInsert)
    @specialized(where Self == AoRDelete)
    @specialized(where Self == ProfileCounters)
    @specialized(where Self == PipeCounters)
    @specialized(where Self == DialogCreated)
    @specialized(where Self == DialogUpdated)
    @specialized(where Self == DialogDeleted)
    @specialized(where Self == DialogCSeqUpdate)
    @specialized(where Self == DialogValue)
    @specialized(where Self == Ping)
    @specialized(where Self == Pong)
    public mutating func decode(_ bytes: RawSpan, range: Range<Int>, in layout: Layout) throws(WireError) {
        try decodeBody(bytes, range: range, in: layout)
    }

    /// What decoding is, for whoever compiles it for one type.
    @inline(__always)
    mutating func decodeBody(_ bytes: RawSpan, range: Range<Int>, in layout: Layout) throws(WireError) {
        // Said twice, so that the compiler folds framing and the room behind the body into the first.
        if layout.framing == .v2_3, let cursor = FieldCursor(bytes, bodyBeforeTrailer: range) {
            var decoder = Decoder(cursor)
            try fields(&decoder, in: layout)
            try decoder.finish()
        } else {
            var decoder = Decoder(FieldCursor(bytes, range: range, framing: layout.framing))
            try fields(&decoder, in: layout)
            try decoder.finish()
        }
    }

    /// Decodes a body.
    /// - Parameters:
    ///   - bytes: the packet.
    ///   - range: where the body stands, without the trailer.
    ///   - layout: the layout of the sender's release.
    /// - Throws: ``BINWire/WireError``; every byte of the body must belong to a field.
    @inlinable
    public init(decoding bytes: RawSpan, range: Range<Int>, in layout: Layout) throws(WireError) {
        self.init()
        try decode(bytes, range: range, in: layout)
    }

    /// Appends the body to the packet that `writer` has begun.
    /// - Parameters:
    ///   - source: the bytes that the texts of this message refer to.
    ///   - layout: the layout of the receiver's release.
    ///   - writer: the packet; begun in the layout's framing.
    /// - Throws: ``BINWire/WireError`` when it does not fit or a text lies outside of `source`.
    @specialized(where Self == ContactInsert)
    @specialized(where Self == ContactUpdate)
    @specialized(where Self == ContactDelete)
    @specialized(where Self == AoRInsert)
    @specialized(where Self == AoRDelete)
    @specialized(where Self == ProfileCounters)
    @specialized(where Self == PipeCounters)
    @specialized(where Self == DialogCreated)
    @specialized(where Self == DialogUpdated)
    @specialized(where Self == DialogDeleted)
    @specialized(where Self == DialogCSeqUpdate)
    @specialized(where Self == DialogValue)
    @specialized(where Self == Ping)
    @specialized(where Self == Pong)
    public mutating func encode(
        from source: RawSpan, in layout: Layout, into writer: inout PacketWriter
    ) throws(WireError) {
        try encodeBody(from: source, in: layout, into: &writer)
    }
}

extension FieldGroup {
    /// What encoding is, for whoever compiles it for one type.
    @inline(__always)
    mutating func encodeBody(
        from source: RawSpan, in layout: Layout, into writer: inout PacketWriter
    ) throws(WireError) {
        var encoder = Encoder(source: source, writer: writer)
        do throws(WireError) {
            try fields(&encoder, in: layout)
        } catch {
            writer = encoder.finish()
            throw error
        }
        writer = encoder.finish()
    }
}

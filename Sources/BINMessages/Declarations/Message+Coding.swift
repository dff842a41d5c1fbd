public import BINWire

// A generic function that is called from another module is not compiled for the caller's type. The messages that come by
// the thousands are named here, so that decoding them costs the same from everywhere; all others work, only slower.

extension Message {
    /// Decodes a body into this message, whose earlier values are overwritten.
    /// - Parameters:
    ///   - bytes: the packet.
    ///   - range: where the body stands, without the trailer.
    ///   - layout: the layout of the sender's release.
    /// - Throws: ``BINWire/WireError``; every byte of the body must belong to a field. Fields that `layout` does not have
    ///   keep their values, and after an error nothing is said of any.
    @_specialize(exported:true,where Self == AoRInsert)
    @_specialize(exported:true,where Self == AoRDelete)
    @_specialize(exported:true,where Self == ContactInsert)
    @_specialize(exported:true,where Self == ContactUpdate)
    @_specialize(exported:true,where Self == ContactDelete)
    @_specialize(exported:true,where Self == DialogCreated)
    @_specialize(exported:true,where Self == DialogUpdated)
    @_specialize(exported:true,where Self == DialogDeleted)
    @_specialize(exported:true,where Self == DialogCSeqUpdate)
    @_specialize(exported:true,where Self == DialogValue)
    @_specialize(exported:true,where Self == ProfileCounters)
    @_specialize(exported:true,where Self == PipeCounters)
    @_specialize(exported:true,where Self == Ping)
    @_specialize(exported:true,where Self == Pong)
    public mutating func decode(_ bytes: RawSpan, range: Range<Int>, in layout: Layout) throws(WireError) {
        // Said twice, so that the compiler folds framing and the room behind the body into the first.
        if layout.framing == .v2_3, range.lowerBound >= 0, range.upperBound <= bytes.byteCount - FieldCursor.slack {
            var decoder = Decoder(FieldCursor(bytes, bodyBeforeTrailer: range))
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
    @_specialize(exported:true,where Self == AoRInsert)
    @_specialize(exported:true,where Self == AoRDelete)
    @_specialize(exported:true,where Self == ContactInsert)
    @_specialize(exported:true,where Self == ContactUpdate)
    @_specialize(exported:true,where Self == ContactDelete)
    @_specialize(exported:true,where Self == DialogCreated)
    @_specialize(exported:true,where Self == DialogUpdated)
    @_specialize(exported:true,where Self == DialogDeleted)
    @_specialize(exported:true,where Self == DialogCSeqUpdate)
    @_specialize(exported:true,where Self == DialogValue)
    @_specialize(exported:true,where Self == ProfileCounters)
    @_specialize(exported:true,where Self == PipeCounters)
    @_specialize(exported:true,where Self == Ping)
    @_specialize(exported:true,where Self == Pong)
    public mutating func encode(
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

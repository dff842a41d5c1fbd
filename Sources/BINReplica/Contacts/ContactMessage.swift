import BINMessages
import BINWire

/// A contact message and what belongs to it.
struct ContactMessage: ~Escapable {
    /// The bytes that its texts refer to.
    let packet: RawSpan
    /// The layout it was read in.
    let layout: ContactLayout
    /// Node that sent it.
    let sender: Int32
    /// Unix time in seconds.
    let now: UInt64

    @_lifetime(copy packet)
    init(_ packet: RawSpan, _ layout: ContactLayout, sender: Int32, now: UInt64) {
        self.packet = packet
        self.layout = layout
        self.sender = sender
        self.now = now
    }

    @_lifetime(copy self)
    func bytes(_ text: Text) -> RawSpan {
        // A text of a decoded message lies inside of its packet.
        if let bytes = try? text.bytes(in: packet) { return bytes }
        return packet.extracting(first: 0)
    }
}

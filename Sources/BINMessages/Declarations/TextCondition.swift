public import BINWire

/// When fields are there that a text decides about.
public enum TextCondition: Hashable, Sendable {
    /// The text is this one.
    case equals(String)
    /// The text is none of these.
    case isNone(of: [String])
    /// The text has at least one byte.
    case isNotEmpty

    /// Whether the bytes of `text` in `source` meet it; a text outside of `source` does not.
    public func holds(for text: Text, in source: RawSpan) -> Bool {
        guard let bytes = try? text.bytes(in: source) else { return false }
        switch self {
        case .equals(let expected): return TextCondition.areEqual(bytes, expected)
        case .isNone(let others): return !others.contains { TextCondition.areEqual(bytes, $0) }
        case .isNotEmpty: return !text.isEmpty
        }
    }

    private static func areEqual(_ bytes: RawSpan, _ string: String) -> Bool {
        let utf8 = string.utf8
        guard utf8.count == bytes.byteCount else { return false }
        for (position, byte) in utf8.enumerated() where byte != bytes.uint8(uncheckedAt: position) { return false }
        return true
    }
}

/// What the largest packet can hold, the bound of counts that the senders themselves do not limit.
///
/// A count above it could not be followed by that many elements, so refusing it loses nothing; below it every element
/// read takes bytes of the packet, so that a false count costs no more than the packet is long.
enum PacketCapacity {
    /// The most elements of at least `size` bytes each.
    static func elements(ofAtLeast size: Int32) -> Int32 { Int32(Framing.maximumLength) / size }
}

/// The name of a capability, a sharing tag or a command: bytes that are compared one by one (Spec/clusterer.md, CL-45).
///
/// A `String` would call texts equal whose bytes differ, and need not be what a peer sends.
public struct WireName: Hashable, Sendable {
    /// The bytes.
    public let bytes: [UInt8]

    /// Longest name that is kept, in bytes; names in use have up to 23.
    public static let maximumLength = 128

    /// A name of these bytes.
    public init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The UTF-8 bytes of `text`.
    public init(_ text: String) {
        self.bytes = Array(text.utf8)
    }
}

extension WireName: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) {
        self.init(text)
    }
}

extension WireName: Comparable {
    /// Byte by byte.
    public static func < (left: WireName, right: WireName) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

extension WireName: CustomStringConvertible {
    /// The text; bytes that are not UTF-8 are replaced.
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}

public import BINWire

/// How the receiver finds the contact that is meant (Spec/usrloc.md, match block; since 3.1.3).
public struct ContactMatch: FieldGroup, Hashable {
    /// -1 the receiver's own way, 0 by contact URI, 1 by contact URI and Call-ID, 2 by URI parameters.
    public var mode: Int32 = -1
    /// Mode 2: names of the URI parameters.
    public var parameters = TextList()

    /// The most URI parameters accepted.
    public static let parameterLimit: Int32 = 64

    public init() {}

    @inline(__always)
    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: ContactLayout
    ) throws(WireError) {
        try visitor.integer(
            "matchMode", &mode, .matchMode, "-1 default, 0 contact only, 1 contact and Call-ID, 2 URI parameters")
        if visitor.begin(.equals(2), on: "matchMode", value: mode) {
            var count = parameters.count
            try visitor.count("matchCount", &count, atMost: ContactMatch.parameterLimit, "number of URI parameters")
            try visitor.texts("matchParams", &parameters, count: count, "names of the URI parameters")
            visitor.endCondition()
        }
    }
}

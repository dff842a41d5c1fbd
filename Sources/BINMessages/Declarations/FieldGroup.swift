public import BINWire

/// Fields that stand together: a message, or a group that is repeated in one.
public protocol FieldGroup: Sendable {
    /// What decides which of the fields are there.
    associatedtype Layout: WireLayout

    /// A group with all fields empty.
    init()

    /// Visits every field that `layout` has, in wire order.
    ///
    /// This is the one declaration of the group. It must call the visitor in the same way whatever the values are,
    /// except where a count or a condition says so, because the layouts are exported by walking it without values.
    mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: Layout
    ) throws(WireError)
}

/// One way in which the packets of a capability are laid out, and who sends it.
public protocol WireLayout: Hashable, Sendable, CaseIterable {
    /// Its name in the specification, such as `U-K`.
    var name: String { get }
    /// The releases that send it.
    var releases: ReleaseSet { get }
    /// The framing that those releases use.
    var framing: Framing { get }
}

/// A group of fields that is the body of a packet or of a sync chunk.
public protocol Message: FieldGroup {
    /// Its name in the specification and in the output of the tools, such as `contact-insert` or `PING`.
    static var name: StaticString { get }

    /// How the message is recognised in `layout`; nil when that layout does not have it.
    static func identity(in layout: Layout) -> MessageIdentity?

    /// The releases that send this message in `layout`, by default all that use the layout.
    static func releases(in layout: Layout) -> ReleaseSet

    /// The name that distinguishes the layouts of this message, by default that of the layout.
    static func layoutName(in layout: Layout) -> String

    /// The layout in which a receiver of `layout` reads a packet whose header says `version`; nil when it drops it.
    ///
    /// By default a receiver accepts only the version that it sends itself.
    static func reading(version: Int16?, in layout: Layout) -> Layout?

    /// Whether the decoded values make sense in `layout`; decides between layouts that fit the same bytes.
    func isPlausible(in layout: Layout, source: RawSpan) -> Bool
}

extension Message {
    /// All releases of the layout.
    public static func releases(in layout: Layout) -> ReleaseSet { layout.releases }

    /// The name of the layout.
    public static func layoutName(in layout: Layout) -> String { layout.name }

    /// `layout` for exactly its own version.
    public static func reading(version: Int16?, in layout: Layout) -> Layout? {
        identity(in: layout)?.version == version ? layout : nil
    }

    /// True.
    public func isPlausible(in layout: Layout, source: RawSpan) -> Bool { true }
}

/// How a message is recognised: capability, type and version of the header.
public struct MessageIdentity: Hashable, Sendable {
    /// Name of the capability or module.
    public var capability: String
    /// Packet type; nil for what stands in the chunks of a sync packet, which have no type of their own.
    public var type: Int32?
    /// Version in the header, for a chunk the data version; nil where there is none.
    public var version: Int16?
    /// Where cluster and node stand.
    public var routing: RoutingKind

    /// A packet of `capability`.
    public static func packet(
        _ capability: String, type: Int32, version: Int16?, routing: RoutingKind
    ) -> MessageIdentity {
        MessageIdentity(capability: capability, type: type, version: version, routing: routing)
    }

    /// A sync chunk of `capability`. `version` is its data version; sync packets before 2.4.7 and 3.0.1 do not say it.
    public static func chunk(_ capability: String, version: Int16?) -> MessageIdentity {
        MessageIdentity(capability: capability, type: nil, version: version, routing: .none)
    }
}

/// Where a packet says which node it comes from.
public enum RoutingKind: Hashable, Sendable {
    /// Nowhere (2.1), or in its first field (2.2).
    case none
    /// In its first two fields: cluster and source.
    case leading
    /// In the trailer.
    case trailer
}

/// Internal flags of a contact (Spec/usrloc.md, flags).
public struct ContactFlags: OptionSet, Hashable, Sendable {
    public let rawValue: Int32

    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// Not written to the database.
    public static let memoryOnly = ContactFlags(rawValue: 1)
    /// Behind another hop; 2.4 and later.
    public static let extraHop = ContactFlags(rawValue: 2)
    /// Reached by push notification; 3.1 and later.
    public static let pushNotification = ContactFlags(rawValue: 4)

    /// The flags that a release has; what is not known yet is passed to the newest.
    static func known(in layout: ContactLayout, _ release: Release) -> ContactFlags {
        if layout < .d { return .memoryOnly }
        return release < Release(3, 1, 0) ? [.memoryOnly, .extraHop] : ContactFlags(rawValue: -1)
    }
}

/// A set of SIP methods (Spec/usrloc.md, methods).
public struct SIPMethods: OptionSet, Hashable, Sendable {
    public let rawValue: Int32

    public init(rawValue: Int32) { self.rawValue = rawValue }

    public static let invite = SIPMethods(rawValue: 1)
    public static let cancel = SIPMethods(rawValue: 2)
    public static let ack = SIPMethods(rawValue: 4)
    public static let bye = SIPMethods(rawValue: 8)
    public static let info = SIPMethods(rawValue: 16)
    public static let options = SIPMethods(rawValue: 32)
    public static let update = SIPMethods(rawValue: 64)
    public static let register = SIPMethods(rawValue: 128)
    public static let message = SIPMethods(rawValue: 256)
    public static let subscribe = SIPMethods(rawValue: 512)
    public static let notify = SIPMethods(rawValue: 1024)
    public static let prack = SIPMethods(rawValue: 2048)
    public static let refer = SIPMethods(rawValue: 4096)
    public static let publish = SIPMethods(rawValue: 8192)
    public static let other = SIPMethods(rawValue: 16384)

    /// All 32 bits: the REGISTER did not say.
    public static let notStated = SIPMethods(rawValue: -1)

    /// The names, `["ALL"]` for ``notStated``; see ``FlagNames/names(in:)``.
    public var names: [String] { FlagNames.methods.names(in: rawValue) }
}

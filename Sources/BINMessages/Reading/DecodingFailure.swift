public import BINWire

/// Why a packet could not be read, with everything that is known: capability, message, layout, field and offset.
public struct DecodingFailure: Error, Hashable, Sendable {
    /// What was wrong.
    public enum Reason: Hashable, Sendable {
        /// A rule of the wire was broken.
        case wire(WireError.Code)
        /// No declaration for the capability.
        case undeclaredCapability
        /// No declaration for this type of the capability.
        case undeclaredType(Int32)
        /// No layout has this version.
        case undeclaredVersion(Int16)
        /// Written anew from its fields the packet has other bytes.
        case reencodesDifferently
        /// No layout of the releases in question fits; says which.
        case wrongRelease(ReleaseSet)
        /// A text that is to become a string is not UTF-8. Only typed values ask for that, see ``ReplicationConsumer``.
        case notUTF8
    }

    /// What was wrong.
    public let reason: Reason
    /// Offset in the packet.
    public let offset: Int
    /// Name of the capability.
    public let capability: String
    /// Name of the message, as far as it is known.
    public let message: String?
    /// Name of the layout it was read in.
    public let layout: String?
    /// The field that could not be read.
    public let field: String?

    /// A failure of which all is known.
    public init(
        _ reason: Reason, offset: Int, capability: String, message: String? = nil, layout: String? = nil,
        field: String? = nil
    ) {
        self.reason = reason
        self.offset = offset
        self.capability = capability
        self.message = message
        self.layout = layout
        self.field = field
    }
}

extension DecodingFailure.Reason {
    /// The name of the case, or that of the rule of the wire, as the test vectors state it.
    public var name: String {
        switch self {
        case .wire(let code): code.name
        case .undeclaredCapability: "undeclaredCapability"
        case .undeclaredType: "undeclaredType"
        case .undeclaredVersion: "undeclaredVersion"
        case .reencodesDifferently: "reencodesDifferently"
        case .wrongRelease: "wrongRelease"
        case .notUTF8: "notUTF8"
        }
    }
}

extension DecodingFailure: CustomStringConvertible {
    /// One sentence without a full stop, such as
    /// `usrloc-contact-repl contact-insert (U-K): expires at offset 112: a string that carries a fixed-size value has another size`.
    public var description: String {
        var words = capability
        if let message { words += " \(message)" }
        if let layout { words += " (\(layout))" }
        words += ": "
        if let field { words += "\(field) at offset \(offset): " }
        switch reason {
        case .wire(let code): words += "\(code)"
        case .undeclaredCapability: words += "the capability is not declared"
        case .undeclaredType(let type): words += "type \(type) is not declared"
        case .undeclaredVersion(let version): words += "no layout has version \(version)"
        case .reencodesDifferently: words += "written anew from its fields it differs at offset \(offset)"
        case .wrongRelease(let releases): words += "no layout of \(releases) fits"
        case .notUTF8: words += "the text is not UTF-8"
        }
        return words
    }
}

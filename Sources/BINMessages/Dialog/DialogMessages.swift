public import BINWire

/// A dialog was confirmed (Spec/dialog.md, type 1).
public struct DialogCreated: Message {
    public static let name: StaticString = "created"

    /// The dialog.
    public var dialog = DialogState()

    public init() {}

    public static func identity(in layout: DialogLayout) -> MessageIdentity? { layout.identity(type: 1) }

    public static func reading(version: Int16?, in layout: DialogLayout) -> DialogLayout? {
        layout.reading(version: version)
    }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: DialogLayout
    ) throws(WireError) {
        try dialog.fields(&visitor, in: layout)
    }

    public func isPlausible(in layout: DialogLayout, source: RawSpan) -> Bool {
        dialog.hasPlausibleTexts(in: layout, source: source)
    }
}

/// A dialog changed (Spec/dialog.md, type 2).
public struct DialogUpdated: Message {
    public static let name: StaticString = "updated"

    /// The dialog.
    public var dialog = DialogState()

    public init() {}

    public static func identity(in layout: DialogLayout) -> MessageIdentity? { layout.identity(type: 2) }

    public static func reading(version: Int16?, in layout: DialogLayout) -> DialogLayout? {
        layout.reading(version: version)
    }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: DialogLayout
    ) throws(WireError) {
        try dialog.fields(&visitor, in: layout)
    }

    public func isPlausible(in layout: DialogLayout, source: RawSpan) -> Bool {
        dialog.hasPlausibleTexts(in: layout, source: source)
    }
}

/// What a chunk of a dialog sync holds (Spec/dialog.md, sync).
public struct DialogSyncChunk: Message {
    public static let name: StaticString = "sync-chunk"

    /// The dialog.
    public var dialog = DialogState()

    public init() {}

    public static func identity(in layout: DialogLayout) -> MessageIdentity? {
        guard layout >= .e2_4 else { return nil }
        return .chunk(layout.capability, version: layout.version)
    }

    public static func reading(version: Int16?, in layout: DialogLayout) -> DialogLayout? {
        layout.reading(version: version)
    }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: DialogLayout
    ) throws(WireError) {
        try dialog.fields(&visitor, in: layout)
    }

    public func isPlausible(in layout: DialogLayout, source: RawSpan) -> Bool {
        dialog.hasPlausibleTexts(in: layout, source: source)
    }
}

/// A dialog ended (Spec/dialog.md, type 3).
public struct DialogDeleted: Message {
    public static let name: StaticString = "deleted"

    /// 2.2 only: node id of the sender.
    public var serverID: Int32 = 0
    /// Call-ID.
    public var callID = Text()
    /// Tag of the caller.
    public var fromTag = Text()
    /// Tag of the callee.
    public var toTag = Text()
    /// Number of the dialog inside of its hash bucket.
    public var hashID: Int32 = 0

    public init() {}

    public static func identity(in layout: DialogLayout) -> MessageIdentity? { layout.identity(type: 3) }

    public static func reading(version: Int16?, in layout: DialogLayout) -> DialogLayout? {
        layout.reading(version: version)
    }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: DialogLayout
    ) throws(WireError) {
        if layout.hasServerID {
            try visitor.integer("serverId", &serverID, .node, "node id of the sender")
        }
        try visitor.text("callid", &callID, .plain, "Call-ID")
        try visitor.text("fromTag", &fromTag, .plain, "tag of the caller")
        try visitor.text("toTag", &toTag, .plain, "tag of the callee")
        if layout.hasDialogID {
            try visitor.integer("hId", &hashID, .plain, "number of the dialog inside of its hash bucket")
        }
    }
}

/// The CSeq that the sending node generates towards a leg changed (Spec/dialog.md; type 5 in 2.4.6 and later, 4 from 3.0).
public struct DialogCSeqUpdate: Message {
    public static let name: StaticString = "cseq-update"

    /// Call-ID.
    public var callID = Text()
    /// Tag of the other leg.
    public var oppositeTag = Text()
    /// Tag of the leg whose generated CSeq changed.
    public var legTag = Text()
    /// Number of the dialog inside of its hash bucket.
    public var hashID: Int32 = 0
    /// The new last generated CSeq.
    public var generatedCSeq: Int32 = 0

    public init() {}

    public static func identity(in layout: DialogLayout) -> MessageIdentity? {
        switch layout {
        case .f: layout.identity(type: 5)
        case .g...: layout.identity(type: 4)
        default: nil
        }
    }

    /// Up to D-J nobody looks at the version.
    public static func reading(version: Int16?, in layout: DialogLayout) -> DialogLayout? {
        layout < .k ? layout : layout.reading(version: version)
    }

    public static func releases(in layout: DialogLayout) -> ReleaseSet {
        layout == .f ? ReleaseSet(.series(2, 4, 6...)) : layout.releases
    }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: DialogLayout
    ) throws(WireError) {
        try visitor.text("callid", &callID, .plain, "Call-ID")
        try visitor.text("oppositeTag", &oppositeTag, .plain, "tag of the opposite leg")
        try visitor.text("legTag", &legTag, .plain, "tag of the leg whose generated CSeq changed")
        if layout.hasDialogID {
            try visitor.integer("hId", &hashID, .plain, "number of the dialog inside of its hash bucket")
        }
        try visitor.integer("lastGeneratedCseq", &generatedCSeq, .plain, "new last generated CSeq")
    }
}

/// A sharing tag became active on the sending node (Spec/dialog.md, type 4 of 2.4 only; later a clusterer packet).
public struct DialogSharingTagActive: Message {
    public static let name: StaticString = "sharing-tag-active"

    /// Name of the tag.
    public var tag = Text()

    public init() {}

    public static func identity(in layout: DialogLayout) -> MessageIdentity? {
        layout == .e2_4 || layout == .f ? layout.identity(type: 4) : nil
    }

    /// No receiver looks at the version.
    public static func reading(version: Int16?, in layout: DialogLayout) -> DialogLayout? { layout }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: DialogLayout
    ) throws(WireError) {
        try visitor.text("tagName", &tag, .plain, "name of the sharing tag")
    }
}

/// A variable of a confirmed dialog was stored or deleted (Spec/dialog.md, type 5 of 3.5 and later).
public struct DialogValue: Message {
    public static let name: StaticString = "value"

    /// Call-ID.
    public var callID = Text()
    /// Number of the dialog inside of its hash bucket.
    public var hashID: Int32 = 0
    /// Name of the variable.
    public var variable = Text()
    /// 0 none (delete), 1 string, 2 integer.
    public var valueType: Int32 = 0
    /// The value of type 1.
    public var text = Text()
    /// The value of type 2.
    public var integer: Int32 = 0

    public init() {}

    public static func identity(in layout: DialogLayout) -> MessageIdentity? {
        layout >= .l ? layout.identity(type: 5) : nil
    }

    public static func reading(version: Int16?, in layout: DialogLayout) -> DialogLayout? {
        version == 4 || (version == 5 && layout == .m) ? layout : nil
    }

    public static func releases(in layout: DialogLayout) -> ReleaseSet {
        // D-L begins with 3.4, which does not have this packet yet.
        layout == .l ? ReleaseSet(.from((3, 5), through: (4, 0))) : layout.releases
    }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: DialogLayout
    ) throws(WireError) {
        try visitor.text("callid", &callID, .plain, "Call-ID")
        try visitor.integer("hId", &hashID, .plain, "number of the dialog inside of its hash bucket")
        try visitor.text("variableName", &variable, .variableName, "name of the variable")
        try visitor.integer("valueType", &valueType, .valueType, "0 none (delete), 1 string, 2 integer")
        if visitor.begin(.equals(1), on: "valueType", value: valueType) {
            try visitor.text("value", &text, .variableValue, "value of a string")
            visitor.endCondition()
        }
        if visitor.begin(.equals(2), on: "valueType", value: valueType) {
            try visitor.integer("value", &integer, .plain, "value of an integer")
            visitor.endCondition()
        }
    }
}

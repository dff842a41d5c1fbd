public import BINMessages
public import BINWire

/// A dialog in a ``DialogStore``: a number that no other dialog of the store ever has.
public struct DialogHandle: Hashable, Sendable {
    /// The number.
    public let serial: UInt64
}

/// A dialog's membership in a profile.
public struct ProfileLink: Hashable, Sendable {
    /// Name of the profile, without suffix.
    public var profile: String
    /// `/b` replicated over BIN, `/s` shared through a cachedb, empty local.
    public var suffix: String
    /// The value; empty for a profile without values.
    public var value: String

    /// A membership.
    public init(profile: String, suffix: String, value: String) {
        self.profile = profile
        self.suffix = suffix
        self.value = value
    }

    /// A membership as the text of a dialog has it.
    /// - Parameters:
    ///   - name: the name of the profile and the suffix behind it.
    ///   - value: the value; empty for a profile without values.
    package init(name: [UInt8], value: [UInt8]) {
        let (profile, suffix) = DialogProfile.split(name)
        self.init(
            profile: String(decoding: profile, as: UTF8.self), suffix: suffix,
            value: String(decoding: value, as: UTF8.self))
    }
}

/// A dialog as replicated (Spec/dialog.md).
public struct Dialog: Sendable {
    /// Everything but variables and profiles. Its texts stand in ``texts``.
    public internal(set) var state: DialogState
    /// The bytes that the texts of ``state`` refer to.
    public internal(set) var texts: [UInt8]
    /// The variables in the order in which they came, escapes resolved. Values may be any bytes.
    public internal(set) var variables: [DialogText.Record] = []
    /// The profiles that it is in.
    public internal(set) var links: [ProfileLink] = []
    /// The node that sent the last change.
    public internal(set) var sender: Int32
    /// Bucket of the Call-ID.
    public internal(set) var bucket: UInt32
    /// Whether a sync that is under way brought it.
    var isSynced = false

    init(_ state: DialogState, texts: [UInt8], sender: Int32, bucket: UInt32) {
        self.state = state
        self.texts = texts
        self.sender = sender
        self.bucket = bucket
    }

    /// One of the texts of ``state``, such as `\.fromURI`; bytes that are not UTF-8 are replaced.
    public func text(_ text: KeyPath<DialogState, Text>) -> String {
        String(decoding: bytes(state[keyPath: text]), as: UTF8.self)
    }

    func bytes(_ text: Text) -> ArraySlice<UInt8> {
        let start = min(Int(text.offset), texts.count)
        return texts[start..<min(start + Int(text.length), texts.count)]
    }

    /// Call-ID.
    public var callID: String { text(\.callID) }

    /// The dialog id: bucket × 2³² + number in the bucket (DL-4).
    public var id: UInt64 { UInt64(bucket) << 32 | UInt64(UInt32(bitPattern: state.hashID)) }

    /// The value of a variable.
    public func variable(_ name: String) -> [UInt8]? {
        variables.first { $0.name.elementsEqual(name.utf8) }?.value
    }

    /// The sharing tag that owns the dialog: the variable `dlgX_shtag` (DL-11).
    public var sharingTag: String? { variable("dlgX_shtag").map { String(decoding: $0, as: UTF8.self) } }

    /// Bytes that it takes, roughly.
    var size: Int {
        texts.count + variables.reduce(0) { $0 + $1.name.count + $1.value.count + 48 } + links.count * 64 + 512
    }

    // MARK: Changes

    /// Sets or overwrites the variables listed; others stay (DL-12).
    mutating func set(_ records: [DialogText.Record]) {
        for record in records {
            if let index = variables.firstIndex(where: { $0.name == record.name }) {
                variables[index] = record
            } else {
                variables.append(record)
            }
        }
    }

    /// Removes a variable; false when there was none.
    mutating func remove(_ name: [UInt8]) -> Bool {
        let count = variables.count
        variables.removeAll { $0.name == name }
        return variables.count < count
    }

    /// Links it to the profiles listed. A new dialog may be in several values of a profile; an update adds no value to a
    /// profile that the dialog is in already (DL-12).
    /// - Returns: the new links.
    mutating func link(_ records: [DialogText.Record], isNew: Bool) -> [ProfileLink] {
        let known = links
        var added: [ProfileLink] = []
        for record in records {
            let link = ProfileLink(name: record.name, value: record.value)
            let isKnown =
                isNew
                ? links.contains(link)
                : known.contains { $0.profile == link.profile && $0.suffix == link.suffix } || added.contains(link)
            guard !isKnown else { continue }
            links.append(link)
            added.append(link)
        }
        return added
    }
}

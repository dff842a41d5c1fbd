public import BINMessages

/// How a receiver of dialogs decides, by its release (Spec/dialog.md, receiver rules).
public struct DialogRules: Hashable, Sendable {
    /// How the dialog that a packet means is found (DL-18).
    public enum LookUp: Hashable, Sendable {
        /// By Call-ID and both tags, in either order: 2.1–2.3.
        case tagsInEitherOrder
        /// By Call-ID and both tags as given: 2.4 to 3.1.5 and 3.2.2.
        case tags
        /// By the bucket of the Call-ID and the number in it: 3.1.6, 3.2.3, 3.3 and later, except for packets of version 3.
        case id
    }

    /// How a dialog is found.
    public var lookUp: LookUp
    /// Whether an update of a dialog that has ended here is ignored: 2.4.7, 3.0.1 and later (DL-21).
    public var ignoresUpdatesOfEnded: Bool
    /// Whether an update takes over contacts and SDPs: 2.4.9, 3.0.4 and later (DL-21).
    public var updatesSessions: Bool
    /// Whether it takes over the advertised contacts too: 3.0.4 and later 3.0, 3.1.0–3.1.1 (DL-21).
    public var updatesAdvertisedContacts: Bool
    /// Whether at the end of a sync dialogs are dropped that it did not bring: 3.2 and later (DL-25).
    public var dropsUnsynced: Bool
    /// Number of hash buckets; all nodes need the same (DL-4). A power of two.
    public var buckets: UInt32

    /// The rules of `release`; 4096 buckets, the default of the servers.
    public init(_ release: Release, buckets: UInt32 = 4096) {
        let isPatched =
            (release.major, release.minor) == (3, 1)
            ? release.patch >= 6
            : (release.major, release.minor) == (3, 2) ? release.patch >= 3 : release >= Release(3, 3, 0)
        lookUp = release < Release(2, 4, 0) ? .tagsInEitherOrder : isPatched ? .id : .tags
        ignoresUpdatesOfEnded =
            release.major == 2 ? release >= Release(2, 4, 7) : release >= Release(3, 0, 1)
        updatesSessions = release.major == 2 ? release >= Release(2, 4, 9) : release >= Release(3, 0, 4)
        updatesAdvertisedContacts = release >= Release(3, 0, 4) && release < Release(3, 1, 2)
        dropsUnsynced = release >= Release(3, 2, 0)
        self.buckets = buckets > 0 && buckets & (buckets - 1) == 0 ? buckets : 4096
    }
}

/// What a store of dialogs holds at most.
public struct DialogLimits: Hashable, Sendable {
    /// Dialogs.
    public var dialogs = 1_000_000
    /// Bytes of their texts.
    public var bytes = 2 << 30
    /// How long a dialog is kept after its time-out, in seconds. Its owner ends it and says so; this is for those whose
    /// owner is gone.
    public var grace: UInt64 = 60

    /// The limits above.
    public init() {}
}

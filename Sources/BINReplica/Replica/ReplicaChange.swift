public import BINWire

/// What one message, or the passing of time, did to a replica; or why it did nothing.
public struct ReplicaChange: Hashable, Sendable {
    /// What was changed.
    public enum Subject: Hashable, Sendable {
        /// An address of record.
        case addressOfRecord(AoRHandle)
        /// A contact of an address of record. The contact is nil when it is not known.
        case contact(ContactHandle?, of: AoRHandle?)
        /// A dialog; nil when it is not known.
        case dialog(DialogHandle?)
        /// The counter of a profile, or of one value of it.
        case profile(String, value: String?)
        /// A rate-limit pipe.
        case pipe(String)
        /// None of these: the whole packet, or the whole chunk.
        case packet
    }

    /// What happened to it.
    public enum Action: Hashable, Sendable {
        /// It is new.
        case inserted
        /// It is another one than before.
        case updated
        /// It was deleted.
        case deleted
        /// Its time was up.
        case expired
        /// Nothing, and why.
        case ignored(Reason)
    }

    /// What was changed. Records of contacts and AoRs that were deleted can be read until the next change.
    public var subject: Subject
    /// What happened to it.
    public var action: Action
    /// Where the message stands in the packet: the body, or the chunk of a sync. Empty when time passed.
    public var message: Text
    /// Number of the change among all of the replica that were not ignored, beginning with 1; of an ignored one, that of the
    /// change before. Whoever follows the changes takes a snapshot and goes on behind its number.
    public var sequence: UInt64
}

extension ReplicaChange {
    /// Why a message changed nothing.
    public enum Reason: Hashable, Sendable {
        /// The bytes are not what the sender's release writes.
        case unreadable(WireError)
        /// Not a capability, or not a message, that anything is kept of.
        case notKept
        /// The sender's release has no such message.
        case notOfRelease
        /// A receiver of the release whose rules apply drops this version.
        case versionNotAccepted(Int16)
        /// There is more than the limits allow.
        case limit(Limit)

        /// A socket is none of the receiver's (UL-14, DL-20).
        case foreignSocket
        /// The table of contacts is not known (UL-29).
        case unknownDomain
        /// The address of record is empty (UL-26).
        case emptyAddressOfRecord
        /// The address of record is known, so that nothing changes (UL-30).
        case knownAddressOfRecord
        /// There is no such address of record.
        case unknownAddressOfRecord
        /// There is no such contact.
        case unknownContact
        /// The match mode is none of the four (UL-7).
        case unknownMatchMode
        /// The CSeq is lower than that of the stored contact (UL-32).
        case olderCSeq
        /// The CSeq is that of the stored contact: a retransmission (UL-32).
        case sameCSeq
        /// Strict rules: what is stored counts more.
        case outranked
        /// Strict rules: a delete with this CSeq or a higher one came before.
        case deletedBefore
        /// Strict rules: nothing depends on this message.
        case carriesNothing

        /// The dialog is known, so that nothing changes (DL-19).
        case knownDialog
        /// There is no such dialog.
        case unknownDialog
        /// The dialog has ended (DL-21).
        case endedDialog
        /// None of the dialog's legs has the tag.
        case unknownLeg
        /// The sharing tag of the dialog does not wait for a sync (DL-25).
        case tagNotSynced

        /// No profile has the name (DL-32).
        case unknownProfile
        /// The profile has values and the counter has none, or the other way round (DL-32).
        case profileKindDiffers
        /// The profile is not replicated; the rest of the packet is left out.
        case profileNotReplicated
        /// A counter of 0 for what is not known (DL-29).
        case nothingToTakeBack
        /// A name is not UTF-8.
        case nameNotUTF8
        /// Aggregates of other clusters are not used (RL-4).
        case bridgingOff
    }

    /// A limit that was reached.
    public enum Limit: Hashable, Sendable {
        case contacts
        case contactsPerAoR
        case addressesOfRecord
        case domains
        case memory
        case dialogs
        case profiles
        case profileValues
        case pipes
        case peers
    }
}

/// The changes of one packet, or of one moment; meant to be used again for the next.
public struct ReplicaChanges: Sendable {
    /// The changes in the order in which they happened.
    public private(set) var changes: [ReplicaChange] = []
    /// The number of the last change.
    var sequence: UInt64 = 0
    /// Where the message that is applied stands.
    var message = Text()

    /// No change.
    public init() {}

    /// Forgets all changes.
    public mutating func removeAll() {
        changes.removeAll(keepingCapacity: true)
        message = Text()
    }

    @inline(__always)
    mutating func append(_ subject: ReplicaChange.Subject, _ action: ReplicaChange.Action) {
        if case .ignored = action {} else { sequence &+= 1 }
        changes.append(ReplicaChange(subject: subject, action: action, message: message, sequence: sequence))
    }

    mutating func ignore(_ subject: ReplicaChange.Subject, _ reason: ReplicaChange.Reason) {
        append(subject, .ignored(reason))
    }
}

extension ReplicaChanges {
    /// How many chunks of a sync packet count as applied: all but those that came to nothing. One that was left empty counts, and
    /// one that the rules ignore (CL-56, CL-57).
    /// - Parameter count: chunks of the packet; nil in sync v1, which does not tell.
    public func appliedChunks(of count: Int?) -> Int {
        max(0, (count ?? changes.count) - changes.count { $0.action.isLoss })
    }
}

extension ReplicaChange.Action {
    /// Whether a part of a sync came to nothing that should have been applied.
    fileprivate var isLoss: Bool {
        guard case .ignored(let reason) = self else { return false }
        switch reason {
        case .unreadable, .versionNotAccepted, .notOfRelease, .notKept, .limit: return true
        default: return false
        }
    }
}

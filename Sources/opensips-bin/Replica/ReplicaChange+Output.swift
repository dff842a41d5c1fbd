import BINReplica

extension ReplicaChange.Action {
    /// What happened, in a word.
    var word: String {
        switch self {
        case .inserted: "inserted"
        case .updated: "updated"
        case .deleted: "deleted"
        case .expired: "expired"
        case .ignored: "ignored"
        }
    }

    /// Why nothing happened; nil when something did.
    var explanation: String? {
        if case .ignored(let reason) = self { reason.explanation } else { nil }
    }
}

extension ReplicaChange.Subject {
    /// What it is, in a word or two.
    var word: String {
        switch self {
        case .addressOfRecord: "address of record"
        case .contact: "contact"
        case .dialog: "dialog"
        case .profile: "profile counter"
        case .pipe: "pipe"
        case .packet: "packet"
        }
    }
}

extension ReplicaChange.Reason {
    /// Why a message changed nothing, for people.
    var explanation: String {
        switch self {
        case .unreadable(let error): "it cannot be read: \(error)"
        case .notKept: "nothing is kept of it"
        case .notOfRelease: "the sender's release has no such message"
        case .versionNotAccepted(let version): "this release drops version \(version)"
        case .limit(let limit): "the limit of \(limit.words) is reached"
        case .foreignSocket: "its socket is none of the node's own"
        case .unknownDomain: "there is no such table"
        case .emptyAddressOfRecord: "the address of record is empty"
        case .knownAddressOfRecord: "the address of record is known"
        case .unknownAddressOfRecord: "there is no such address of record"
        case .unknownContact: "there is no such contact"
        case .unknownMatchMode: "the match mode is unknown"
        case .olderCSeq: "its CSeq is lower than the stored one"
        case .sameCSeq: "its CSeq is the stored one: nothing new"
        case .outranked: "what is stored counts more"
        case .deletedBefore: "a delete with this CSeq or a higher one came before"
        case .carriesNothing: "nothing depends on it"
        case .knownDialog: "the dialog is known"
        case .unknownDialog: "there is no such dialog"
        case .endedDialog: "the dialog has ended"
        case .unknownLeg: "no leg of the dialog has this tag"
        case .tagNotSynced: "the sharing tag does not wait for a sync"
        case .unknownProfile: "there is no such profile"
        case .profileKindDiffers: "the profile has values here and none there"
        case .profileNotReplicated: "the profile is not replicated"
        case .nothingToTakeBack: "a counter of 0 for what is not known"
        case .nameNotUTF8: "a name is not UTF-8"
        case .bridgingOff: "counters of other clusters are not used"
        }
    }
}

extension ReplicaChange.Limit {
    /// What there is too much of.
    fileprivate var words: String {
        switch self {
        case .contacts: "contacts"
        case .contactsPerAoR: "contacts of one address of record"
        case .addressesOfRecord: "addresses of record"
        case .domains: "tables"
        case .memory: "memory"
        case .dialogs: "dialogs"
        case .profiles: "profiles"
        case .profileValues: "values of profiles"
        case .pipes: "pipes"
        case .peers: "peers"
        }
    }
}

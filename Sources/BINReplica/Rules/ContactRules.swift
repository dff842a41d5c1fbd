public import BINMessages

/// How a receiver of contacts decides, by its release (Spec/usrloc.md, receiver rules).
///
/// A replica that is to hold what an OpenSIPS node holds takes the rules of that node's release. ``strict`` are rules of
/// our own, under which the order of packets does not matter.
public struct ContactRules: Hashable, Sendable {
    /// How contact URIs are compared (UL-5).
    public enum URIComparison: Hashable, Sendable {
        /// Byte for byte: up to 3.1.6 and 3.2.3.
        case bytes
        /// As SIP URIs: 3.1.7, 3.2.4, 3.3 and later.
        case sip
    }

    /// Where the id of a stored contact comes from (UL-8, UL-37).
    public enum ContactIDs: Hashable, Sendable {
        /// From the packet: up to 3.4.9 and 3.5.2.
        case fromPacket
        /// From the receiver's own record label and hash: 3.4.10, 3.5.3, 3.6 and later.
        case recomputed
    }

    /// How the contact that a packet means is found where the packet does not say it, or says -1: the receiver's parameter
    /// `matching_mode`.
    public enum MatchingMode: Hashable, Sendable {
        /// By contact URI.
        case uri
        /// By contact URI and Call-ID.
        case uriAndCallID
    }

    /// Whether an insert looks for the contact first; up to 2.3 it is appended in any case (UL-33).
    public var looksUpOnInsert: Bool
    /// Whether contacts with expires 10, deleted but not flushed, are invisible to look-ups: 2.4 and later.
    public var hidesDeleted: Bool
    /// How contact URIs are compared.
    public var uriComparison: URIComparison
    /// The receiver's own way of matching.
    public var matchingMode: MatchingMode
    /// Whether packets without a match block are matched by URI and Call-ID: 3.1.3 and later (UL-6).
    public var matchesOldPacketsByCallID: Bool
    /// Where contact ids come from.
    public var contactIDs: ContactIDs
    /// Whether an AoR without live contacts takes the record label of an insert: 3.1.4, 3.2.1 and 3.3 (UL-37).
    public var adoptsRecordLabel: Bool
    /// Whether an empty AoR is refused: 2.4.10, 3.1.2, 3.2 and later (UL-26).
    public var refusesEmptyAoR: Bool
    /// Whether a contact whose socket is none of the receiver's own is refused: 2.1, 2.2.0–2.2.2; later ones keep it without
    /// the socket (UL-14).
    public var refusesForeignSockets: Bool
    /// Whether the order of packets must not matter. The rules above are then not asked, except ``refusesEmptyAoR``.
    ///
    /// A contact is then known by AoR, URI and Call-ID, byte for byte. Of all inserts and updates of it the greatest counts,
    /// compared by CSeq, time of the last change, and then the other fields; a delete takes away what has its CSeq or a
    /// lower one, also when that comes later. An AoR is there as long as it has contacts: AoR deletes, which say nothing
    /// about their time, change nothing, as senders delete the contacts before (Spec/usrloc.md, sender rules).
    public var isStrict: Bool

    /// The rules of `release`.
    public init(_ release: Release, matchingMode: MatchingMode = .uri) {
        looksUpOnInsert = release >= Release(2, 4, 0)
        hidesDeleted = looksUpOnInsert
        uriComparison = ContactRules.isFrom(release, (3, 1, 7), (3, 2, 4), (3, 3, 0)) ? .sip : .bytes
        self.matchingMode = matchingMode
        matchesOldPacketsByCallID = release >= Release(3, 1, 3)
        contactIDs = ContactRules.isFrom(release, (3, 4, 10), (3, 5, 3), (3, 6, 0)) ? .recomputed : .fromPacket
        adoptsRecordLabel =
            ContactRules.isFrom(release, (3, 1, 4), (3, 2, 1), (3, 3, 0)) && release < Release(3, 4, 0)
        refusesEmptyAoR = ContactRules.isFrom(release, (2, 4, 10), (3, 1, 2), (3, 2, 0))
        refusesForeignSockets = release < Release(2, 2, 3)
        isStrict = false
    }

    /// Rules under which the same set of packets gives the same contacts, in whatever order and however often they come.
    public static let strict: ContactRules = {
        var rules = ContactRules(Release(4, 0, 1), matchingMode: .uriAndCallID)
        rules.uriComparison = .bytes
        rules.contactIDs = .fromPacket
        rules.isStrict = true
        return rules
    }()

    /// Whether a change that was made in two series as a point release, and in all from `newest` on, is in `release`.
    private static func isFrom(
        _ release: Release, _ first: (UInt8, UInt8, UInt8), _ second: (UInt8, UInt8, UInt8),
        _ newest: (UInt8, UInt8, UInt8)
    ) -> Bool {
        for point in [first, second] where release.major == point.0 && release.minor == point.1 {
            return release.patch >= point.2
        }
        return release >= Release(newest.0, newest.1, newest.2)
    }
}

public import BINMessages
public import BINWire

/// What a replica is to be.
public struct ReplicaConfiguration: Sendable {
    /// The release whose rules apply: that of the node whose state is to be held.
    public var release: Release
    /// Whether packets are dropped whose version a receiver of that release does not take. Off, whatever can be read counts.
    public var refusesOtherVersions = true
    /// Whether contacts are kept by rules under which the order of packets does not matter (``ContactRules/strict``).
    public var hasStrictContacts = false
    /// Where ids of contacts come from; nil for what the release does. A copy keeps those of the packets.
    public var contactIDs: ContactRules.ContactIDs?
    /// The receiver's own way of finding contacts: `matching_mode`.
    public var matchingMode: ContactRules.MatchingMode = .uri
    /// The tables of contacts that there are; nil to take whichever come.
    public var domains: [String]?
    /// Limits of contacts.
    public var contactLimits = ContactLimits()
    /// Number of hash buckets of dialogs: `hash_size`.
    public var dialogBuckets: UInt32 = 4096
    /// The sockets of the node, as packets name them: `udp:10.0.0.1:5060`, or `udp:tag` from 3.0 on. As in a server, a dialog
    /// with another one is refused (DL-20), a contact loses it (UL-14). Nil to take all as they come.
    public var ownSockets: Set<String>?
    /// Limits of dialogs.
    public var dialogLimits = DialogLimits()
    /// The profiles that there are; nil to take whichever come.
    public var profiles: [ProfileDefinition]?
    /// Limits of profiles.
    public var profileLimits = ProfileLimits()
    /// How pipes count.
    public var pipeParameters = PipeParameters()
    /// Any number that senders do not know; it decides about nothing but speed.
    public var seed: UInt64

    /// A replica by the rules of `release`.
    public init(release: Release, seed: UInt64) {
        self.release = release
        self.seed = seed
    }
}

/// What the packets that a node was sent add up to: contacts, dialogs, profile counters and rate-limit pipes.
///
/// A value that reads no clock and does no I/O: packets and the time are handed in, and each call says what it changed, or
/// why it changed nothing. A copy is a snapshot that can be read while the original goes on.
public struct Replica: Sendable {
    /// What it is.
    public let configuration: ReplicaConfiguration
    /// Addresses of record and contacts.
    public internal(set) var contacts: ContactStore
    /// Dialogs.
    public internal(set) var dialogs: DialogStore
    /// Profile counters, our own included.
    public var profiles: ProfileStore
    /// Rate-limit pipes, our own counts included.
    public var pipes: PipeStore
    /// Number of changes so far.
    public private(set) var sequence: UInt64 = 0
    /// The moment that was handed in last.
    public private(set) var time = ReplicaTime(milliseconds: 0)

    private var layouts: ReplicationLayouts
    private var otherLayouts: [Release: ReplicationLayouts] = [:]
    let ownLayouts: ReplicationLayouts
    // Used again from packet to packet.
    var contactInsert = ContactInsert()
    var contactUpdate = ContactUpdate()

    /// An empty replica.
    public init(_ configuration: ReplicaConfiguration) {
        self.configuration = configuration
        let release = configuration.release
        var contactRules =
            configuration.hasStrictContacts
            ? ContactRules.strict : ContactRules(release, matchingMode: configuration.matchingMode)
        contactRules.contactIDs = configuration.contactIDs ?? contactRules.contactIDs
        contacts = ContactStore(
            contactRules, limits: configuration.contactLimits, domains: configuration.domains,
            ownSockets: configuration.hasStrictContacts ? nil : configuration.ownSockets, seed: configuration.seed)
        dialogs = DialogStore(
            DialogRules(release, buckets: configuration.dialogBuckets), limits: configuration.dialogLimits,
            ownSockets: configuration.ownSockets)
        profiles = ProfileStore(configuration.profiles, release: release, limits: configuration.profileLimits)
        pipes = PipeStore(release: release, parameters: configuration.pipeParameters)
        layouts = ReplicationLayouts(release)
        ownLayouts = layouts
    }

    /// Applies one packet: a contact, dialog, counter or sync packet; others are ignored. Envelopes of `ext-deflate` are
    /// opened before (`EnvelopeOpener`).
    /// - Parameters:
    ///   - bytes: the packet.
    ///   - header: its header.
    ///   - sender: the node that made it. Counters are kept by it.
    ///   - release: the release that the sender runs.
    ///   - now: the time.
    ///   - changes: what happened is appended here, at least one entry a message or chunk except for counters that stayed
    ///     as they were.
    public mutating func apply(
        _ bytes: RawSpan, _ header: PacketHeader, from sender: Int32, release: Release, at now: ReplicaTime,
        into changes: inout ReplicaChanges
    ) {
        if layouts.release != release { layouts = layouts(of: release) }
        time = now
        changes.sequence = sequence
        defer { sequence = changes.sequence }
        let origin = Origin(sender: sender, layouts: layouts, now: now)
        switch Subject(bytes, header) {
        case .contacts: applyContacts(bytes, header, origin, &changes)
        case .dialogs: applyDialogs(bytes, header, origin, &changes)
        case .profiles: applyProfiles(bytes, header, origin, &changes)
        case .pipes: applyPipes(bytes, header, origin, &changes)
        case .sync: applySync(bytes, header, origin, &changes)
        case nil: changes.ignore(.packet, .notKept)
        }
    }

    /// Lets time pass: takes out contacts, dialogs, pipes and values whose time is up, forgets counters of silent peers, and ends
    /// intervals of pipes.
    /// - Parameters:
    ///   - now: the time.
    ///   - limit: the most contacts to take out at once; the rest goes with the next calls.
    /// - Returns: whether everything is done that is to be done at `now`.
    @discardableResult
    public mutating func advance(
        to now: ReplicaTime, limit: Int = .max, into changes: inout ReplicaChanges
    ) -> Bool {
        time = now
        changes.sequence = sequence
        defer { sequence = changes.sequence }
        changes.message = Text()
        let isDone = contacts.expire(at: now.seconds, limit: limit, into: &changes)
        dialogs.expire(at: now.seconds, into: &changes)
        profiles.clean(at: now, into: &changes)
        pipes.expire(at: now, into: &changes)
        return isDone
    }

    /// Says that a sync of dialogs begins, whose packets are then applied as any others.
    /// - Parameter tags: the sharing tags whose dialogs it is to bring; nil for all (DL-25).
    public mutating func beginDialogSync(awaiting tags: Set<String>? = nil) { dialogs.beginSync(awaiting: tags) }

    /// Says that the sync of dialogs ended. From 3.2 on, dialogs that it should have brought and did not are dropped (DL-25).
    public mutating func endDialogSync(into changes: inout ReplicaChanges) {
        changes.sequence = sequence
        defer { sequence = changes.sequence }
        changes.message = Text()
        dialogs.endSync(into: &changes)
    }

    private mutating func layouts(of release: Release) -> ReplicationLayouts {
        if let known = otherLayouts[release] { return known }
        let layouts = ReplicationLayouts(release)
        if otherLayouts.count < 256 { otherLayouts[release] = layouts }
        return layouts
    }

    /// Who sent a packet, and when it came.
    struct Origin {
        let sender: Int32
        let layouts: ReplicationLayouts
        let now: ReplicaTime
    }

    /// What a packet is about.
    enum Subject {
        case contacts, dialogs, profiles, pipes, sync

        init?(_ bytes: RawSpan, _ header: PacketHeader) {
            let start = Int(header.capability.offset)
            guard header.typeOffset <= bytes.byteCount else { return nil }
            let name = bytes.extracting(start..<header.typeOffset)
            // Told apart by length first: of the names that are looked at only two have the same.
            switch name.byteCount {
            case 19:
                if name.isEqual(Subject.contactName) { self = .contacts; return }
                if name.isEqual(Subject.pipeName) { self = .pipes; return }
            case 15:
                if name.isEqual(Subject.dialogName) { self = .dialogs; return }
                if name.isEqual(Subject.syncName) { self = .sync; return }
            case 16: if name.isEqual(Subject.profileName) { self = .profiles; return }
            case 2: if name.isEqual(Subject.oldContactName) { self = .contacts; return }
            case 6:
                // In 2.2 and 2.3 both are packets of one module.
                if name.isEqual(Subject.oldDialogName) { self = header.type == 4 ? .profiles : .dialogs; return }
            case 9: if name.isEqual(Subject.oldPipeName) { self = .pipes; return }
            default: break
            }
            return nil
        }

        private static let contactName = Array("usrloc-contact-repl".utf8)
        private static let pipeName = Array("ratelimit-pipe-repl".utf8)
        private static let dialogName = Array("dialog-dlg-repl".utf8)
        private static let syncName = Array("clusterer-extra".utf8)
        private static let profileName = Array("dialog-prof-repl".utf8)
        private static let oldContactName = Array("ul".utf8)
        private static let oldDialogName = Array("dialog".utf8)
        private static let oldPipeName = Array("ratelimit".utf8)
    }
}

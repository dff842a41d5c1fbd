import BINMessages
import BINWire

/// Dialogs, as replicated (Spec/dialog.md). A value: a copy is a snapshot.
public struct DialogStore: Sendable {
    /// How it decides what a packet does.
    public let rules: DialogRules
    /// What it holds at most.
    public let limits: DialogLimits
    /// The sockets of the receiver, as packets name them; a dialog with another one is refused (DL-20). Nil to take any.
    let ownSockets: Set<String>?

    var dialogs: [UInt64: Dialog] = [:]
    var serialsByCallID: [[UInt8]: [UInt64]] = [:]
    var serialsByID: [UInt64: UInt64] = [:]
    var linkCounts: [ProfileLink: Int] = [:]
    var timeouts = DueHeap()
    var nextSerial: UInt64 = 1
    /// Dialogs that the last change took out, readable until the next.
    var removed: [UInt64: Dialog] = [:]
    /// Bytes of all dialogs, roughly.
    public internal(set) var bytes = 0
    /// The tags whose dialogs the sync under way is to bring; nil for all. Outside of a sync there is none.
    var awaitedTags: Set<String>?
    /// Whether a sync is under way.
    public internal(set) var isSyncing = false

    /// No dialogs.
    init(_ rules: DialogRules, limits: DialogLimits = DialogLimits(), ownSockets: Set<String>? = nil) {
        self.rules = rules
        self.limits = limits
        self.ownSockets = ownSockets
    }

    /// Number of dialogs.
    public var count: Int { dialogs.count }

    // MARK: Look-up

    /// A dialog; nil when it is not there any more.
    public func dialog(_ handle: DialogHandle) -> Dialog? { dialogs[handle.serial] ?? removed[handle.serial] }

    /// The dialogs with a Call-ID.
    public func dialogs(callID: String) -> [DialogHandle] {
        (serialsByCallID[Array(callID.utf8)] ?? []).map { DialogHandle(serial: $0) }
    }

    /// The dialog with an id (DL-4).
    public func dialog(id: UInt64) -> DialogHandle? { serialsByID[id].map { DialogHandle(serial: $0) } }

    /// All dialogs in the order in which they came.
    public var handles: [DialogHandle] { dialogs.keys.sorted().map { DialogHandle(serial: $0) } }

    /// Number of dialogs in a profile, or in one value of it.
    /// - Parameters:
    ///   - profile: name, without suffix.
    ///   - value: one value; nil for all.
    public func callCount(profile: String, value: String? = nil) -> Int {
        linkCounts.reduce(0) { sum, link in
            link.key.profile == profile && (value == nil || link.key.value == value) ? sum + link.value : sum
        }
    }

    /// Number of dialogs by value of a profile.
    public func callCounts(profile: String) -> [String: Int] {
        var counts: [String: Int] = [:]
        for (link, count) in linkCounts where link.profile == profile { counts[link.value, default: 0] += count }
        return counts
    }

    // MARK: Parts

    func bucket(_ callID: RawSpan) -> UInt32 { KeyHash.hash(callID) & (rules.buckets - 1) }

    mutating func add(_ dialog: Dialog) -> DialogHandle {
        let serial = nextSerial
        nextSerial += 1
        dialogs[serial] = dialog
        serialsByCallID[Array(dialog.bytes(dialog.state.callID)), default: []].append(serial)
        serialsByID[dialog.id] = serial
        bytes += dialog.size
        count(dialog.links, by: 1)
        schedule(serial, dialog)
        return DialogHandle(serial: serial)
    }

    mutating func remove(_ serial: UInt64) {
        guard let dialog = dialogs.removeValue(forKey: serial) else { return }
        let callID = Array(dialog.bytes(dialog.state.callID))
        serialsByCallID[callID]?.removeAll { $0 == serial }
        if serialsByCallID[callID]?.isEmpty == true { serialsByCallID[callID] = nil }
        if serialsByID[dialog.id] == serial { serialsByID[dialog.id] = nil }
        bytes -= dialog.size
        count(dialog.links, by: -1)
        removed[serial] = dialog
    }

    mutating func count(_ links: [ProfileLink], by step: Int) {
        for link in links {
            let count = (linkCounts[link] ?? 0) + step
            linkCounts[link] = count > 0 ? count : nil
        }
    }

    mutating func schedule(_ serial: UInt64, _ dialog: Dialog) {
        guard dialog.state.timeout > 0 else { return }
        timeouts.insert(UInt64(dialog.state.timeout), serial)
        // Times that were put off leave their old entries behind.
        if timeouts.count > 2 * dialogs.count + 64 {
            timeouts = DueHeap()
            for (serial, dialog) in dialogs where dialog.state.timeout > 0 {
                timeouts.insert(UInt64(dialog.state.timeout), serial)
            }
        }
    }

    // MARK: Time

    /// Takes out dialogs whose time-out passed so long ago that their owner must be gone.
    /// - Parameter now: Unix time in seconds.
    mutating func expire(at now: UInt64, into changes: inout ReplicaChanges) {
        removed.removeAll(keepingCapacity: true)
        while let first = timeouts.first, first.time &+ limits.grace <= now {
            timeouts.removeFirst()
            guard let dialog = dialogs[first.serial], UInt64(clamping: dialog.state.timeout) == first.time else {
                continue
            }
            remove(first.serial)
            changes.append(.dialog(DialogHandle(serial: first.serial)), .expired)
        }
    }

    // MARK: Sync

    /// Says that a sync begins.
    /// - Parameter tags: the sharing tags whose dialogs it is to bring; nil for all.
    mutating func beginSync(awaiting tags: Set<String>? = nil) {
        isSyncing = true
        awaitedTags = tags
        for serial in dialogs.keys { dialogs[serial]?.isSynced = false }
    }

    /// Says that a sync ended; dialogs that it should have brought and did not are dropped (DL-25).
    mutating func endSync(into changes: inout ReplicaChanges) {
        removed.removeAll(keepingCapacity: true)
        guard isSyncing else { return }
        isSyncing = false
        defer { awaitedTags = nil }
        guard rules.dropsUnsynced else { return }
        for serial in dialogs.keys.sorted() {
            guard let dialog = dialogs[serial], !dialog.isSynced, isAwaited(dialog.sharingTag) else { continue }
            remove(serial)
            changes.append(.dialog(DialogHandle(serial: serial)), .deleted)
        }
    }

    func isAwaited(_ tag: String?) -> Bool {
        guard let awaitedTags, let tag else { return true }
        return awaitedTags.contains(tag)
    }
}

/// Times and what is to be looked at then, the earliest first.
struct DueHeap: Sendable {
    private var entries: [(time: UInt64, serial: UInt64)] = []

    var count: Int { entries.count }
    var first: (time: UInt64, serial: UInt64)? { entries.first }

    mutating func insert(_ time: UInt64, _ serial: UInt64) {
        entries.append((time, serial))
        var child = entries.count - 1
        while child > 0, entries[child].time < entries[(child - 1) / 2].time {
            entries.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func removeFirst() {
        guard let last = entries.popLast(), !entries.isEmpty else { return }
        entries[0] = last
        var parent = 0
        while 2 * parent + 1 < entries.count {
            var child = 2 * parent + 1
            if child + 1 < entries.count, entries[child + 1].time < entries[child].time { child += 1 }
            guard entries[child].time < entries[parent].time else { return }
            entries.swapAt(parent, child)
            parent = child
        }
    }
}

public import BINMessages
import BINWire

/// The contents of the chunks of a sync that gives all contacts, or all dialogs, of a replica to another node, one at a time
/// (CL-53). Made of a copy: the replica may go on.
///
/// A record that cannot be written for the requester's release is left out and counted.
public struct ReplicaChunks: ~Copyable, Sendable {
    /// What is given.
    public enum Subject: String, Hashable, Sendable, CaseIterable {
        /// Addresses of record with their contacts.
        case contacts = "usrloc-contact-repl"
        /// Dialogs.
        case dialogs = "dialog-dlg-repl"

        /// The capability that replicates it, since 2.4.
        public var capability: String { rawValue }
    }

    /// What is given.
    public let subject: Subject
    /// Version of the data, as SYNC says it.
    public let dataVersion: Int16
    /// Records that were left out.
    public private(set) var leftOut = 0

    private var contents: ChunkContents
    private let contacts: ContactStore
    private let dialogs: DialogStore
    private let aors: [AoRHandle]
    private let dialogHandles: [DialogHandle]
    private let now: ReplicaTime
    private var position = 0
    private var pending: [ContactHandle] = []

    /// The chunks for a requester of `release`; contacts whose time is up at `now` are not given.
    /// - Throws: `ProductionFailure/notInRelease` when the release has no such sync.
    public init(
        of subject: Subject, in replica: borrowing Replica, for release: Release, at now: ReplicaTime
    ) throws(ProductionFailure) {
        let contents = try ChunkContents(for: release)
        let version = subject == .contacts ? contents.contactVersion : contents.dialogVersion
        self.contents = contents
        self.subject = subject
        self.now = now
        // Every release with a sync has one of both.
        dataVersion = version ?? 0
        contacts = replica.contacts
        dialogs = replica.dialogs
        var aors: [AoRHandle] = []
        if subject == .contacts { contacts.forEachAoR { aors.append($0) } }
        self.aors = aors
        dialogHandles = subject == .dialogs ? dialogs.handles : []
    }

    /// The next chunk; nil behind the last one.
    public mutating func next() -> [UInt8]? {
        switch subject {
        case .contacts: nextContact()
        case .dialogs: nextDialog()
        }
    }

    private mutating func nextContact() -> [UInt8]? {
        while true {
            if let handle = pending.popLast() {
                guard contacts.contact(handle)?.isValid(at: now.seconds) == true,
                    let contact = contacts.copy(of: handle)
                else { continue }
                if let chunk = try? contents.content(of: contact) { return chunk }
                leftOut += 1
                continue
            }
            guard position < aors.count else { return nil }
            let aor = aors[position]
            position += 1
            guard let record = contacts.record(of: aor) else { continue }
            let handles = contacts.contacts(of: aor)
            if let chunk = try? contents.content(of: record) {
                pending = handles.reversed()
                return chunk
            }
            leftOut += 1 + handles.count
        }
    }

    private mutating func nextDialog() -> [UInt8]? {
        while position < dialogHandles.count {
            let handle = dialogHandles[position]
            position += 1
            guard let dialog = dialogs.dialog(handle) else { continue }
            let chunk = try? contents.content(
                of: dialog.state, texts: dialog.texts, variables: dialog.variables,
                profiles: dialog.links.map {
                    DialogText.Record(name: Array("\($0.profile)\($0.suffix)".utf8), value: Array($0.value.utf8))
                })
            if let chunk { return chunk }
            leftOut += 1
        }
        return nil
    }
}

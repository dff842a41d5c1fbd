import BINMessages
import BINWire

/// The values of a contact that are not texts.
struct ContactNumbers {
    var contactID: UInt64
    var expires: UInt64
    var lastModified: UInt64
    var cseq: Int32
    var flags: Int32
    var branchFlags: Int32
    var methods: Int32
    var q: Int32
    var sender: Int32
    var deletedCSeq: Int32 = .min
    var marks: ContactMarks = .live

    init(_ record: borrowing ContactRecord, sender: Int32) {
        contactID = record.contactID
        expires = record.expires
        lastModified = record.lastModified
        cseq = record.cseq
        flags = record.flags
        branchFlags = record.branchFlags
        methods = record.methods
        q = record.q
        self.sender = sender
    }

    /// The trace of a contact that was deleted up to `cseq`.
    init(traceOf cseq: Int32, sender: Int32) {
        contactID = 0
        expires = 0
        lastModified = 0
        self.cseq = cseq
        flags = 0
        branchFlags = 0
        methods = 0
        q = 0
        self.sender = sender
        deletedCSeq = cseq
        marks = .deleted
    }
}

/// Where the texts of a contact are to be copied from.
struct ContactTexts {
    /// In the order of ``ContactText``.
    private var places = InlineArray<10, Text>(repeating: Text())
    /// Bits of those that stand in the older record and not in the packet.
    private var kept: UInt16 = 0

    init() {}

    init(_ record: borrowing ContactRecord) {
        self[.uri] = record.contact
        self[.callID] = record.callID
        self[.userAgent] = record.userAgent
        self[.path] = record.path
        self[.attributes] = record.attributes
        self[.received] = record.received
        self[.instance] = record.instance
        self[.socket] = record.socket
        self[.branchFlagNames] = record.branchFlagNames
        self[.keyValues] = record.keyValues
    }

    subscript(text: ContactText) -> Text {
        get { places[text.rawValue] }
        set { places[text.rawValue] = newValue }
    }

    /// Takes `text` from the older record, of which `view` is a copy.
    mutating func keep(_ text: ContactText, of older: RawSpan) {
        var start = ContactField.texts
        for index in 0..<text.rawValue { start += Int(older.uint16(uncheckedAt: ContactField.lengths + 2 * index)) }
        let length = older.uint16(uncheckedAt: ContactField.lengths + 2 * text.rawValue)
        self[text] = Text(offset: UInt32(start), length: UInt32(length))
        kept |= 1 << UInt16(text.rawValue)
    }

    /// Bytes of all texts.
    var size: Int {
        var size = 0
        for index in 0..<ContactText.count { size += Int(places[index].length) }
        return size
    }

    /// Writes lengths and texts to a record.
    func write(
        to record: UnsafeMutableRawBufferPointer, packet: UnsafeRawBufferPointer, older: UnsafeRawBufferPointer
    ) {
        var position = ContactField.texts
        for index in 0..<ContactText.count {
            let text = places[index]
            let length = Int(text.length)
            unsafe record.storeBytes(
                of: UInt16(truncatingIfNeeded: length).littleEndian, toByteOffset: ContactField.lengths + 2 * index,
                as: UInt16.self)
            guard length > 0 else { continue }
            let source = unsafe kept >> UInt16(index) & 1 == 1 ? older : packet
            let start = Int(text.offset)
            unsafe UnsafeMutableRawBufferPointer(rebasing: record[position..<(position + length)]).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: source[start..<(start + length)]))
            position += length
        }
    }
}

extension ContactStore {
    // MARK: Contacts

    /// Writes a contact to its record; links, AoR, serial number and size are left as they are.
    mutating func write(
        _ numbers: ContactNumbers, _ texts: ContactTexts, to place: UInt32, packet: RawSpan, older: RawSpan
    ) {
        let size = ContactField.texts + texts.size
        unsafe packet.withUnsafeBytes { packet in
            unsafe older.withUnsafeBytes { older in
                unsafe arena.write(place, size: size) { record in
                    func store(_ value: Int32, _ offset: Int) {
                        unsafe record.storeBytes(of: value.littleEndian, toByteOffset: offset, as: Int32.self)
                    }
                    func store(_ value: UInt64, _ offset: Int) {
                        unsafe record.storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt64.self)
                    }
                    store(numbers.contactID, ContactField.contactID)
                    store(numbers.expires, ContactField.expires)
                    store(numbers.lastModified, ContactField.lastModified)
                    store(numbers.cseq, ContactField.cseq)
                    store(numbers.flags, ContactField.flags)
                    store(numbers.branchFlags, ContactField.branchFlags)
                    store(numbers.methods, ContactField.methods)
                    store(numbers.q, ContactField.q)
                    store(numbers.sender, ContactField.sender)
                    store(numbers.deletedCSeq, ContactField.deletedCSeq)
                    unsafe record.storeBytes(
                        of: numbers.marks.rawValue.littleEndian, toByteOffset: ContactField.marks, as: UInt16.self)
                    unsafe texts.write(to: record, packet: packet, older: older)
                }
            }
        }
    }

    /// Adds a contact behind `previous`, one of its AoR, or as the first when that is 0; says why when there is no room.
    ///
    /// One that replaces another, which is taken out afterwards, keeps its serial number and is not counted against limits.
    mutating func addContact(
        _ numbers: ContactNumbers, _ texts: ContactTexts, to aor: UInt32, behind previous: UInt32, packet: RawSpan,
        older: RawSpan, due: UInt64, replacing serial: UInt64? = nil
    ) -> Result<UInt32, RoomFailure> {
        let size = ContactField.texts + texts.size
        guard size <= RecordArena.recordLimit else { return .failure(RoomFailure(.memory)) }
        guard serial != nil || count + traceCount < limits.contacts else { return .failure(RoomFailure(.contacts)) }
        let contacts = Int(arena.load16(aor, AoRField.contactCount))
        guard serial != nil || contacts < min(limits.contactsPerAoR, Int(UInt16.max) - 1) else {
            return .failure(RoomFailure(.contactsPerAoR))
        }
        let units = RecordArena.units(size)
        guard let place = arena.allocate(units: units) else { return .failure(RoomFailure(.memory)) }
        write(numbers, texts, to: place, packet: packet, older: older)
        arena.store64(place, ContactField.serial, serial ?? takeSerial())
        arena.store16(place, ContactField.units, UInt16(units))
        arena.store32(place, ContactField.aor, aor)
        guard linkKeys(place) else {
            arena.release(place, units: units)
            return .failure(RoomFailure(.memory))
        }
        let list = previous == 0 ? aor : previous
        let link = previous == 0 ? AoRField.firstContact : ContactField.next
        arena.store32(place, ContactField.next, arena.load32(list, link))
        arena.store32(list, link, place)
        linkDue(place, due)
        count(of: aor, contacts: 1, live: numbers.marks.contains(.live) ? 1 : 0)
        return .success(place)
    }

    mutating func takeSerial() -> UInt64 {
        defer { nextSerial += 1 }
        return nextSerial
    }

    /// Takes a contact out of everything it is linked into. Its record stays readable until the next change.
    mutating func removeContact(_ place: UInt32, of aor: UInt32) {
        let next = arena.load32(place, ContactField.next)
        var previous = arena.load32(aor, AoRField.firstContact)
        if previous == place {
            arena.store32(aor, AoRField.firstContact, next)
        } else {
            while previous != 0 {
                let following = arena.load32(previous, ContactField.next)
                if following == place {
                    arena.store32(previous, ContactField.next, next)
                    break
                }
                previous = following
            }
        }
        unlinkDue(place)
        unlinkKeys(place)
        let isLive = ContactMarks(rawValue: arena.load16(place, ContactField.marks)).contains(.live)
        count(of: aor, contacts: -1, live: isLive ? -1 : 0)
        deleted.append((place, Int(arena.load16(place, ContactField.units))))
    }

    /// Counts contacts of an AoR, for the AoR and for the store.
    mutating func count(of aor: UInt32, contacts: Int, live: Int) {
        let old = Int(arena.load16(aor, AoRField.contactCount))
        arena.store16(aor, AoRField.contactCount, UInt16(truncatingIfNeeded: old + contacts))
        let oldLive = Int(arena.load32(aor, AoRField.liveCount))
        arena.store32(aor, AoRField.liveCount, UInt32(truncatingIfNeeded: oldLive + live))
        count += live
        traceCount += contacts - live
    }

    /// Gives the memory of what the change before deleted back.
    @inline(__always)
    mutating func reclaim() {
        guard !deleted.isEmpty else { return }
        for record in deleted { arena.release(record.place, units: record.units) }
        deleted.removeAll(keepingCapacity: true)
    }

    // MARK: Keys

    /// Puts a contact in front of those with the same URI, and of those with the same Call-ID.
    mutating func linkKeys(_ place: UInt32) -> Bool {
        let uri = keys.hash(ContactView(unchecked: arena.bytes(at: place)).uri)
        let call = keys.hash(ContactView(unchecked: arena.bytes(at: place)).callID)
        guard uris.hasRoom(uri), calls.hasRoom(call) else { return false }
        let firstURI = findContact(uris, uri, .uri, ContactView(unchecked: arena.bytes(at: place)).uri)
        ContactStore.link(place, before: firstURI, uri, ContactField.uriNext, &uris, &arena)
        let firstCall = findContact(calls, call, .callID, ContactView(unchecked: arena.bytes(at: place)).callID)
        ContactStore.link(place, before: firstCall, call, ContactField.callNext, &calls, &arena)
        return true
    }

    private static func link(
        _ place: UInt32, before first: UInt32?, _ hash: UInt32, _ link: Int, _ index: inout RecordIndex,
        _ arena: inout RecordArena
    ) {
        arena.store32(place, link, first ?? 0)
        arena.store32(place, link + 4, 0)
        if let first {
            arena.store32(first, link + 4, place)
            index.replace(hash, first, by: place)
        } else {
            _ = index.insert(hash, place)
        }
    }

    mutating func unlinkKeys(_ place: UInt32) {
        let uri = keys.hash(ContactView(unchecked: arena.bytes(at: place)).uri)
        let call = keys.hash(ContactView(unchecked: arena.bytes(at: place)).callID)
        ContactStore.unlink(place, uri, ContactField.uriNext, &uris, &arena)
        ContactStore.unlink(place, call, ContactField.callNext, &calls, &arena)
    }

    private static func unlink(
        _ place: UInt32, _ hash: UInt32, _ link: Int, _ index: inout RecordIndex, _ arena: inout RecordArena
    ) {
        let next = arena.load32(place, link)
        let previous = arena.load32(place, link + 4)
        if next != 0 { arena.store32(next, link + 4, previous) }
        if previous != 0 {
            arena.store32(previous, link, next)
        } else if next != 0 {
            index.replace(hash, place, by: next)
        } else {
            index.remove(hash, place)
        }
    }

    // MARK: Time

    /// Puts a contact on the wheel; `time` 0 never comes.
    mutating func linkDue(_ place: UInt32, _ time: UInt64) {
        guard time != 0 else {
            arena.store32(place, ContactField.due, 0)
            return
        }
        let due = wheel.due(time)
        let slot = DueWheel.slot(due)
        let head = wheel.heads[slot]
        arena.store32(place, ContactField.due, due)
        arena.store32(place, ContactField.dueNext, head)
        arena.store32(place, ContactField.duePrevious, 0)
        if head != 0 { arena.store32(head, ContactField.duePrevious, place) }
        wheel.setHead(slot, place)
    }

    mutating func unlinkDue(_ place: UInt32) {
        let due = arena.load32(place, ContactField.due)
        guard due != 0 else { return }
        let next = arena.load32(place, ContactField.dueNext)
        let previous = arena.load32(place, ContactField.duePrevious)
        if next != 0 { arena.store32(next, ContactField.duePrevious, previous) }
        if previous != 0 {
            arena.store32(previous, ContactField.dueNext, next)
        } else {
            wheel.setHead(DueWheel.slot(due), next)
        }
        arena.store32(place, ContactField.due, 0)
    }
}

/// That there is no room.
struct RoomFailure: Error {
    let limit: ReplicaChange.Limit

    init(_ limit: ReplicaChange.Limit) { self.limit = limit }
}

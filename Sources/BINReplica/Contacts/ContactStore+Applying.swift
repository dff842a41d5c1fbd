import BINMessages
import BINWire

extension ContactStore {
    // MARK: AoRs

    /// Applies an AoR insert (UL-30).
    mutating func apply(_ insert: AoRInsert, _ message: borrowing ContactMessage, _ changes: inout ReplicaChanges) {
        reclaim()
        let name = message.bytes(insert.aor)
        if name.isEmpty, rules.refusesEmptyAoR { return changes.ignore(.packet, .emptyAddressOfRecord) }
        let number: UInt16
        switch domainNumber(message.bytes(insert.domain)) {
        case .success(let known): number = known
        case .failure(let refusal): return changes.ignore(.packet, refusal.reason)
        }
        let hash = hash(name, number)
        if let known = findAoR(name, number, hash) {
            if rules.isStrict { return merge(insert, into: known, message, &changes) }
            return changes.ignore(.addressOfRecord(handle(aor: known)), .knownAddressOfRecord)
        }
        let label = message.layout.hasLabels ? UInt32(bitPattern: insert.label) : nil
        let next = message.layout.hasLabels ? UInt16(truncatingIfNeeded: insert.nextContactLabel) & 0x3FFF : 0
        let added = addAoR(
            name, number, hash, label: rules.isStrict ? label ?? 0 : label, nextContactLabel: next,
            keyValues: message.bytes(insert.keyValues), now: message.now)
        switch added {
        case .success(let place): changes.append(.addressOfRecord(handle(aor: place)), .inserted)
        case .failure(let failure): changes.ignore(.packet, .limit(failure.limit))
        }
    }

    /// Applies an AoR delete (UL-31).
    mutating func apply(_ delete: AoRDelete, _ message: borrowing ContactMessage, _ changes: inout ReplicaChanges) {
        reclaim()
        guard let place = find(message.bytes(delete.aor), message.bytes(delete.domain), &changes) else { return }
        let aor = handle(aor: place)
        if rules.isStrict { return changes.ignore(.addressOfRecord(aor), .carriesNothing) }
        if !isEmpty(place) {
            while case let contact = arena.load32(place, AoRField.firstContact), contact != 0 {
                changes.append(.contact(handle(contact: contact), of: aor), .deleted)
                removeContact(contact, of: place)
            }
            appendEmpty(place, message.now)
        }
        removeAoR(place)
        changes.append(.addressOfRecord(aor), .deleted)
    }

    /// The AoR that a message means; says why there is none.
    private func find(_ name: RawSpan, _ domain: RawSpan, _ changes: inout ReplicaChanges) -> UInt32? {
        guard let number = number(ofDomain: domain) else {
            changes.ignore(.packet, hasFixedDomains ? .unknownDomain : .unknownAddressOfRecord)
            return nil
        }
        guard let place = findAoR(name, number) else {
            changes.ignore(.packet, .unknownAddressOfRecord)
            return nil
        }
        return place
    }

    // MARK: Contacts

    /// Applies a contact insert or update (UL-33, UL-34).
    mutating func apply(
        _ record: borrowing ContactRecord, isUpdate: Bool, _ message: borrowing ContactMessage,
        _ changes: inout ReplicaChanges
    ) {
        reclaim()
        let name = message.bytes(record.aor)
        if name.isEmpty, rules.refusesEmptyAoR { return changes.ignore(.packet, .emptyAddressOfRecord) }
        let number: UInt16
        switch domainNumber(message.bytes(record.domain)) {
        case .success(let known): number = known
        case .failure(let refusal): return changes.ignore(.packet, refusal.reason)
        }
        if rules.refusesForeignSockets, !isOwn(message.bytes(record.socket)) {
            return changes.ignore(.packet, .foreignSocket)
        }
        let hash = hash(name, number)
        let aor = findAoR(name, number, hash)
        if rules.isStrict { return merge(record, aor, number, hash, message, &changes) }
        guard let mode = searchMode(message.layout.hasMatch ? record.match : nil, in: message.packet) else {
            return changes.ignore(.contact(nil, of: aor.map { handle(aor: $0) }), .unknownMatchMode)
        }
        guard let aor else {
            return insert(record, into: nil, behind: 0, number, hash, isUpdate: isUpdate, message, &changes)
        }
        let search = ContactSearch(mode: mode, cseq: Int64(record.cseq) + (isUpdate ? 1 : 0))
        let found = find(
            search, in: aor, uri: message.bytes(record.contact), callID: message.bytes(record.callID),
            packet: message.packet)
        guard isUpdate || rules.looksUpOnInsert else {
            return insert(record, into: aor, behind: found.last, number, hash, isUpdate: false, message, &changes)
        }
        switch found.result {
        case .notFound:
            insert(record, into: aor, behind: found.last, number, hash, isUpdate: isUpdate, message, &changes)
        case .old(let place): ignore(place, of: aor, .olderCSeq, &changes)
        case .same(let place): ignore(place, of: aor, .sameCSeq, &changes)
        case .match(let place): update(place, of: aor, with: record, isUpdate: isUpdate, message, &changes)
        }
    }

    /// Applies a contact delete (UL-35).
    mutating func apply(_ delete: ContactDelete, _ message: borrowing ContactMessage, _ changes: inout ReplicaChanges) {
        reclaim()
        if rules.isStrict { return merge(delete, message, &changes) }
        guard let aor = find(message.bytes(delete.aor), message.bytes(delete.domain), &changes) else { return }
        guard let mode = searchMode(message.layout.hasMatch ? delete.match : nil, in: message.packet) else {
            return changes.ignore(.contact(nil, of: handle(aor: aor)), .unknownMatchMode)
        }
        let search = ContactSearch(mode: mode, cseq: Int64(delete.cseq) + 1)
        let found = find(
            search, in: aor, uri: message.bytes(delete.contact), callID: message.bytes(delete.callID),
            packet: message.packet)
        switch found.result {
        case .notFound: changes.ignore(.contact(nil, of: handle(aor: aor)), .unknownContact)
        case .old(let place): ignore(place, of: aor, .olderCSeq, &changes)
        case .same(let place): ignore(place, of: aor, .sameCSeq, &changes)
        case .match(let place):
            changes.append(.contact(handle(contact: place), of: handle(aor: aor)), .deleted)
            removeContact(place, of: aor)
            if isEmpty(aor) { appendEmpty(aor, message.now) }
        }
    }

    func ignore(
        _ place: UInt32, of aor: UInt32, _ reason: ReplicaChange.Reason, _ changes: inout ReplicaChanges
    ) {
        changes.ignore(.contact(handle(contact: place), of: handle(aor: aor)), reason)
    }

    // MARK: Inserting and updating

    /// UL-14. Where own sockets are not known every one counts as such.
    private func isOwn(_ socket: RawSpan) -> Bool {
        guard let ownSockets else { return true }
        return ownSockets.contains { socket.isEqual($0) }
    }

    private mutating func insert(
        _ record: borrowing ContactRecord, into known: UInt32?, behind last: UInt32, _ domain: UInt16, _ hash: UInt32,
        isUpdate: Bool, _ message: borrowing ContactMessage, _ changes: inout ReplicaChanges
    ) {
        let hasID = isUpdate ? message.layout.hasContactIDInUpdate : message.layout.hasContactIDInInsert
        let id = hasID ? ContactID(record.contactID) : nil
        let aor: UInt32
        if let known {
            aor = known
        } else {
            switch addAoR(
                message.bytes(record.aor), domain, hash, label: id?.recordLabel, nextContactLabel: 0,
                keyValues: message.packet.extracting(first: 0), now: message.now)
            {
            case .success(let place): aor = place
            case .failure(let failure): return changes.ignore(.packet, .limit(failure.limit))
            }
            changes.append(.addressOfRecord(handle(aor: aor)), .inserted)
        }
        var numbers = ContactNumbers(record, sender: message.sender)
        numbers.contactID = contactID(id, in: aor)
        var texts = ContactTexts(record)
        if !isOwn(message.bytes(record.socket)) { texts[.socket] = Text() }
        let wasEmpty = isEmpty(aor)
        switch addContact(
            numbers, texts, to: aor, behind: last, packet: message.packet, older: message.packet,
            due: record.expires)
        {
        case .success(let place):
            if wasEmpty { removeEmpty(aor) }
            let aor = takeAoRKeyValues(record, of: aor, message)
            changes.append(.contact(handle(contact: place), of: handle(aor: aor)), .inserted)
        case .failure(let failure):
            changes.ignore(.contact(nil, of: handle(aor: aor)), .limit(failure.limit))
        }
    }

    /// UL-8, UL-37.
    private mutating func contactID(_ id: ContactID?, in aor: UInt32) -> UInt64 {
        let hash = UInt16(truncatingIfNeeded: arena.load32(aor, AoRField.hash))
        let next = arena.load16(aor, AoRField.nextContactLabel)
        if let id {
            if rules.adoptsRecordLabel, isEmpty(aor) { arena.store32(aor, AoRField.label, id.recordLabel) }
            let label = rules.contactIDs == .recomputed ? max(id.contactLabel, next) : id.contactLabel
            arena.store16(aor, AoRField.nextContactLabel, max(next, label &+ 1) & 0x3FFF)
            guard rules.contactIDs == .recomputed else { return id.value }
            var own = id
            own.contactLabel = label
            own.recordLabel = arena.load32(aor, AoRField.label)
            own.aorHash = hash
            return own.value
        }
        arena.store16(aor, AoRField.nextContactLabel, (next &+ 1) & 0x3FFF)
        var own = ContactID(0)
        own.contactLabel = next
        own.recordLabel = arena.load32(aor, AoRField.label)
        own.aorHash = hash
        return own.value
    }

    /// UL-36.
    private mutating func update(
        _ place: UInt32, of aor: UInt32, with record: borrowing ContactRecord, isUpdate: Bool,
        _ message: borrowing ContactMessage, _ changes: inout ReplicaChanges
    ) {
        var texts = ContactTexts(record)
        if !isOwn(message.bytes(record.socket)) { texts[.socket] = Text() }
        keepRecord(place)
        var numbers = ContactNumbers(record, sender: message.sender)
        numbers.contactID = arena.load64(place, ContactField.contactID)
        unsafe texts.keep(.uri, of: scratch.span.bytes)
        unsafe texts.keep(.instance, of: scratch.span.bytes)
        // An empty map leaves the old one as it is (UL-11).
        if record.keyValues.isEmpty { unsafe texts.keep(.keyValues, of: scratch.span.bytes) }
        let callID = message.bytes(record.callID)
        let keepsCallID = ContactView(unchecked: arena.bytes(at: place)).callID.isEqual(callID)
        guard keepsCallID || calls.hasRoom(keys.hash(callID)) else {
            return ignore(place, of: aor, .limit(.memory), &changes)
        }
        let rewritten = rewrite(
            place, of: aor, numbers, texts, keepsKeys: keepsCallID, packet: message.packet, due: record.expires)
        switch rewritten {
        case .success(let place):
            let aor = takeAoRKeyValues(record, of: aor, message)
            changes.append(.contact(handle(contact: place), of: handle(aor: aor)), .updated)
        case .failure(let failure): ignore(place, of: aor, .limit(failure.limit), &changes)
        }
    }

    /// Copies a record to ``scratch``, so that its texts can be kept while it is written anew.
    mutating func keepRecord(_ place: UInt32) {
        let size = Int(arena.load16(place, ContactField.units)) * RecordArena.unit
        scratch.removeAll(keepingCapacity: true)
        arena.append(place, count: size, to: &scratch)
    }

    /// Writes a contact anew, in place or in a larger record; its older texts stand in ``scratch``.
    mutating func rewrite(
        _ place: UInt32, of aor: UInt32, _ numbers: ContactNumbers, _ texts: ContactTexts, keepsKeys: Bool,
        packet: RawSpan, due: UInt64
    ) -> Result<UInt32, RoomFailure> {
        var older: [UInt8] = []
        swap(&older, &scratch)
        defer { swap(&older, &scratch) }
        let size = ContactField.texts + texts.size
        guard size <= Int(arena.load16(place, ContactField.units)) * RecordArena.unit else {
            let serial = arena.load64(place, ContactField.serial)
            let added = unsafe addContact(
                numbers, texts, to: aor, behind: place, packet: packet, older: older.span.bytes, due: due,
                replacing: serial)
            if case .success = added { removeContact(place, of: aor) }
            return added
        }
        let wasLive = marks(place).contains(.live)
        unlinkDue(place)
        if !keepsKeys { unlinkKeys(place) }
        unsafe write(numbers, texts, to: place, packet: packet, older: older.span.bytes)
        // The caller has seen that there is room for it.
        if !keepsKeys { _ = linkKeys(place) }
        linkDue(place, due)
        let isLive = numbers.marks.contains(.live)
        if wasLive != isLive { count(of: aor, contacts: 0, live: isLive ? 1 : -1) }
        return .success(place)
    }

    /// The map of an AoR may travel in one of its contacts (UL-10).
    private mutating func takeAoRKeyValues(
        _ record: borrowing ContactRecord, of aor: UInt32, _ message: borrowing ContactMessage
    ) -> UInt32 {
        let text = message.bytes(record.keyValues)
        guard text.byteCount > ContactStore.recordKey.utf8.count, text.holds(ContactStore.recordKey),
            case .string(let map)? = KeyValues(received: text)[ContactStore.recordKey]
        else { return aor }
        let bytes = Array(map.utf8)
        guard bytes.count <= Int(UInt16.max) else { return aor }
        if unsafe setKeyValues(bytes.span.bytes, of: aor) { return aor }
        return unsafe growAoR(aor, keyValues: bytes.span.bytes) ?? aor
    }

    private static let recordKey = "_urec_kvs"
}

extension RawSpan {
    /// Whether the bytes of `word` stand somewhere in these.
    fileprivate func holds(_ word: String) -> Bool {
        let bytes = Array(word.utf8)
        guard byteCount >= bytes.count else { return false }
        for start in 0...(byteCount - bytes.count) {
            var index = 0
            while index < bytes.count, uint8(uncheckedAt: start + index) == bytes[index] { index += 1 }
            if index == bytes.count { return true }
        }
        return false
    }
}

import BINMessages
import BINWire

// Strict rules (``ContactRules/isStrict``). What is kept of a contact is the greatest state that came and the highest CSeq
// that was deleted. Both only grow, and the greater of two does not depend on which came first, so that neither order nor
// repetition of packets makes a difference. The state itself need not be kept while it is deleted: any state that is not
// deleted has a higher CSeq, and so is greater.

extension ContactStore {
    /// The contact with this URI and Call-ID, or the trace of it; also the last contact of the AoR.
    private func findExactly(_ uri: RawSpan, _ callID: RawSpan, in aor: UInt32) -> (place: UInt32?, last: UInt32) {
        var place = arena.load32(aor, AoRField.firstContact)
        var last: UInt32 = 0
        while place != 0 {
            let contact = ContactView(unchecked: arena.bytes(at: place))
            if contact.callID.isEqual(callID), contact.uri.isEqual(uri) { return (place, last) }
            last = place
            place = arena.load32(place, ContactField.next)
        }
        return (nil, last)
    }

    // MARK: Inserts and updates

    mutating func merge(
        _ record: borrowing ContactRecord, _ known: UInt32?, _ domain: UInt16, _ hash: UInt32,
        _ message: borrowing ContactMessage, _ changes: inout ReplicaChanges
    ) {
        var place = known
        if place == nil { place = addAoR(for: record.aor, domain, hash, message, &changes) }
        guard let aor = place else { return }
        let found = findExactly(message.bytes(record.contact), message.bytes(record.callID), in: aor)
        var numbers = ContactNumbers(record, sender: message.sender)
        guard let place = found.place else {
            let wasEmpty = isEmpty(aor)
            let added = addContact(
                numbers, ContactTexts(record), to: aor, behind: found.last, packet: message.packet,
                older: message.packet, due: record.expires)
            switch added {
            case .success(let place):
                if wasEmpty { removeEmpty(aor) }
                changes.append(.contact(handle(contact: place), of: handle(aor: aor)), .inserted)
            case .failure(let failure):
                changes.ignore(.contact(nil, of: handle(aor: aor)), .limit(failure.limit))
            }
            return
        }
        let isLive = marks(place).contains(.live)
        let deletedCSeq = integer(place, ContactField.deletedCSeq)
        if marks(place).contains(.deleted) {
            guard record.cseq > deletedCSeq else { return ignore(place, of: aor, .deletedBefore, &changes) }
            numbers.marks.insert(.deleted)
        }
        if isLive {
            let order = compare(record, message, ContactView(unchecked: arena.bytes(at: place)))
            guard order > 0 else { return ignore(place, of: aor, order == 0 ? .sameCSeq : .outranked, &changes) }
        }
        numbers.deletedCSeq = deletedCSeq
        scratch.removeAll(keepingCapacity: true)
        let rewritten = rewrite(
            place, of: aor, numbers, ContactTexts(record), keepsKeys: true, packet: message.packet,
            due: record.expires)
        switch rewritten {
        case .success(let place):
            changes.append(.contact(handle(contact: place), of: handle(aor: aor)), isLive ? .updated : .inserted)
        case .failure(let failure): ignore(place, of: aor, .limit(failure.limit), &changes)
        }
    }

    private mutating func addAoR(
        for name: Text, _ domain: UInt16, _ hash: UInt32, _ message: borrowing ContactMessage,
        _ changes: inout ReplicaChanges
    ) -> UInt32? {
        let added = addAoR(
            message.bytes(name), domain, hash, label: 0, nextContactLabel: 0,
            keyValues: message.packet.extracting(first: 0), now: message.now)
        switch added {
        case .success(let place):
            changes.append(.addressOfRecord(handle(aor: place)), .inserted)
            return place
        case .failure(let failure):
            changes.ignore(.packet, .limit(failure.limit))
            return nil
        }
    }

    /// Above zero when the state in a packet is greater than the stored one, 0 when both are the same.
    private func compare(
        _ record: borrowing ContactRecord, _ message: borrowing ContactMessage, _ stored: borrowing ContactView
    ) -> Int {
        var order = ContactStore.order(record.cseq, stored.cseq)
        if order == 0 { order = ContactStore.order(record.lastModified, stored.lastModified) }
        if order == 0 { order = ContactStore.order(record.expires, stored.expires) }
        if order == 0 { order = ContactStore.order(record.contactID, stored.contactID) }
        if order == 0 { order = ContactStore.order(record.flags, stored.flags) }
        if order == 0 { order = ContactStore.order(record.branchFlags, stored.branchFlags) }
        if order == 0 { order = ContactStore.order(record.methods, stored.methods) }
        if order == 0 { order = ContactStore.order(record.q, stored.q) }
        if order == 0 { order = message.bytes(record.userAgent).compare(stored.userAgent) }
        if order == 0 { order = message.bytes(record.path).compare(stored.path) }
        if order == 0 { order = message.bytes(record.attributes).compare(stored.attributes) }
        if order == 0 { order = message.bytes(record.received).compare(stored.received) }
        if order == 0 { order = message.bytes(record.instance).compare(stored.instance) }
        if order == 0 { order = message.bytes(record.socket).compare(stored.socket) }
        if order == 0 { order = message.bytes(record.branchFlagNames).compare(stored.branchFlagNames) }
        if order == 0 { order = message.bytes(record.keyValues).compare(stored.keyValues) }
        return order != 0 ? order : ContactStore.order(message.sender, stored.sender)
    }

    private static func order<Value: Comparable>(_ left: Value, _ right: Value) -> Int {
        left == right ? 0 : left < right ? -1 : 1
    }

    // MARK: Deletes

    mutating func merge(
        _ delete: ContactDelete, _ message: borrowing ContactMessage, _ changes: inout ReplicaChanges
    ) {
        let name = message.bytes(delete.aor)
        if name.isEmpty, rules.refusesEmptyAoR { return changes.ignore(.packet, .emptyAddressOfRecord) }
        let number: UInt16
        switch domainNumber(message.bytes(delete.domain)) {
        case .success(let known): number = known
        case .failure(let refusal): return changes.ignore(.packet, refusal.reason)
        }
        let hash = hash(name, number)
        var known = findAoR(name, number, hash)
        if known == nil { known = addAoR(for: delete.aor, number, hash, message, &changes) }
        guard let aor = known else { return }
        let due = message.now &+ limits.deletionMemory
        let found = findExactly(message.bytes(delete.contact), message.bytes(delete.callID), in: aor)
        var texts = ContactTexts()
        texts[.uri] = delete.contact
        texts[.callID] = delete.callID
        var numbers = ContactNumbers(traceOf: delete.cseq, sender: message.sender)
        guard let place = found.place else {
            let wasEmpty = isEmpty(aor)
            let added = addContact(
                numbers, texts, to: aor, behind: found.last, packet: message.packet, older: message.packet, due: due)
            switch added {
            case .success(let place):
                if wasEmpty { removeEmpty(aor) }
                ignore(place, of: aor, .unknownContact, &changes)
            case .failure(let failure):
                changes.ignore(.contact(nil, of: handle(aor: aor)), .limit(failure.limit))
            }
            return
        }
        let isLive = marks(place).contains(.live)
        if marks(place).contains(.deleted) {
            numbers.deletedCSeq = max(numbers.deletedCSeq, integer(place, ContactField.deletedCSeq))
            numbers.cseq = numbers.deletedCSeq
        }
        if isLive, integer(place, ContactField.cseq) > delete.cseq {
            // The contact outlives this delete, which is remembered all the same.
            arena.store32(place, ContactField.deletedCSeq, UInt32(bitPattern: numbers.deletedCSeq))
            arena.store16(place, ContactField.marks, marks(place).union(.deleted).rawValue)
            return ignore(place, of: aor, .olderCSeq, &changes)
        }
        if isLive { changes.append(.contact(handle(contact: place), of: handle(aor: aor)), .deleted) }
        scratch.removeAll(keepingCapacity: true)
        // A trace is never longer than the contact was, so that there is room for it.
        _ = rewrite(place, of: aor, numbers, texts, keepsKeys: true, packet: message.packet, due: due)
        if !isLive { ignore(place, of: aor, .unknownContact, &changes) }
    }

    // MARK: AoRs

    /// Of several inserts of an AoR the one with the highest label counts.
    mutating func merge(
        _ insert: AoRInsert, into place: UInt32, _ message: borrowing ContactMessage, _ changes: inout ReplicaChanges
    ) {
        let label = UInt32(bitPattern: insert.label)
        let next = UInt16(truncatingIfNeeded: insert.nextContactLabel) & 0x3FFF
        let keyValues = message.bytes(insert.keyValues)
        var order = ContactStore.order(label, arena.load32(place, AoRField.label))
        if order == 0 { order = ContactStore.order(next, arena.load16(place, AoRField.nextContactLabel)) }
        if order == 0 { order = keyValues.compare(AoRView(unchecked: arena.bytes(at: place)).keyValues) }
        guard order > 0 else {
            return changes.ignore(.addressOfRecord(handle(aor: place)), order == 0 ? .knownAddressOfRecord : .outranked)
        }
        var place = place
        if !setKeyValues(keyValues, of: place) {
            guard let grown = growAoR(place, keyValues: keyValues) else {
                return changes.ignore(.addressOfRecord(handle(aor: place)), .limit(.memory))
            }
            place = grown
        }
        arena.store32(place, AoRField.label, label)
        arena.store16(place, AoRField.nextContactLabel, next)
        changes.append(.addressOfRecord(handle(aor: place)), .updated)
    }
}

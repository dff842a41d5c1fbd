import BINMessages
import BINWire

extension ContactStore {
    /// The number of a table; a new one when tables are not fixed.
    mutating func domainNumber(_ name: RawSpan) -> Result<UInt16, DomainRefusal> {
        if let number = number(ofDomain: name) { return .success(number) }
        guard !hasFixedDomains else { return .failure(DomainRefusal(.unknownDomain)) }
        guard domains.count < min(limits.domains, Int(UInt16.max)) else {
            return .failure(DomainRefusal(.limit(.domains)))
        }
        domains.append(unsafe name.withUnsafeBytes { unsafe Array($0) })
        return .success(UInt16(domains.count - 1))
    }

    /// Adds an AoR. Until it has a contact it is on the list of empty ones.
    mutating func addAoR(
        _ name: RawSpan, _ domain: UInt16, _ hash: UInt32, label: UInt32?, nextContactLabel: UInt16, keyValues: RawSpan,
        now: UInt64
    ) -> Result<UInt32, RoomFailure> {
        guard aors.count < limits.aors else { return .failure(RoomFailure(.addressesOfRecord)) }
        let units = RecordArena.units(AoRField.texts + name.byteCount + keyValues.byteCount)
        guard units * RecordArena.unit <= RecordArena.recordLimit, aors.hasRoom(hash),
            let place = arena.allocate(units: units)
        else { return .failure(RoomFailure(.memory)) }
        let keyHash = KeyHash.hash(name)
        let slot = Int(keyHash) & (ContactStore.slotCount - 1)
        let label = label ?? slotLabels[slot]
        // The next AoR of the slot that is numbered here comes behind this one.
        slotLabels[slot] = max(slotLabels[slot], label &+ 1)
        arena.store32(place, AoRField.firstContact, 0)
        arena.store32(place, AoRField.hash, keyHash)
        arena.store32(place, AoRField.label, label)
        arena.store16(place, AoRField.nextContactLabel, nextContactLabel)
        arena.store16(place, AoRField.domain, domain)
        arena.store16(place, AoRField.nameLength, UInt16(name.byteCount))
        arena.store16(place, AoRField.keyValuesLength, UInt16(keyValues.byteCount))
        arena.store16(place, AoRField.units, UInt16(units))
        arena.store16(place, AoRField.contactCount, 0)
        arena.store64(place, AoRField.serial, takeSerial())
        arena.store32(place, AoRField.liveCount, 0)
        arena.copy(name, to: place, AoRField.texts)
        arena.copy(keyValues, to: place, AoRField.texts + name.byteCount)
        _ = aors.insert(hash, place)
        appendEmpty(place, now)
        return .success(place)
    }

    /// Takes an AoR without contacts out. Its record stays readable until the next change.
    mutating func removeAoR(_ place: UInt32) {
        removeEmpty(place)
        aors.remove(hash(aor: place), place)
        deleted.append((place, Int(arena.load16(place, AoRField.units))))
    }

    /// Gives an AoR other key/values. False when there is no room.
    mutating func setKeyValues(_ keyValues: RawSpan, of place: UInt32) -> Bool {
        if AoRView(unchecked: arena.bytes(at: place)).keyValues.isEqual(keyValues) { return true }
        let nameLength = Int(arena.load16(place, AoRField.nameLength))
        let size = AoRField.texts + nameLength + keyValues.byteCount
        guard size <= Int(arena.load16(place, AoRField.units)) * RecordArena.unit else { return false }
        arena.store16(place, AoRField.keyValuesLength, UInt16(keyValues.byteCount))
        arena.copy(keyValues, to: place, AoRField.texts + nameLength)
        return true
    }

    /// Puts an AoR in the record of another size, for longer key/values. The contacts are told.
    mutating func growAoR(_ place: UInt32, keyValues: RawSpan) -> UInt32? {
        let hash = hash(aor: place)
        let start = AoRField.texts + Int(arena.load16(place, AoRField.nameLength))
        let units = RecordArena.units(start + keyValues.byteCount)
        guard units * RecordArena.unit <= RecordArena.recordLimit, let other = arena.allocate(units: units) else {
            return nil
        }
        let older = arena.array(at: place, count: start)
        unsafe arena.copy(older.span.bytes, to: other, 0)
        arena.store16(other, AoRField.units, UInt16(units))
        arena.store16(other, AoRField.keyValuesLength, UInt16(keyValues.byteCount))
        arena.copy(keyValues, to: other, start)
        aors.replace(hash, place, by: other)
        var contact = arena.load32(other, AoRField.firstContact)
        while contact != 0 {
            arena.store32(contact, ContactField.aor, other)
            contact = arena.load32(contact, ContactField.next)
        }
        if isEmpty(place) { replaceEmpty(place, by: other) }
        deleted.append((place, Int(arena.load16(place, AoRField.units))))
        return other
    }

    // MARK: AoRs without contacts

    func isEmpty(_ place: UInt32) -> Bool { arena.load16(place, AoRField.contactCount) == 0 }

    mutating func appendEmpty(_ place: UInt32, _ now: UInt64) {
        arena.store64(place, AoRField.emptySince, now)
        arena.store32(place, AoRField.emptyNext, 0)
        arena.store32(place, AoRField.emptyPrevious, empties.last)
        if empties.last != 0 { arena.store32(empties.last, AoRField.emptyNext, place) } else { empties.first = place }
        empties.last = place
    }

    mutating func removeEmpty(_ place: UInt32) {
        let next = arena.load32(place, AoRField.emptyNext)
        let previous = arena.load32(place, AoRField.emptyPrevious)
        if next != 0 { arena.store32(next, AoRField.emptyPrevious, previous) } else { empties.last = previous }
        if previous != 0 { arena.store32(previous, AoRField.emptyNext, next) } else { empties.first = next }
    }

    private mutating func replaceEmpty(_ place: UInt32, by other: UInt32) {
        let next = arena.load32(other, AoRField.emptyNext)
        let previous = arena.load32(other, AoRField.emptyPrevious)
        if next != 0 { arena.store32(next, AoRField.emptyPrevious, other) } else { empties.last = other }
        if previous != 0 { arena.store32(previous, AoRField.emptyNext, other) } else { empties.first = other }
    }
}

/// That a table of contacts is not taken.
struct DomainRefusal: Error {
    let reason: ReplicaChange.Reason

    init(_ reason: ReplicaChange.Reason) { self.reason = reason }
}

import BINWire

extension ContactStore {
    /// Takes out contacts whose time is up, and addresses of record that had no contacts for a while.
    ///
    /// Servers do the same by a timer of their own, usually every minute, and tell nobody.
    /// - Parameters:
    ///   - now: Unix time in seconds.
    ///   - limit: the most contacts and addresses of record to take out, so that no call takes long.
    /// - Returns: whether everything is done that is to be done at `now`.
    @discardableResult
    mutating func expire(at now: UInt64, limit: Int = .max, into changes: inout ReplicaChanges) -> Bool {
        reclaim()
        let end = UInt32(clamping: now)
        var left = limit
        // After a long pause each list is looked at once.
        if end > wheel.swept, end - wheel.swept > UInt32(DueWheel.slotCount) {
            wheel.swept = end - UInt32(DueWheel.slotCount)
        }
        while wheel.swept < end {
            guard expire(slot: wheel.swept + 1, at: end, &left, &changes, now) else { return false }
            wheel.swept += 1
        }
        return expireEmpty(at: now, &left, &changes)
    }

    /// Works off one list; false when the limit came before its end.
    private mutating func expire(
        slot second: UInt32, at end: UInt32, _ left: inout Int, _ changes: inout ReplicaChanges, _ now: UInt64
    ) -> Bool {
        var place = wheel.heads[DueWheel.slot(second)]
        while place != 0 {
            let next = arena.load32(place, ContactField.dueNext)
            if arena.load32(place, ContactField.due) <= end {
                guard left > 0 else { return false }
                left -= 1
                let aor = arena.load32(place, ContactField.aor)
                if marks(place).contains(.live) {
                    changes.append(.contact(handle(contact: place), of: handle(aor: aor)), .expired)
                }
                expire(place, of: aor, &changes, now)
            }
            place = next
        }
        return true
    }

    private mutating func expire(_ place: UInt32, of aor: UInt32, _ changes: inout ReplicaChanges, _ now: UInt64) {
        let marks = marks(place)
        if marks.isSuperset(of: [.live, .deleted]) {
            // Strict mode: what was deleted before stays deleted.
            unlinkDue(place)
            arena.store16(place, ContactField.marks, marks.subtracting(.live).rawValue)
            count(of: aor, contacts: 0, live: -1)
            linkDue(place, now &+ limits.deletionMemory)
            return
        }
        removeContact(place, of: aor)
        guard isEmpty(aor) else { return }
        appendEmpty(aor, now)
        changes.append(.addressOfRecord(handle(aor: aor)), .expired)
        removeAoR(aor)
    }

    private mutating func expireEmpty(at now: UInt64, _ left: inout Int, _ changes: inout ReplicaChanges) -> Bool {
        while empties.first != 0, arena.load64(empties.first, AoRField.emptySince) &+ limits.emptyAoRs <= now {
            guard left > 0 else { return false }
            left -= 1
            let place = empties.first
            changes.append(.addressOfRecord(handle(aor: place)), .expired)
            removeAoR(place)
        }
        return true
    }
}

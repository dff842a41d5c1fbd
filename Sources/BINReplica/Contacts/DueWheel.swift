/// Which contacts are to be looked at when: a list for each second of a day's part, around which time runs.
///
/// A contact is in the list of the second in which its time is up, modulo the number of lists; those that are meant for a
/// later turn are passed over. The links stand in the records.
struct DueWheel: Sendable {
    static let slotCount = 8192
    /// Places of the first contact by slot; 0 for none.
    private(set) var heads = [UInt32](repeating: 0, count: DueWheel.slotCount)
    /// The last second whose list was worked off.
    var swept: UInt32 = 0

    var bytes: Int { heads.count * 4 }

    static func slot(_ due: UInt32) -> Int { Int(due) & (slotCount - 1) }

    /// When a contact whose time is up at `time` is to be looked at: not before the next second, never at 0.
    func due(_ time: UInt64) -> UInt32 {
        let time = UInt32(clamping: time)
        return swept == .max ? .max : Swift.max(time, swept + 1)
    }

    mutating func setHead(_ slot: Int, _ place: UInt32) { heads[slot] = place }
}

/// The addresses of record without contacts, the one that is so for longest first. The links stand in the records.
struct EmptyAoRs: Sendable {
    var first: UInt32 = 0
    var last: UInt32 = 0
}

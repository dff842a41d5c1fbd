import BINWire

/// Finds records by the hash of their key.
///
/// An extendible hash table: the upper bits of a hash choose a page, its lower bits the slot where the search in the page
/// begins. A full page is split in two; nothing else moves, so that no insertion takes longer than a page. The slots hold
/// the hash beside the place of the record, so that records are looked at only when all 32 bits agree.
struct RecordIndex: Sendable {
    private static let slotBits = 9
    private static let slotCount = 1 << slotBits
    /// A page is split when it holds this many.
    private static let fillLimit = slotCount * 7 / 8
    /// The upper bits that may choose a page; the others are needed inside of it.
    private static let depthLimit = 32 - slotBits

    /// Hash in the upper half of a slot, place in the lower; 0 for an empty one.
    private var pages: [[UInt64]]
    private var fills: [UInt16] = [0]
    private var depths: [UInt8] = [0]
    /// By the upper `depth` bits of a hash, the page.
    private var directory: [UInt32] = [0]
    private var depth = 0
    /// How many records it knows.
    private(set) var count = 0

    init() { pages = [[UInt64](repeating: 0, count: RecordIndex.slotCount)] }

    /// Bytes that pages and directory take.
    var bytes: Int { pages.count * (RecordIndex.slotCount * 8 + 48) + directory.count * 4 }

    @inline(__always)
    private func page(_ hash: UInt32) -> Int { Int(directory[Int((UInt64(hash) << UInt64(depth)) >> 32)]) }

    /// A search for the records of one hash.
    struct Search {
        fileprivate let hash: UInt32
        fileprivate let page: Int
        fileprivate var slot: Int
    }

    /// Begins a search.
    @inline(__always)
    func search(_ hash: UInt32) -> Search {
        Search(hash: hash, page: page(hash), slot: Int(hash) & (RecordIndex.slotCount - 1))
    }

    /// The next record with the hash that is searched for. Whether it is the one that is meant only its key can say.
    @inline(__always)
    func next(_ search: inout Search) -> UInt32? {
        while true {
            let entry = pages[search.page][search.slot]
            if entry == 0 { return nil }
            search.slot = (search.slot + 1) & (RecordIndex.slotCount - 1)
            if UInt32(truncatingIfNeeded: entry >> 32) == search.hash { return UInt32(truncatingIfNeeded: entry) }
        }
    }

    /// Calls `body` with every record.
    func forEach(_ body: (UInt32) -> Void) {
        for page in pages {
            for entry in page where entry != 0 { body(UInt32(truncatingIfNeeded: entry)) }
        }
    }

    /// Adds a record. False when there is no room: too many hashes agree in their upper bits.
    mutating func insert(_ hash: UInt32, _ place: UInt32) -> Bool {
        var page = page(hash)
        while fills[page] >= RecordIndex.fillLimit {
            guard split(page) else { return false }
            page = self.page(hash)
        }
        RecordIndex.add(UInt64(hash) << 32 | UInt64(place), to: &pages[page])
        fills[page] += 1
        count += 1
        return true
    }

    /// Whether ``insert(_:_:)`` would find room.
    func hasRoom(_ hash: UInt32) -> Bool {
        let page = page(hash)
        return fills[page] < RecordIndex.fillLimit || Int(depths[page]) < RecordIndex.depthLimit
    }

    private static func add(_ entry: UInt64, to slots: inout [UInt64]) {
        var slot = Int(truncatingIfNeeded: entry >> 32) & (slotCount - 1)
        while slots[slot] != 0 { slot = (slot + 1) & (slotCount - 1) }
        slots[slot] = entry
    }

    /// Puts another record in the place of one.
    mutating func replace(_ hash: UInt32, _ place: UInt32, by other: UInt32) {
        let page = page(hash)
        guard let slot = slot(page, hash, place) else { return }
        pages[page][slot] = UInt64(hash) << 32 | UInt64(other)
    }

    /// Takes a record out.
    mutating func remove(_ hash: UInt32, _ place: UInt32) {
        let page = page(hash)
        guard var hole = slot(page, hash, place) else { return }
        // Entries behind the hole move up, as long as that does not put them before the slot of their hash.
        var next = hole
        while true {
            next = (next + 1) & (RecordIndex.slotCount - 1)
            let entry = pages[page][next]
            if entry == 0 { break }
            let home = Int(truncatingIfNeeded: entry >> 32) & (RecordIndex.slotCount - 1)
            let distance = (next - home) & (RecordIndex.slotCount - 1)
            if distance >= (next - hole) & (RecordIndex.slotCount - 1) {
                pages[page][hole] = entry
                hole = next
            }
        }
        pages[page][hole] = 0
        fills[page] -= 1
        count -= 1
    }

    private func slot(_ page: Int, _ hash: UInt32, _ place: UInt32) -> Int? {
        let entry = UInt64(hash) << 32 | UInt64(place)
        var slot = Int(hash) & (RecordIndex.slotCount - 1)
        while pages[page][slot] != entry {
            if pages[page][slot] == 0 { return nil }
            slot = (slot + 1) & (RecordIndex.slotCount - 1)
        }
        return slot
    }

    /// Divides a page by the next bit of the hashes.
    private mutating func split(_ page: Int) -> Bool {
        let old = Int(depths[page])
        guard old < RecordIndex.depthLimit else { return false }
        if old == depth {
            directory = directory.flatMap { [$0, $0] }
            depth += 1
        }
        let entries = pages[page]
        let other = pages.count
        var low = [UInt64](repeating: 0, count: RecordIndex.slotCount)
        var high = low
        var highCount: UInt16 = 0
        for entry in entries where entry != 0 {
            if entry >> UInt64(63 - old) & 1 == 1 {
                RecordIndex.add(entry, to: &high)
                highCount += 1
            } else {
                RecordIndex.add(entry, to: &low)
            }
        }
        pages[page] = low
        pages.append(high)
        fills[page] -= highCount
        fills.append(highCount)
        depths[page] += 1
        depths.append(UInt8(old + 1))
        // The page's part of the directory lies together; its second half goes to the new page.
        let first = directory.firstIndex(of: UInt32(page)) ?? 0
        let span = 1 << (depth - old)
        for index in (first + span / 2)..<(first + span) { directory[index] = UInt32(other) }
        return true
    }
}

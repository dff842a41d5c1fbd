import BINWire

/// Remembers packets that were passed on, so that none goes in circles (RX-10).
///
/// Routed packets carry neither a number nor a count of hops, and equal ones may be meant: two reports of the same value are
/// the same bytes. So a packet may pass a few times within a while; one that goes in circles is stopped after those.
struct RecentPackets: Hashable, Sendable {
    private struct Entry: Hashable {
        var digest: UInt64
        var at: Int64
        var passes: Int
    }

    private var entries: [Entry] = []
    private var next = 0
    private let memory: Int64
    private let limit: Int

    /// Packets that are remembered at the same time.
    static let capacity = 1024

    init(memory: Duration, limit: Int) {
        self.memory = memory.wholeNanoseconds
        self.limit = Swift.max(1, limit)
    }

    /// Whether a packet may pass once more, which then counts.
    mutating func allows(_ digest: UInt64, at now: Instant) -> Bool {
        if let index = entries.firstIndex(where: { $0.digest == digest }) {
            if now.nanoseconds.adding(-entries[index].at) >= memory {
                entries[index].at = now.nanoseconds
                entries[index].passes = 0
            }
            guard entries[index].passes < limit else { return false }
            entries[index].passes += 1
            return true
        }
        let entry = Entry(digest: digest, at: now.nanoseconds, passes: 1)
        if entries.count < RecentPackets.capacity {
            entries.append(entry)
        } else {
            entries[next] = entry
            next = (next + 1) % RecentPackets.capacity
        }
        return true
    }
}

extension RawSpan {
    /// 64 bits that tell these bytes from others: FNV-1a over words. Whoever makes two packets alike in them only harms the
    /// second one.
    var digest: UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        var offset = 0
        while offset + 8 <= byteCount {
            hash = (hash ^ uint64(uncheckedAt: offset)) &* 0x0000_0100_0000_01B3
            hash ^= hash >> 32
            offset += 8
        }
        while offset < byteCount {
            hash = (hash ^ UInt64(uint8(uncheckedAt: offset))) &* 0x0000_0100_0000_01B3
            offset += 1
        }
        return hash
    }

    /// Whether these bytes are those of `name`.
    func equals(_ name: [UInt8]) -> Bool {
        guard byteCount == name.count else { return false }
        return unsafe withUnsafeBytes { unsafe $0.elementsEqual(name) }
    }

    /// The same for a text of the program.
    func equals(_ text: StaticString) -> Bool {
        guard byteCount == text.utf8CodeUnitCount else { return false }
        return unsafe withUnsafeBytes {
            unsafe $0.elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        }
    }

    /// A copy.
    var array: [UInt8] { unsafe withUnsafeBytes { unsafe Array($0) } }
}

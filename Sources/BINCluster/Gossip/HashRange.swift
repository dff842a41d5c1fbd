/// Mixes a number so that every bit of it moves about half of the bits of the result (SplitMix64's finalizer).
@inline(__always)
func mix(_ number: UInt64) -> UInt64 {
    var value = number &+ 0x9E37_79B9_7F4A_7C15
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
}

extension Knowledge {
    /// What a member adds to the sum of its range (Spec/extensions/gossip.md, sums).
    @inline(__always)
    var share: UInt64 {
        let first = mix(UInt64(UInt32(bitPattern: node)) << 32 | UInt64(UInt32(bitPattern: generation)))
        return mix(first ^ (UInt64(UInt32(bitPattern: version)) << 32 | UInt64(UInt32(bitPattern: standing.raw))))
    }
}

/// Where a node stands on the ring of positions: the upper half of its mixed number.
@inline(__always)
func ringPosition(_ node: Int32) -> UInt32 {
    UInt32(truncatingIfNeeded: mix(UInt64(UInt32(bitPattern: node))) >> 32)
}

/// The members whose positions begin with the same bits.
struct HashRange: Hashable, Sendable {
    /// Those bits as a number.
    var prefix: UInt32
    /// How many: a multiple of 4.
    var bits: Int

    /// All members.
    static let all = HashRange(prefix: 0, bits: 0)
    /// The most bits of a range whose parts are summed.
    static let maximumSplit = 24

    /// One of the sixteen parts.
    func part(_ index: Int) -> HashRange {
        HashRange(prefix: prefix << 4 | UInt32(truncatingIfNeeded: index), bits: bits + 4)
    }

    @inline(__always)
    func contains(_ position: UInt32) -> Bool {
        bits == 0 || position >> UInt32(truncatingIfNeeded: 32 - bits) == prefix
    }

    /// As a peer names it; nil when there is no such range.
    init?(prefix: Int32, bits: Int32, atMost limit: Int) {
        guard bits >= 0, bits <= Int32(limit), bits % 4 == 0 else { return nil }
        let prefix = UInt32(bitPattern: prefix)
        guard bits == 0 ? prefix == 0 : prefix >> UInt32(bits) == 0 else { return nil }
        self.init(prefix: prefix, bits: Int(bits))
    }

    init(prefix: UInt32, bits: Int) {
        self.prefix = prefix
        self.bits = bits
    }
}

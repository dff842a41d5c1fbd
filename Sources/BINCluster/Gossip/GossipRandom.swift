/// The random numbers of a member: all of them follow from the seed it was given.
package struct GossipRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        defer { state &+= 0x9E37_79B9_7F4A_7C15 }
        return mix(state)
    }

    /// A number below `bound`, which is positive.
    package mutating func below(_ bound: Int) -> Int {
        Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(Swift.max(1, bound))).high)
    }

    /// True in `part` of `whole` cases.
    package mutating func happens(_ part: Int, of whole: Int) -> Bool { below(whole) < part }
}

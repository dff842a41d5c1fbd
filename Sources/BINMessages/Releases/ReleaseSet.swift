/// A set of releases: those that use a layout, or those that fit what a node has sent so far.
public struct ReleaseSet: Hashable, Sendable {
    /// One bit a release, in the order of ``Release/known``.
    private var low: UInt64 = 0
    private var middle: UInt64 = 0
    private var high: UInt64 = 0

    /// The empty set.
    public init() {}

    /// A set of ranges.
    public init(_ ranges: ReleaseRange...) {
        for range in ranges {
            for (index, release) in Release.known.enumerated() where range.contains(release) { insert(index) }
        }
    }

    /// A set of one release; a point release newer than the newest known one counts as that.
    public init(_ release: Release) {
        if let index = release.index { insert(index) }
    }

    /// Every known release.
    public static let all: ReleaseSet = {
        var set = ReleaseSet()
        for index in Release.known.indices { set.insert(index) }
        return set
    }()

    private mutating func insert(_ index: Int) {
        switch index {
        case 0..<64: low |= 1 << UInt64(index)
        case 64..<128: middle |= 1 << UInt64(index - 64)
        default: high |= 1 << UInt64(index - 128)
        }
    }

    private func contains(index: Int) -> Bool {
        switch index {
        case 0..<64: low >> UInt64(index) & 1 == 1
        case 64..<128: middle >> UInt64(index - 64) & 1 == 1
        default: high >> UInt64(index - 128) & 1 == 1
        }
    }

    /// Whether no release is in it.
    public var isEmpty: Bool { low | middle | high == 0 }

    /// Number of releases in it.
    public var count: Int { low.nonzeroBitCount + middle.nonzeroBitCount + high.nonzeroBitCount }

    /// Whether `release` is in it.
    public func contains(_ release: Release) -> Bool { release.index.map { contains(index: $0) } ?? false }

    /// The newest release in it.
    public var newest: Release? { Release.known.indices.last { contains(index: $0) }.map { Release.known[$0] } }

    /// The releases that are in both.
    public func intersection(_ other: ReleaseSet) -> ReleaseSet {
        var result = self
        result.low &= other.low
        result.middle &= other.middle
        result.high &= other.high
        return result
    }

    /// The releases that are in at least one.
    public func union(_ other: ReleaseSet) -> ReleaseSet {
        var result = self
        result.low |= other.low
        result.middle |= other.middle
        result.high |= other.high
        return result
    }

    /// Whether some release is in both.
    public func overlaps(_ other: ReleaseSet) -> Bool { !intersection(other).isEmpty }

    /// Whether all releases of this set are in `other`.
    public func isSubset(of other: ReleaseSet) -> Bool { intersection(other) == self }

    /// The releases of this set, oldest first.
    public var releases: [Release] { Release.known.indices.filter { contains(index: $0) }.map { Release.known[$0] } }
}

extension ReleaseSet: CustomStringConvertible {
    /// Ranges in words: `2.4.7–2.4.11, 3.0.1–3.1.2, 3.5`. A whole series is named once, adjacent ones are joined.
    public var description: String {
        var ranges: [(first: Int, last: Int)] = []
        for index in Release.known.indices where contains(index: index) {
            if let last = ranges.last, last.last == index - 1 {
                ranges[ranges.count - 1].last = index
            } else {
                ranges.append((index, index))
            }
        }
        let words = ranges.map { range -> String in
            let first = Release.known[range.first]
            let last = Release.known[range.last]
            let beginsSeries = first.patch == 0
            let endsSeries =
                range.last + 1 == Release.known.count || Release.known[range.last + 1].patch == 0
            let from = beginsSeries && (endsSeries || first.minor != last.minor) ? series(first) : "\(first)"
            let to = endsSeries && (beginsSeries || first.minor != last.minor) ? series(last) : "\(last)"
            return from == to || range.first == range.last
                ? (range.first == range.last ? "\(first)" : from) : "\(from)–\(to)"
        }
        return words.isEmpty ? "none" : words.joined(separator: ", ")
    }

    private func series(_ release: Release) -> String { "\(release.major).\(release.minor)" }
}

/// Releases from one to another, both included.
public struct ReleaseRange: Hashable, Sendable {
    private let first: Release
    private let last: Release

    /// Point releases `patches` of a series.
    public static func series(_ major: UInt8, _ minor: UInt8, _ patches: ClosedRange<UInt8>) -> ReleaseRange {
        ReleaseRange(first: Release(major, minor, patches.lowerBound), last: Release(major, minor, patches.upperBound))
    }

    /// Point releases of a series from `patches` on.
    public static func series(_ major: UInt8, _ minor: UInt8, _ patches: PartialRangeFrom<UInt8>) -> ReleaseRange {
        ReleaseRange(first: Release(major, minor, patches.lowerBound), last: Release(major, minor, .max))
    }

    /// A whole series.
    public static func series(_ major: UInt8, _ minor: UInt8) -> ReleaseRange { series(major, minor, 0...) }

    /// Everything from the series of `first` to the series of `last`.
    public static func from(_ first: (UInt8, UInt8), through last: (UInt8, UInt8)) -> ReleaseRange {
        ReleaseRange(first: Release(first.0, first.1, 0), last: Release(last.0, last.1, .max))
    }

    func contains(_ release: Release) -> Bool { first <= release && release <= last }
}

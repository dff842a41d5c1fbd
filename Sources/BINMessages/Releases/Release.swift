/// A release of OpenSIPS: series and point release.
///
/// What a packet looks like belongs to the release of its sender, not to the header: layouts changed between point
/// releases, often without another version number (Spec/releases.md).
@frozen
public struct Release: Hashable, Comparable, Sendable {
    /// First number of the series.
    public let major: UInt8
    /// Second number of the series.
    public let minor: UInt8
    /// Number of the point release.
    public let patch: UInt8

    /// The release `major.minor.patch`.
    public init(_ major: UInt8, _ minor: UInt8, _ patch: UInt8) {
        self.major = major
        self.minor = minor
        self.patch = patch
    }

    /// Reads `3.4.18`; a series alone (`3.4`) is its newest known point release, `master` is the series after the last.
    public init?(_ text: some StringProtocol) {
        if text == "master" || text == "devel" {
            self = Release.known[Release.known.count - 1]
            return
        }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3 else { return nil }
        guard let major = UInt8(parts[0]), let minor = UInt8(parts[1]) else { return nil }
        guard let series = Release.series.first(where: { $0.major == major && $0.minor == minor }) else { return nil }
        guard parts.count == 3 else {
            self.init(major, minor, series.lastPatch)
            return
        }
        guard let patch = UInt8(parts[2]) else { return nil }
        self.init(major, minor, patch)
    }

    /// Whether `text` names a series only.
    public static func < (left: Release, right: Release) -> Bool {
        (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
    }

    /// A series and its newest point release at the time of writing.
    struct Series: Sendable {
        let major: UInt8
        let minor: UInt8
        let lastPatch: UInt8
    }

    /// Every series that speaks BIN. 4.1 stands for the development branch; its packets may still change.
    static let series: [Series] = [
        Series(major: 2, minor: 1, lastPatch: 5), Series(major: 2, minor: 2, lastPatch: 8),
        Series(major: 2, minor: 3, lastPatch: 6), Series(major: 2, minor: 4, lastPatch: 11),
        Series(major: 3, minor: 0, lastPatch: 5), Series(major: 3, minor: 1, lastPatch: 17),
        Series(major: 3, minor: 2, lastPatch: 19), Series(major: 3, minor: 3, lastPatch: 10),
        Series(major: 3, minor: 4, lastPatch: 18), Series(major: 3, minor: 5, lastPatch: 9),
        Series(major: 3, minor: 6, lastPatch: 8), Series(major: 4, minor: 0, lastPatch: 1),
        Series(major: 4, minor: 1, lastPatch: 0),
    ]

    /// Every known release, oldest first.
    public static let known: [Release] = series.flatMap { series in
        (0...series.lastPatch).map { Release(series.major, series.minor, $0) }
    }

    /// The place in ``known``; a point release newer than the newest known one counts as that.
    var index: Int? {
        Release.known.lastIndex { $0.major == major && $0.minor == minor && $0.patch <= patch }
    }
}

extension Release: CustomStringConvertible {
    /// As `3.4.18`; the development branch, which has no point releases, as `4.1`.
    public var description: String { major == 4 && minor == 1 ? "4.1" : "\(major).\(minor).\(patch)" }
}

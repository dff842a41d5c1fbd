public import BINMessages
public import BINWire

/// How the nodes of one release speak with each other (Spec/clusterer.md, dialects).
public struct Dialect: Hashable, Sendable {
    /// The release.
    public let release: Release
    /// The layout of clusterer packets; nil in 2.2, which has none.
    package let layout: ClustererLayout?

    /// The dialect of `release`.
    /// - Throws: ``ConfigurationFault/noMembership(_:)`` for 2.1, which has static destinations instead of a cluster.
    public init(_ release: Release) throws(ConfigurationFault) {
        guard release >= Release(2, 2, 0) else { throw .noMembership(release) }
        self.release = release
        self.layout = ClustererLayout.allCases.first { $0.releases.contains(release) }
        guard layout != nil || release < Release(2, 3, 0) else { throw .noMembership(release) }
    }

    /// The framing of all its packets.
    public var framing: Framing { layout == nil ? .v2_2 : .v2_3 }

    /// The largest packet it takes, in bytes (FR-26).
    public var maximumLength: Int {
        release >= Release(4, 0, 0) ? Framing.maximumLengthSince4_0 : Framing.maximumLength
    }

    /// Whether packets may go from cluster to cluster.
    public var hasBridges: Bool { release >= Release(4, 0, 0) }

    /// The capability of packets that begin with cluster and source.
    var internalCapability: StaticString { layout == .a ? "clusterer" : "clusterer-internal" }

    /// The type in the numbers of dialect C (Spec/clusterer.md, message numbers); nil when this dialect has no such type.
    func typeInDialectC(_ type: Int32) -> Int32? {
        switch layout?.dialect {
        case .b: type >= 6 ? (type < .max ? type + 1 : nil) : type
        case .c: type
        case .a, nil: nil
        }
    }

    /// Refuses releases of which one would misread what another sends about the cluster itself.
    ///
    /// Every node of a cluster passes on what others flood, unchanged, so all of them must read all of it. Sync packets
    /// are written for one receiver; there a difference only means that no sync takes place.
    /// - Throws: ``ConfigurationFault/releasesMisread(sender:receiver:reason:)``.
    static func check(_ releases: Set<Release>) throws(ConfigurationFault) {
        let ordered = releases.sorted()
        for sender in ordered {
            for receiver in ordered where sender != receiver {
                let judged = Compatibility(from: sender, to: receiver).entries
                for entry in judged where entry.capability.hasPrefix("clusterer") {
                    let isFlooded = entry.capability != "clusterer-extra"
                    guard entry.verdict == .corrupts || isFlooded && entry.verdict != .works else { continue }
                    let reason = entry.detail.isEmpty ? "\(entry.verdict)" : entry.detail
                    throw .releasesMisread(sender: sender, receiver: receiver, reason: "\(entry.message): \(reason)")
                }
            }
        }
    }
}

/// Why a configuration cannot work.
public enum ConfigurationFault: Error, Hashable, Sendable {
    /// The release has no clusters.
    case noMembership(Release)
    /// A node would misread what another one says.
    case releasesMisread(sender: Release, receiver: Release, reason: String)
    /// A node or cluster id below 1 (RX-24).
    case badID(Int32)
    /// Two nodes have the same id.
    case duplicateNode(Int32)
    /// More nodes than the limit, the own one included.
    case tooManyNodes(Int)
    /// More capabilities than a node may have.
    case tooManyCapabilities(Int)
    /// A name that is empty or too long.
    case badName(WireName)
    /// All data are wanted of a capability that nodes of the release give none of (CL-82).
    case noSync(WireName, Release)
}

extension ConfigurationFault: CustomStringConvertible {
    /// One sentence without a full stop.
    public var description: String {
        switch self {
        case .noMembership(let release): "\(release) has no clusters"
        case .releasesMisread(let sender, let receiver, let reason):
            "\(receiver) does not understand what \(sender) sends: \(reason)"
        case .badID(let id): "\(id) is no id of a node or cluster: ids begin at 1"
        case .duplicateNode(let id): "node \(id) is there twice"
        case .tooManyNodes(let count): "\(count) nodes are more than a cluster may have"
        case .tooManyCapabilities(let count): "\(count) capabilities are more than a node may have"
        case .noSync(let name, let release): "\(name) has no sync in \(release), so nobody can be asked for its data"
        case .badName(let name): "'\(name)' is no name: it must have 1 to \(WireName.maximumLength) bytes"
        }
    }
}

import BINMessages
import BINWire

/// A message of the gossip as values of its own, independent of the bytes it came in.
package enum GossipMessage: Sendable {
    case summary([RangeSums])
    case digest(ranges: [HashRangeValue], members: [KnowledgeValue])
    case delta(Delta)
    case heartbeatRequest(sequence: Int32, believed: KnowledgeValue)
    case heartbeat(sequence: Int32, generation: Int32, incarnation: Int32)
    case probeRequest(sequence: Int32, node: Int32)
    case probeResult(sequence: Int32, node: Int32, isReached: Bool, generation: Int32, incarnation: Int32)
    case leaseRequest(sequence: Int32, purpose: LeasePurpose, flag: WireName, fence: UInt64)
    case leaseAnswer(sequence: Int32, outcome: LeaseOutcome, flag: WireName, highestFence: UInt64)

    /// The sums over the sixteen parts of a range.
    package struct RangeSums: Sendable {
        var range: HashRange
        var sums: [UInt64]
        static let size = 138
    }

    /// What is new of some members, and what is asked for.
    package struct Delta: Sendable {
        var hasMore = false
        var news: [MemberNews] = []
        var wants: [Knowledge] = []
    }

    /// Wraps a range, whose type is the room's own.
    package struct HashRangeValue: Sendable { var range: HashRange }
    /// Wraps what is known of a member.
    package struct KnowledgeValue: Sendable { var knowledge: Knowledge }

    /// What a lease request is for.
    package enum LeasePurpose: Int32, Sendable { case ask = 0, acquire = 1, release = 2 }
    /// What a voter says.
    package enum LeaseOutcome: Int32, Sendable { case refused = 0, granted = 1, notReady = 2 }

    /// Bytes of header and trailer: 12, the name, the type, the trailer.
    static let frame = 12 + 10 + 4 + 12

    /// Length of the packet in bytes.
    package var size: Int {
        GossipMessage.frame
            + {
                switch self {
                case .summary(let ranges): 4 + ranges.count * RangeSums.size
                case .digest(let ranges, let members): 8 + ranges.count * 8 + members.count * Knowledge.size
                case .delta(let delta):
                    12 + delta.news.reduce(0) { $0 + $1.size } + delta.wants.count * Knowledge.size
                case .heartbeatRequest: 16
                case .heartbeat: 12
                case .probeRequest: 8
                case .probeResult: 20
                case .leaseRequest(_, _, let flag, _), .leaseAnswer(_, _, let flag, _): 20 + flag.bytes.count
                }
            }()
    }
}

/// What is new of a member.
struct MemberNews: Sendable {
    var knowledge: Knowledge
    /// The entries are those changed after this version; 0 when they are all there are.
    var base: Int32
    var floor: Int32
    var entries: [StateEntry]

    /// Bytes on the wire without entries.
    static let size = Knowledge.size + 12
    var size: Int { entries.reduce(MemberNews.size) { $0 + $1.size } }
}

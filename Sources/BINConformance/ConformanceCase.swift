/// What cases are about, in the order in which they are run.
///
/// The order matters: what a target does once in its life (asking for its data) comes before what would hide it.
public enum ConformanceGroup: String, Sendable, CaseIterable {
    case join
    case requester
    case link
    case framing
    case routing
    case sequence
    case flood
    case contacts
    case dialogs
    case cache
    case statuses
    case counters
    case presence
    case donor
    case tags
    case robustness
    case gossip

    /// What the group is about.
    public var title: String {
        switch self {
        case .join: "Joining"
        case .requester: "Sync, the target as requester"
        case .link: "Links"
        case .framing: "Framing and limits"
        case .routing: "Which packets are taken"
        case .sequence: "Sequence rule"
        case .flood: "Flooding"
        case .donor: "Sync, the target as donor"
        case .contacts: "Contacts"
        case .dialogs: "Dialogs"
        case .cache: "Keys and values"
        case .statuses: "Destinations switched on and off"
        case .counters: "Counters"
        case .presence: "Presence"
        case .tags: "Sharing tags"
        case .robustness: "Robustness"
        case .gossip: "Gossip"
        }
    }
}

/// One thing that a target must do: what is sent, what is expected, and the rule that says so.
public struct ConformanceCase: Sendable {
    /// What it is about.
    public let group: ConformanceGroup
    /// Its number in the group, from 1; never given to another case.
    public let number: Int
    /// The rules of Spec/ that it checks, such as `FR-28`.
    public let rules: [String]
    /// What the runner sends.
    public let sent: String
    /// What a target that conforms does.
    public let expected: String
    let run: Run

    /// What a case talks with.
    enum Run: Sendable {
        /// Members of a cluster.
        case cluster(@Sendable (Conversation) async throws -> ConformanceVerdict)
        /// A member of the gossip.
        case gossip(@Sendable (GossipConversation) async throws -> ConformanceVerdict)
    }

    init(
        _ group: ConformanceGroup, _ number: Int, _ rules: [String], sent: String, expected: String,
        run: @escaping @Sendable (Conversation) async throws -> ConformanceVerdict
    ) {
        self.group = group
        self.number = number
        self.rules = rules
        self.sent = sent
        self.expected = expected
        self.run = .cluster(run)
    }

    init(
        gossip number: Int, _ rules: [String], sent: String, expected: String,
        run: @escaping @Sendable (GossipConversation) async throws -> ConformanceVerdict
    ) {
        group = .gossip
        self.number = number
        self.rules = rules
        self.sent = sent
        self.expected = expected
        self.run = .gossip(run)
    }

    /// Its name: `framing/3`.
    public var id: String { "\(group.rawValue)/\(number)" }

    /// Whether a weak peer might not survive it.
    public var isHostile: Bool { group == .robustness }

    /// Whether it is about the gossip of this project (Spec/extensions/gossip.md) and not about a cluster of OpenSIPS.
    public var isGossip: Bool { group == .gossip }

    /// All cases, in the order in which they are run.
    public static var all: [ConformanceCase] {
        joinCases + requesterCases + linkCases + framingCases + routingCases + sequenceCases + floodCases + contactCases
            + dialogCases + cacheCases + statusCases + counterCases + presenceCases + donorCases + tagCases
            + robustnessCases + hostileContactCases + hostileDialogCases
            + hostileDonorCases + hostileRequestCases + gossipCases
    }
}

/// How a case ended.
public enum ConformanceVerdict: Hashable, Sendable {
    /// As expected; what was seen.
    case passed(String)
    /// Otherwise; what was seen.
    case failed(String)
    /// It says nothing about this target, and why.
    case skipped(String)

    /// `passed`, `failed` or `skipped`.
    public var name: String {
        switch self {
        case .passed: "passed"
        case .failed: "failed"
        case .skipped: "skipped"
        }
    }

    /// What was seen, or why nothing was.
    public var detail: String {
        switch self {
        case .passed(let seen), .failed(let seen): seen
        case .skipped(let reason): reason
        }
    }

    /// Passed when there is a value.
    static func found(_ seen: String, if found: Bool, otherwise: String) -> ConformanceVerdict {
        found ? .passed(seen) : .failed(otherwise)
    }
}

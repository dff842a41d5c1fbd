public import BINMessages
import BINWire

/// A dialog profile that counters are kept of.
public struct ProfileDefinition: Hashable, Sendable {
    /// Name, without `/b`.
    public var name: String
    /// Whether it counts by value.
    public var hasValues: Bool
    /// Whether it is replicated over BIN (`/b` in the script).
    public var isReplicated: Bool

    /// A profile.
    public init(_ name: String, hasValues: Bool, isReplicated: Bool = true) {
        self.name = name
        self.hasValues = hasValues
        self.isReplicated = isReplicated
    }
}

/// What profile counters are kept, and for how long.
public struct ProfileLimits: Hashable, Sendable {
    /// Profiles.
    public var profiles = 1024
    /// Values of all profiles together.
    public var values = 1_000_000
    /// How long a peer's counter counts after it came, in milliseconds: `replicate_profiles_expire`.
    public var expiry: UInt64 = 10_000

    /// The limits above.
    public init() {}
}

/// How many dialogs are in a profile, or in one value of it.
public struct ProfileSize: Hashable, Sendable {
    /// Name and value, and dialogs of this node: what a broadcast says.
    public var own: ProfileCount
    /// Dialogs of all nodes.
    public var total: Int
}

/// Counters of dialog profiles: our own, and one of each peer (Spec/dialog.md, profile counters).
public struct ProfileStore: Sendable {
    private struct Counter {
        var own: Int32 = 0
        var peers = PeerCounts()
    }

    private struct Profile {
        var hasValues: Bool
        var isReplicated: Bool
        /// By value; the empty one for a profile without values.
        var counters: [String: Counter] = [:]
    }

    private var profiles: [String: Profile] = [:]
    private let takesAnyProfile: Bool
    /// Releases other than 2.3 leave a packet at the first profile that is not replicated.
    private let leavesPacketAtLocalProfile: Bool
    /// What is kept, and for how long.
    public let limits: ProfileLimits
    private var valueCount = 0
    private var order: [String] = []

    /// Counters of profiles.
    /// - Parameters:
    ///   - definitions: the profiles that there are; nil to take whichever come, with values when their first counter has one.
    ///   - release: the release whose rules apply.
    ///   - limits: what is kept.
    init(_ definitions: [ProfileDefinition]? = nil, release: Release, limits: ProfileLimits = ProfileLimits()) {
        takesAnyProfile = definitions == nil
        leavesPacketAtLocalProfile = !(release.major == 2 && release.minor == 3)
        self.limits = limits
        for definition in definitions ?? [] {
            profiles[definition.name] = Profile(
                hasValues: definition.hasValues, isReplicated: definition.isReplicated)
            order.append(definition.name)
        }
    }

    // MARK: Sizes

    /// Dialogs of all nodes in a profile, those of all its values together.
    public func size(of profile: String, at now: ReplicaTime) -> Int {
        profiles[profile]?.counters.values.reduce(0) { $0 + total($1, now) } ?? 0
    }

    /// Dialogs of all nodes in one value of a profile.
    public func size(of profile: String, value: String, at now: ReplicaTime) -> Int {
        profiles[profile]?.counters[value].map { total($0, now) } ?? 0
    }

    /// All values of a profile, or the profile itself when it has none, in the order of the values.
    public func sizes(of profile: String, at now: ReplicaTime) -> [ProfileSize] {
        guard let known = profiles[profile] else { return [] }
        return known.counters.sorted { $0.key < $1.key }.map { value, counter in
            ProfileSize(
                own: ProfileCount(profile: profile, value: known.hasValues ? value : nil, count: counter.own),
                total: total(counter, now))
        }
    }

    /// What each other node said last of a profile, or of one value of it, as long as it counts.
    public func counts(of profile: String, value: String? = nil, at now: ReplicaTime) -> [Int32: Int] {
        profiles[profile]?.counters[value ?? ""]?.peers.counts(at: now, expiry: limits.expiry) ?? [:]
    }

    /// Number of counters: of profiles without values, and of all values of the others.
    public var count: Int { valueCount }

    /// The profiles, in the order in which they became known.
    public var names: [String] { order }

    private func total(_ counter: Counter, _ now: ReplicaTime) -> Int {
        Int(max(0, counter.own)) + counter.peers.sum(at: now, expiry: limits.expiry)
    }

    // MARK: From peers

    /// Applies the counters of a peer (DL-29, DL-32).
    mutating func apply(
        _ message: ProfileCounters, _ packet: RawSpan, from node: Int32, at now: ReplicaTime,
        _ changes: inout ReplicaChanges
    ) {
        for record in message.profiles {
            guard let name = record.profile.string(in: packet), let value = record.value.string(in: packet) else {
                changes.ignore(.packet, .nameNotUTF8)
                continue
            }
            let hasValue = record.hasValue != 0
            let subject = ReplicaChange.Subject.profile(name, value: hasValue ? value : nil)
            guard apply(name, hasValue ? value : nil, record.counter, node, now, subject, &changes) else { return }
        }
    }

    /// Applies one counter; false when the rest of the packet is to be left out.
    private mutating func apply(
        _ name: String, _ value: String?, _ count: Int32, _ node: Int32, _ now: ReplicaTime,
        _ subject: ReplicaChange.Subject, _ changes: inout ReplicaChanges
    ) -> Bool {
        if profiles[name] == nil {
            guard takesAnyProfile else {
                changes.ignore(subject, .unknownProfile)
                return true
            }
            guard count != 0 else {
                changes.ignore(subject, .nothingToTakeBack)
                return true
            }
            guard profiles.count < limits.profiles else {
                changes.ignore(subject, .limit(.profiles))
                return true
            }
            profiles[name] = Profile(hasValues: value != nil, isReplicated: true)
            order.append(name)
        }
        let key = value ?? ""
        // Nothing of the profile is held while it is changed below: it would be copied.
        let known = profiles[name].map { ($0.isReplicated, $0.hasValues, $0.counters[key] == nil) }
        guard let (isReplicated, hasValues, isNew) = known else { return true }
        guard isReplicated else {
            changes.ignore(subject, .profileNotReplicated)
            return !leavesPacketAtLocalProfile
        }
        guard hasValues == (value != nil) else {
            changes.ignore(subject, .profileKindDiffers)
            return true
        }
        if isNew {
            guard count != 0 else {
                changes.ignore(subject, .nothingToTakeBack)
                return true
            }
            guard valueCount < limits.values else {
                changes.ignore(subject, .limit(.profileValues))
                return true
            }
            valueCount += 1
        }
        guard let before = profiles[name]?.counters[key, default: Counter()].peers.set(node, count, at: now) else {
            changes.ignore(subject, .limit(.peers))
            return true
        }
        if isNew {
            changes.append(subject, .inserted)
        } else if before != count {
            changes.append(subject, .updated)
        }
        return true
    }

    // MARK: Our own

    /// Sets how many dialogs this node has in a profile, or in one value of it.
    /// - Returns: whether the peers are to be told at once, because the value disappeared here (DL-29).
    @discardableResult
    public mutating func setOwn(_ profile: String, value: String? = nil, count: Int32) throws(ReplicaRefusal) -> Bool {
        if profiles[profile] == nil {
            guard takesAnyProfile else { throw ReplicaRefusal(.unknownProfile) }
            guard profiles.count < limits.profiles else { throw ReplicaRefusal(.limit(.profiles)) }
            profiles[profile] = Profile(hasValues: value != nil, isReplicated: true)
            order.append(profile)
        }
        guard profiles[profile]?.hasValues == (value != nil) else { throw ReplicaRefusal(.profileKindDiffers) }
        let key = value ?? ""
        if profiles[profile]?.counters[key] == nil {
            guard count != 0 else { return false }
            guard valueCount < limits.values else { throw ReplicaRefusal(.limit(.profileValues)) }
            valueCount += 1
        }
        let before = profiles[profile]?.counters[key]?.own ?? 0
        profiles[profile]?.counters[key, default: Counter()].own = count
        return before > 0 && count == 0 && value != nil
    }

    /// What is to be broadcast in a round (DL-28): each replicated profile without values, and each value that there is, also
    /// those known only from peers, with our own count.
    public func round(at now: ReplicaTime) -> [ProfileCount] {
        order.filter { profiles[$0]?.isReplicated == true }.flatMap { sizes(of: $0, at: now).map(\.own) }
    }

    /// Forgets what peers said too long ago, and takes out values that no node has dialogs in any more (DL-30).
    mutating func clean(at now: ReplicaTime, into changes: inout ReplicaChanges) {
        for name in order {
            // What is to change is gathered first: a profile that is held while it is changed would be copied.
            var due: [String] = []
            let hasValues = profiles[name]?.hasValues == true
            for (value, counter) in profiles[name]?.counters ?? [:]
            where counter.peers.hasExpired(at: now, expiry: limits.expiry) || hasValues && total(counter, now) == 0 {
                due.append(value)
            }
            for value in due.sorted() {
                profiles[name]?.counters[value]?.peers.forget(at: now, expiry: limits.expiry)
                let subject = ReplicaChange.Subject.profile(name, value: hasValues ? value : nil)
                guard hasValues, size(of: name, value: value, at: now) == 0 else {
                    changes.append(subject, .updated)
                    continue
                }
                profiles[name]?.counters[value] = nil
                valueCount -= 1
                changes.append(subject, .expired)
            }
        }
    }
}

/// Why a replica did not take what its own program wanted to put in.
public struct ReplicaRefusal: Error, Hashable, Sendable {
    /// The reason.
    public let reason: ReplicaChange.Reason

    init(_ reason: ReplicaChange.Reason) { self.reason = reason }
}

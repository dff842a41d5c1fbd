import ArgumentParser
import BINMessages
import BINReplica

/// Where a command gets counters from, and for how long they count.
struct CounterSource: ParsableArguments {
    /// What the help of both commands says of it.
    static let discussion = """
        Live: joins the cluster, listens for a while to what each node says of itself, and leaves. Counters are not synced; \
        servers repeat them, by default every 200 ms from 3.3 on and every 10 ms before. The other nodes list this one as down \
        from then on, as the protocol has no word for leaving.

        Of a capture: what the node holds at that moment, from what it was sent. What a node said counts for ten seconds, as it \
        does in a server, unless --expiry says otherwise.

        Of a store: what mirror wrote last. OpenSIPS itself keeps none of it in a database.
        """

    @OptionGroup var source: ReplicaSource

    @Option(
        name: .customLong("for"),
        help: """
            Live: seconds to listen, 1 to 86400 (default: 11). Servers forget what was not said again for ten seconds, so within \
            a little more every node has spoken.
            """)
    var seconds: Int?

    @Option(
        help: """
            Seconds for which a counter counts: replicate_profiles_expire, repl_timer_expire (default: 10 as in servers; live as \
            long as it is listened, where that is longer).
            """)
    var expiry: UInt64?

    func validate() throws {
        if let expiry, expiry > 1 << 32 { throw ValidationError("--expiry is a number of seconds") }
        if let seconds {
            guard source.isLive else { throw ValidationError("--for goes with --from") }
            guard (1...86_400).contains(seconds) else {
                throw ValidationError("--for is a number of seconds from 1 to 86400")
            }
        }
        if source.store != nil, expiry != nil { throw ValidationError("--expiry does not go with --store") }
    }

    /// What the source holds.
    /// - Parameter kind: which counters are read.
    func read(_ kind: CounterKind) async throws -> CounterReading {
        if let store = source.store { return try StoredRecords.counters(kind, of: store) }
        if source.isLive {
            let seconds = seconds ?? 11
            let expiry = expiry ?? max(10, UInt64(seconds))
            return try await CounterListening(kind: kind, seconds: seconds, expiry: expiry).read(try source.visit())
        }
        let (replica, nodes, time) = try source.capture.state(release: source.release.flatMap { Release($0) }) {
            $0.expireCounters(after: expiry ?? 10)
        }
        var reading = CounterReading(replica, kind, at: ReplicaTime(time))
        reading.names = nodes.names
        return reading
    }
}

/// Counters of profiles or of pipes.
enum CounterKind: CaseIterable {
    case profiles, pipes

    /// The capability that brings them.
    func capability(of release: Release) -> String {
        switch (self, release < Release(2, 4, 0)) {
        case (.profiles, true): "dialog"
        case (.profiles, false): "dialog-prof-repl"
        case (.pipes, true): "ratelimit"
        case (.pipes, false): "ratelimit-pipe-repl"
        }
    }
}

/// What a source of counters holds, of the kind that was asked for.
struct CounterReading {
    var profiles: [ProfileRecord] = []
    var pipes: [PipeRecord] = []
    /// Calls by profile and value, where the source holds dialogs too; the empty value for a profile without values.
    var calls: [ProfileLink: Int]?
    /// What nodes are called, where it is not their number.
    var names: [Int32: String] = [:]

    /// Nothing.
    init() {}

    /// What a replica holds at a moment.
    init(_ replica: Replica, _ kind: CounterKind, at now: ReplicaTime) {
        switch kind {
        case .profiles: profiles = replica.profiles.records(at: now)
        case .pipes: pipes = replica.pipes.records(at: now)
        }
    }
}

extension ReplicaConfiguration {
    /// Sets for how many seconds what a peer counts is taken into account.
    mutating func expireCounters(after seconds: UInt64) {
        profileLimits.expiry = seconds * 1000
        pipeParameters.peerExpiry = seconds * 1000
    }
}

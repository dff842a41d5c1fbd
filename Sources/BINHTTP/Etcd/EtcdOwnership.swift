public import BINCluster
public import BINNode
public import Logging
public import ServiceLifecycle

/// Flags that etcd gives to one node at a time: where one owner is wanted strictly, and etcd is there anyway.
///
/// For each flag a key `opensips-bin/CLUSTER/FLAG` is created under a lease that is renewed three times in its duration. Its revision is the fencing
/// number. What is acquired and lost is told by the node, like flags that members give each other; other members see the owner.
/// The owner counts from the moment it asked, and a tenth less, so it stops before etcd gives the key away.
public struct EtcdOwnership: Service {
    /// What it is told.
    public struct Configuration: Sendable {
        /// The servers, as calls of their HTTP gateway; the next is asked when one does not answer.
        public var endpoints: [HTTPCall]
        /// The cluster.
        public var cluster: Int32
        /// The own node id, which is the value of the key.
        public var node: Int32
        /// The flags.
        public var flags: [FlagConfiguration]
        /// Seconds that a lease lasts; etcd gives at least about two.
        public var timeToLive = 10
        /// Where log lines go.
        public var logger = Logger(label: "bin.etcd")

        /// For some flags.
        public init(endpoints: [HTTPCall], cluster: Int32, node: Int32, flags: [FlagConfiguration]) {
            self.endpoints = endpoints
            self.cluster = cluster
            self.node = node
            self.flags = flags
        }
    }

    private let member: GossipNode
    private let configuration: Configuration

    /// Asks etcd on behalf of a node.
    public init(_ member: GossipNode, _ configuration: Configuration) {
        self.member = member
        self.configuration = configuration
    }

    /// Asks, until the task is cancelled or a graceful shutdown begins; then gives back what this node has.
    public func run() async {
        await withDiscardingTaskGroup { group in
            for flag in configuration.flags {
                guard let rank = flag.preferred.firstIndex(of: configuration.node) else { continue }
                // Not cancelled with the caller, so that what this node has can be given back.
                let work = Task { await self.keep(flag, rank) }
                group.addTask {
                    await withTaskCancellationOrGracefulShutdownHandler {
                        await work.value
                    } onCancelOrGracefulShutdown: {
                        work.cancel()
                    }
                }
            }
        }
    }

    private func keep(_ flag: FlagConfiguration, _ rank: Int) async {
        let key = "opensips-bin/\(configuration.cluster)/\(flag.name)"
        let third = Duration.seconds(configuration.timeToLive) / 3
        var client = EtcdClient(configuration.endpoints, timeout: third)
        var isComplaining = false
        while !Task.isCancelled {
            do {
                if try await client.isFree(key) {
                    // Those that are preferred less let others try first.
                    try await Task.sleep(for: .milliseconds(500 * rank))
                    try await own(flag, key, third, &client)
                }
                if isComplaining { configuration.logger.notice("etcd answers again") }
                isComplaining = false
                try await Task.sleep(for: .seconds(1))
            } catch is CancellationError {
                return
            } catch {
                if !isComplaining {
                    configuration.logger.warning("the owner of a flag is not known", metadata: ["reason": "\(error)"])
                }
                isComplaining = true
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// Takes the flag if nobody has it, and keeps it for as long as that goes.
    private func own(_ flag: FlagConfiguration, _ key: String, _ third: Duration, _ client: inout EtcdClient)
        async throws
    {
        var asked = ContinuousClock.now
        let lease = try await client.grant(seconds: configuration.timeToLive)
        let fence: UInt64?
        do {
            fence = try await client.create(key, "\(configuration.node)", lease)
        } catch {
            await giveBack(lease, client)
            throw error
        }
        guard let fence else { return try await client.revoke(lease) }
        var end = asked + counted(lease.seconds)
        await member.setExternal(flag.name, fence: fence, for: counted(lease.seconds), from: asked)
        while !Task.isCancelled, ContinuousClock.now < end {
            try? await Task.sleep(until: min(asked + third, end))
            guard !Task.isCancelled else { break }
            asked = .now
            do {
                guard let seconds = try await client.keepAlive(lease) else { break }
                end = asked + counted(seconds)
                await member.setExternal(flag.name, fence: fence, for: counted(seconds), from: asked)
            } catch {
                // Asked again until the time is over, but not at once.
                configuration.logger.debug("a lease was not renewed", metadata: ["reason": "\(error)"])
                try? await Task.sleep(for: min(.milliseconds(200), third))
                asked = .now - third
            }
        }
        await member.setExternal(flag.name, fence: nil)
        await giveBack(lease, client)
    }

    /// Gives a lease back also when this task is cancelled; when that fails, etcd ends it later.
    private func giveBack(_ lease: EtcdClient.Lease, _ client: EtcdClient) async {
        await Task.detached {
            var client = client
            try? await client.revoke(lease)
        }.value
    }

    /// How long the owner counts on what etcd granted.
    private func counted(_ seconds: Int) -> Duration { .seconds(seconds) / 10 * 9 }
}

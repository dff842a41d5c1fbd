import BINCluster
import BINMessages
import BINNode
import BINTransport
import BINWire

/// Gathers what one sync brings.
protocol SyncGatherer: CapabilityHandler {
    associatedtype Gathered: Sendable

    init(capability: String, release: Release)

    /// Forgets what came of an attempt that failed.
    func begin()

    /// What was gathered.
    var gathered: Gathered { get }

    /// Why a part of it could not be read.
    var failure: String? { get }
}

extension SyncGatherer {
    /// Live packets come after the sync they belong to; a visit ends with the sync.
    func receive(
        _ packet: RawSpan, _ header: PacketHeader, _ delivery: Delivery, on connection: PacketConnection?
    ) {}

    /// Fetches all data of a capability from one node.
    static func fetch(
        _ capability: String, from donor: Int32, _ membership: VisitArguments
    ) async throws -> Gathered {
        var member = try membership.member(knowing: [])
        // A request can get lost between a link that just came up and one that is still believed in; a visit is short.
        member.timing.syncTimeout = .seconds(5)
        var wanted = CapabilityConfiguration(WireName(capability))
        wanted.syncsAtStart = true
        wanted.donors = [donor]
        // Nodes that still believe in an earlier link answer only who has something to announce.
        wanted.isAnnounced = true
        member.capabilities = [wanted]
        let gatherer = Self(capability: capability, release: member.release)
        let visit = try ClusterVisit(try membership.configuration(member), handlers: [gatherer])
        let events = visit.node.events()
        let timeout = membership.timeout
        return try await visit.run { node in
            try await ClusterVisit.waitUntilUp(node, donor, seconds: timeout)
            return try await withThrowingTaskGroup(of: Gathered.self) { group in
                group.addTask {
                    for await event in events {
                        guard case .sync(_, let step) = event.event else { continue }
                        if case .finished = step { return gatherer.gathered }
                        // After a failure the node is asked again, until the time is over.
                        if case .requested = step { gatherer.begin() }
                    }
                    throw ClusterVisit.Failure(description: "the node ended")
                }
                group.addTask {
                    try await Task.sleep(for: .seconds(timeout))
                    throw ClusterVisit.Failure(
                        description: "node \(donor) gave no data of \(capability) within \(timeout) s: "
                            + (gatherer.failure
                                ?? "it has none that are complete, or the capability is not switched on there"))
                }
                defer { group.cancelAll() }
                guard let gathered = try await group.next() else {
                    throw ClusterVisit.Failure(description: "the node ended")
                }
                return gathered
            }
        }
    }
}

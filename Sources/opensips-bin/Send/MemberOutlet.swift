import BINCluster
import BINNode
import BINTransport
import BINWire
import Synchronization

/// Sends packets as a member of a cluster to one of its nodes, never too far ahead of what that node confirmed.
///
/// The packets get the ids of this member and of the node, whatever they carried before.
final class MemberOutlet: PacketOutlet {
    let framing: Framing
    private let options: DeliveryOptions
    private let node: ClusterNode
    private let target: Int32
    private let internalCapabilities: Set<String> = ["clusterer", "clusterer-internal"]
    private let sent = Atomic<Int>(0)

    init(_ options: DeliveryOptions, _ member: MemberConfiguration, framing: Framing) throws {
        guard let target = member.nodes.first?.node else { throw SendFailure.unknownNode }
        self.framing = framing
        self.options = options
        self.target = target
        var configuration = ClusterNode.Configuration(member: member)
        configuration.window = options.window
        configuration.logger = options.logger
        try options.certificates.apply(to: &configuration)
        node = try ClusterNode(configuration)
    }

    func run(_ body: @escaping @Sendable (any PacketOutlet) async throws -> Void) async throws -> DeliveryOutcome {
        try await withThrowingTaskGroup(of: (isNode: Bool, reason: String?).self) { group in
            group.addTask {
                do {
                    try await self.node.run()
                    return (true, nil)
                } catch {
                    let url = self.options.member?.url.description ?? ""
                    return (true, "cannot become a member from \(url): \(SocketFailure(error))")
                }
            }
            group.addTask { (false, try await self.deliver(body)) }
            var outcome = DeliveryOutcome()
            while let (isNode, reason) = try await group.next() {
                group.cancelAll()
                // That the node does not run says more than what comes of it.
                if isNode || outcome.reason == nil { outcome.reason = reason ?? outcome.reason }
            }
            outcome.sent = self.sent.load(ordering: .relaxed)
            return outcome
        }
    }

    /// Sends everything, and waits until it is confirmed.
    /// - Returns: why that was not possible.
    private func deliver(_ body: @Sendable (any PacketOutlet) async throws -> Void) async throws -> String? {
        do throws(NodeError) {
            try await node.waitUntilUp(target, options.connectTimeout)
        } catch {
            return "the link to node \(target) at \(options.target) does not come up: \(error)"
        }
        do { try await body(self) } catch is SendError { return nil }
        do throws(NodeError) {
            try await node.confirmAll(of: target)
        } catch {
            return "\(error)"
        }
        return nil
    }

    nonisolated(nonsending) func send(_ packet: [UInt8]) async throws(SendError) {
        let body = try withoutTrailer(packet)
        do throws(NodeError) {
            try await node.sendPaced(body, to: target)
        } catch {
            switch error {
            case .notSent(.tooLong): throw .tooLong(length: packet.count, maximum: Framing.maximumLengthSince4_0)
            default: throw .failed("\(error)")
            }
        }
        sent.wrappingAdd(1, ordering: .relaxed)
    }

    /// The packet as the node wants it: it adds its own trailer.
    private func withoutTrailer(_ packet: [UInt8]) throws(SendError) -> [UInt8] {
        do throws(WireError) {
            let header = try PacketHeader(datagram: packet.span.bytes, framing: framing)
            guard framing == .v2_3 else { return packet }
            let name = header.capability.string(in: packet.span.bytes) ?? ""
            // Who is up and who knows whom is our own affair while we are a member.
            guard !internalCapabilities.contains(name) else { throw WireError(.valueOutOfRange, at: 12) }
            return try Routing.removed(from: packet)
        } catch {
            throw .refused(error)
        }
    }
}

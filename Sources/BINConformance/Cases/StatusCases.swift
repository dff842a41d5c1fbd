import BINMessages
import BINWire

// Destinations that are switched on and off. They cannot be made from outside: a case takes one that the sync of the target shows,
// switches it, looks at it in the next sync, and switches it back.

extension ConformanceCase {
    static var statusCases: [ConformanceCase] {
        [
            ConformanceCase(
                .statuses, 1, ["DS-4", "DS-5"], sent: "a dispatcher destination made inactive, and active again",
                expected: "the next syncs say so"
            ) { try await switched($0, { try DispatcherStatuses($0) }) },
            ConformanceCase(
                .statuses, 2, ["DS-4"], sent: "the same, with the address in capitals",
                expected: "the next syncs say so"
            ) { try await switched($0, { try DispatcherStatuses($0, spelling: { $0.uppercased() }) }) },
            ConformanceCase(
                .statuses, 3, ["DS-4", "DS-5"],
                sent: "a dispatcher destination of a set that nobody has, made inactive",
                expected: "the next sync is as the one before"
            ) { try await unchanged($0, { try DispatcherStatuses($0) }, isUnknown: true) },
            ConformanceCase(
                .statuses, 4, ["LB-5"], sent: "a load_balancer destination disabled, and enabled again",
                expected: "the next syncs say so"
            ) { try await switched($0, { try LoadBalancerStatuses($0) }) },
            ConformanceCase(
                .statuses, 5, ["LB-4"], sent: "the same, with something behind the URI",
                expected: "the next syncs say so"
            ) { try await switched($0, { try LoadBalancerStatuses($0, spelling: { $0 + ";conformance=1" }) }) },
            ConformanceCase(
                .statuses, 6, ["LB-4"], sent: "a load_balancer destination of a group that nobody has, disabled",
                expected: "the next sync is as the one before"
            ) { try await unchanged($0, { try LoadBalancerStatuses($0) }, isUnknown: true) },
            ConformanceCase(
                .statuses, 7, ["DR-5"], sent: "a gateway disabled, and enabled again", expected: "the next syncs say so"
            ) { try await switched($0, { try RoutingStatuses($0, gateways: true) }) },
            ConformanceCase(
                .statuses, 8, ["DR-1", "DR-5"], sent: "a carrier switched off, and on again",
                expected: "the next syncs say so"
            ) { try await switched($0, { try RoutingStatuses($0, gateways: false) }) },
            ConformanceCase(
                .statuses, 9, ["DR-5"], sent: "a gateway of a partition that nobody has, disabled",
                expected: "the next sync is as the one before"
            ) { try await unchanged($0, { try RoutingStatuses($0, gateways: true) }, isUnknown: true) },
            ConformanceCase(
                .statuses, 10, ["CL-19", "RX-8"],
                sent:
                    "for each of the three modules, a destination switched in a packet that names a source that is not known",
                expected: "the next sync is as the one before"
            ) { conversation in
                var verdicts: [ConformanceVerdict] = []
                verdicts.append(try await unchanged(conversation, { try DispatcherStatuses($0) }, from: 30_000))
                verdicts.append(try await unchanged(conversation, { try LoadBalancerStatuses($0) }, from: 30_000))
                verdicts.append(
                    try await unchanged(conversation, { try RoutingStatuses($0, gateways: true) }, from: 30_000))
                if let failed = verdicts.first(where: { $0.name == "failed" }) { return failed }
                let passed = verdicts.filter { $0.name == "passed" }
                return passed.isEmpty ? verdicts[0] : .passed(passed.map(\.detail).joined(separator: "; "))
            },
        ]
    }

    /// Switches the first destination of a sync, and back.
    private static func switched<Kind: SwitchedStatuses>(
        _ conversation: Conversation, _ kind: (Conversation) throws -> Kind
    ) async throws -> ConformanceVerdict {
        try await withFirst(conversation, kind) { statuses, first, _ in
            var seen: [String] = []
            for isOff in [!first.isOff, first.isOff] {
                try await conversation.deliver([try statuses.packet(first, isOff: isOff, isUnknown: false, from: nil)])
                let now = try await held(conversation, statuses).first { $0.name == first.name }
                guard let now else { return .failed("\(first.name) is not in the sync any more") }
                seen.append(now.isOff ? "off" : "on")
                guard now.isOff == isOff else {
                    return .failed("\(first.name) was \(seen.joined(separator: ", then "))")
                }
            }
            return .passed("\(first.name) was \(seen.joined(separator: ", then "))")
        }
    }

    /// Sends a status that must not be taken.
    private static func unchanged<Kind: SwitchedStatuses>(
        _ conversation: Conversation, _ kind: (Conversation) throws -> Kind, isUnknown: Bool = false,
        from source: Int32? = nil
    ) async throws -> ConformanceVerdict {
        try await withFirst(conversation, kind) { statuses, first, before in
            try await conversation.deliver([
                try statuses.packet(first, isOff: !first.isOff, isUnknown: isUnknown, from: source)
            ])
            let after = try await held(conversation, statuses)
            return .found(
                "the same \(after.count) destinations", if: after == before,
                otherwise: "another sync: \(after.filter { !before.contains($0) }.map(\.words).joined(separator: ", "))"
            )
        }
    }

    /// Judges by the first destination of a sync; skipped when there is none.
    private static func withFirst<Kind: SwitchedStatuses>(
        _ conversation: Conversation, _ kind: (Conversation) throws -> Kind,
        _ judge: (Kind, SwitchedDestination, [SwitchedDestination]) async throws -> ConformanceVerdict
    ) async throws -> ConformanceVerdict {
        if let hidden = conversation.hides(Kind.capability) { return hidden }
        let statuses = try kind(conversation)
        let held = try await held(conversation, statuses)
        guard let first = held.first else { return .skipped("its sync has no destination of that kind") }
        return try await judge(statuses, first, held)
    }

    private static func held<Kind: SwitchedStatuses>(
        _ conversation: Conversation, _ statuses: Kind
    ) async throws -> [SwitchedDestination] {
        try statuses.destinations(in: try await heldData(conversation, Kind.capability))
    }
}

/// A destination, as a sync shows it.
struct SwitchedDestination: Hashable {
    /// Partition or empty.
    var partition = ""
    /// Set or group; 0 where there is none.
    var group: Int32 = 0
    /// Its URI or id.
    var address: String
    /// Whether it is out of use.
    var isOff: Bool

    /// What it is called, for reports.
    var name: String { [partition, "\(group)", address].filter { $0 != "" && $0 != "0" }.joined(separator: " ") }
    /// With its state.
    var words: String { "\(name) \(isOff ? "off" : "on")" }
}

/// How one module says that a destination is out of use.
private protocol SwitchedStatuses {
    static var capability: String { get }
    /// The destinations of a sync.
    func destinations(in sync: [Heard]) throws -> [SwitchedDestination]
    /// A packet that switches one.
    /// - Parameters:
    ///   - isUnknown: whether it is to name a destination beside it that there is none of.
    ///   - source: the node that it names as its sender; nil for the runner's own.
    func packet(_ destination: SwitchedDestination, isOff: Bool, isUnknown: Bool, from source: Int32?) throws -> [UInt8]
}

private struct DispatcherStatuses: SwitchedStatuses {
    static let capability = "dispatcher-status-repl"
    private let packets: ModulePackets<DispatcherLayout>
    private let spelling: (String) -> String

    init(_ conversation: Conversation, spelling: @escaping (String) -> String = { $0 }) throws {
        packets = try ModulePackets(conversation)
        self.spelling = spelling
    }

    func destinations(in sync: [Heard]) throws -> [SwitchedDestination] {
        try packets.chunks(DispatcherSyncChunk.self, in: sync).map { chunk, heard in
            SwitchedDestination(
                partition: heard.text(chunk.partition), group: chunk.set, address: heard.text(chunk.address),
                isOff: chunk.state & 1 != 0)
        }
    }

    func packet(_ destination: SwitchedDestination, isOff: Bool, isUnknown: Bool, from source: Int32?) throws -> [UInt8]
    {
        var message = DispatcherStatusUpdate()
        var texts = PacketTexts()
        message.partition = texts.add(destination.partition)
        message.set = isUnknown ? .max : destination.group
        message.address = texts.add(spelling(destination.address))
        message.type = isOff ? 1 : 0
        message.state = 1
        return try packets.packet(message, texts, from: source)
    }
}

private struct LoadBalancerStatuses: SwitchedStatuses {
    static let capability = "load_balancer-status-repl"
    private let packets: ModulePackets<LoadBalancerLayout>
    private let spelling: (String) -> String

    init(_ conversation: Conversation, spelling: @escaping (String) -> String = { $0 }) throws {
        packets = try ModulePackets(conversation)
        self.spelling = spelling
    }

    func destinations(in sync: [Heard]) throws -> [SwitchedDestination] {
        try packets.chunks(LoadBalancerSyncChunk.self, in: sync).map { chunk, heard in
            SwitchedDestination(
                group: chunk.status.group, address: heard.text(chunk.status.uri),
                isOff: chunk.status.statusFlags & 4 != 0)
        }
    }

    func packet(_ destination: SwitchedDestination, isOff: Bool, isUnknown: Bool, from source: Int32?) throws -> [UInt8]
    {
        var message = LoadBalancerStatusUpdate()
        var texts = PacketTexts()
        message.status.group = isUnknown ? .max : destination.group
        message.status.uri = texts.add(spelling(destination.address))
        message.status.statusFlags = isOff ? 12 : 0
        return try packets.packet(message, texts, from: source)
    }
}

/// Gateways or carriers of drouting.
private struct RoutingStatuses: SwitchedStatuses {
    static let capability = "drouting-status-repl"
    private let packets: ModulePackets<DroutingLayout>
    private let gateways: Bool

    init(_ conversation: Conversation, gateways: Bool) throws {
        packets = try ModulePackets(conversation)
        self.gateways = gateways
    }

    func destinations(in sync: [Heard]) throws -> [SwitchedDestination] {
        try packets.chunks(DroutingSyncChunk.self, in: sync).filter { ($0.chunk.isGateway != 0) == gateways }
            .map { chunk, heard in
                SwitchedDestination(
                    partition: heard.text(chunk.partition), address: heard.text(chunk.id),
                    isOff: chunk.statusFlags & (gateways ? 4 : packets.layout.carrierOff) != 0)
            }
    }

    func packet(_ destination: SwitchedDestination, isOff: Bool, isUnknown: Bool, from source: Int32?) throws -> [UInt8]
    {
        var texts = PacketTexts()
        let partition = texts.add(isUnknown ? "conformance-none" : destination.partition)
        let id = texts.add(destination.address)
        guard gateways else {
            var message = CarrierStatusUpdate()
            message.partition = partition
            message.carrier = id
            message.statusFlags = isOff ? packets.layout.carrierOff : 0
            return try packets.packet(message, texts, from: source)
        }
        var message = GatewayStatusUpdate()
        message.partition = partition
        message.gateway = id
        message.statusFlags = isOff ? 12 : 0
        return try packets.packet(message, texts, from: source)
    }
}

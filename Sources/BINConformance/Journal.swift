import BINMessages
import BINWire
import Synchronization

/// A packet that came from the target.
struct Heard: Sendable {
    let bytes: [UInt8]
    let header: PacketHeader
    /// Whether it came on a connection that we opened; otherwise the target opened it.
    let isAnswer: Bool
    let at: ContinuousClock.Instant
    let layout: ClustererLayout

    /// Name of the capability.
    var capability: String {
        String(decoding: bytes[Int(header.capability.offset)..<header.typeOffset], as: UTF8.self)
    }

    /// The trailer of a packet that has one.
    var routing: Routing? {
        capability == "clusterer-internal" ? nil : try? Routing(trailerOf: bytes.span.bytes, header: header)
    }

    /// What it says, when it is a message of this type and can be read to its end.
    func message<Body: Message>(_ type: Body.Type) -> Body? where Body.Layout == ClustererLayout {
        guard let identity = Body.identity(in: layout), identity.type == header.type, identity.capability == capability
        else { return nil }
        let end = header.length - (identity.routing == .trailer ? routing?.size ?? 0 : 0)
        guard end >= header.bodyOffset else { return nil }
        return try? Body(decoding: bytes.span.bytes, range: header.bodyOffset..<end, in: layout)
    }

    /// A text of a message that was read from it.
    func text(_ text: Text) -> String {
        let start = Int(text.offset)
        guard start + Int(text.length) <= bytes.count else { return "" }
        return String(decoding: bytes[start..<(start + Int(text.length))], as: UTF8.self)
    }

    /// What it is called, for reports.
    var name: String {
        let names: [(String, Bool)] = [
            ("PING", message(Ping.self) != nil), ("PONG", message(Pong.self) != nil),
            ("LS_UPDATE", message(LinkStateUpdate.self) != nil),
            ("FULL_TOP_UPDATE", message(FullTopologyUpdate.self) != nil),
            ("UNKNOWN_ID", message(UnknownID.self) != nil), ("NODE_DESCRIPTION", message(NodeDescription.self) != nil),
            ("CAP_UPDATE", message(CapabilityUpdate.self) != nil), ("SYNC_REQ", message(SyncRequest.self) != nil),
            ("SYNC", message(SyncPacket.self) != nil), ("SYNC_END", message(SyncEnd.self) != nil),
            ("SHTAG_ACTIVE", message(SharingTagActive.self) != nil),
        ]
        return names.first { $0.1 }?.0 ?? "\(capability) type \(header.type)"
    }
}

/// Everything that the target sent to one of the runner's nodes, in the order in which it came.
///
/// It is written by event loops and read by cases, hence the lock.
final class Journal: Sendable {
    private let entries = Mutex<[Heard]>([])
    /// Packets that are kept; a target that floods the runner gets no more attention.
    private static let limit = 100_000

    func append(_ heard: Heard) { entries.withLock { if $0.count < Self.limit { $0.append(heard) } } }

    /// How much there is: what comes from now on is behind it.
    var mark: Int { entries.withLock { $0.count } }

    /// What came since a mark.
    func entries(since mark: Int) -> [Heard] { entries.withLock { Array($0[min(mark, $0.count)...]) } }

    /// Waits for something.
    /// - Returns: what `match` found first; nil when it found nothing in time.
    func wait<Value>(
        since mark: Int, within limit: Duration, _ match: (Heard) -> Value?
    ) async throws -> Value? {
        let end = ContinuousClock.now + limit
        var next = mark
        while true {
            let late = ContinuousClock.now >= end
            for heard in entries(since: next) {
                if let value = match(heard) { return value }
                next += 1
            }
            if late { return nil }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}

import BINMessages
import BINWire

/// Contacts as values: to packets in the producer's memory, and from packets to values with strings of their own.
struct ReplicationBenchmark {
    private let contact: Contact
    private let packet: [UInt8]
    private static let release = Release(4, 0, 1)
    private static let routing = Routing(cluster: 1, source: 1, destination: 2)

    /// With the contact that `packet` inserts.
    init(_ packet: ContactPacket) throws {
        self.packet = packet.bytes
        var consumer = ReplicationConsumer(release: Self.release)
        let header = try PacketHeader(parsing: packet.bytes.span.bytes, framing: .v2_3)
        guard
            case .contactInserted(let contact)? = try consumer.events(of: packet.bytes.span.bytes, header).first?.change
        else { preconditionFailure("the packet inserts a contact") }
        self.contact = contact
    }

    func produce(_ rounds: Int) -> UInt64 {
        guard var producer = try? ReplicationProducer(for: Self.release, routing: Self.routing) else { return 0 }
        var contact = contact
        var sum: UInt64 = 0
        for _ in 0..<rounds {
            contact.cseq &+= 1
            do throws(ProductionFailure) { try producer.writeInsert(contact) } catch { return 0 }
            sum &+= UInt64(producer.packet.byteCount)
        }
        return sum
    }

    func consume(_ rounds: Int) -> UInt64 {
        var consumer = ReplicationConsumer(release: Self.release)
        var sum: UInt64 = 0
        let span = packet.span.bytes
        for _ in 0..<rounds {
            guard let header = try? PacketHeader(parsing: span, framing: .v2_3),
                let events = try? consumer.events(of: span, header)
            else { return 0 }
            sum &+= UInt64(events.count)
        }
        return sum
    }
}

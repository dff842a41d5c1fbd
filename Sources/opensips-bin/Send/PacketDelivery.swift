import ArgumentParser
import BINText
import BINTransport
import BINWire

/// A packet that is to be sent.
struct OutgoingPacket: Sendable {
    var bytes: [UInt8]
    var framing: Framing
}

/// Packets, one after the other, with a count of those that could not be made.
protocol PacketSource {
    mutating func next() -> OutgoingPacket?
    var failures: Int { get }
}

/// Sends the packets of a source to one target, and says what became of them.
actor PacketDelivery {
    private let target: DeliveryOptions
    private var next: OutgoingPacket?
    private var packets: any PacketSource
    private var leftOut = 0
    private var failure: String?

    init(target: DeliveryOptions, packets: sending any PacketSource) {
        self.target = target
        self.packets = packets
    }

    /// Sends everything, or until somebody interrupts; ends the command with the status that its help documents.
    func run() async throws {
        next = packets.next()
        guard let framing = next?.framing else {
            if packets.failures > 0 { throw ExitCode(3) }
            Terminal.complain("there is no packet to send")
            return
        }
        let outlet: any PacketOutlet
        do throws(DeliveryFailure) {
            outlet = try await target.outlet(framing: framing)
        } catch {
            Terminal.complain("\(error)")
            throw ExitCode(1)
        }
        let outcome = try await outlet.run { try await self.send(to: $0) }
        let unusable = packets.failures + leftOut
        Terminal.complain(
            "\(outcome.sent) packets sent" + (outcome.lost > 0 ? ", \(outcome.lost) lost" : "")
                + (unusable > 0 ? ", \(unusable) left out" : "") + (Interruption.isRequested ? ", interrupted" : ""))
        if let reason = failure ?? outcome.reason {
            Terminal.complain(reason)
            throw ExitCode(1)
        }
        if unusable > 0 { throw ExitCode(3) }
    }

    private func send(to outlet: any PacketOutlet) async throws {
        while let packet = next, !Interruption.isRequested {
            if packet.framing == outlet.framing {
                do throws(SendError) {
                    try await outlet.send(packet.bytes)
                } catch {
                    switch error {
                    case .tooLong, .refused: leaveOut(packet, "\(error)")
                    case .closed: throw error
                    case .cancelled, .queueFull, .failed:
                        failure = failure ?? "\(error)"
                        throw error
                    }
                }
            } else {
                leaveOut(packet, "its framing is \(packet.framing), that of the first packet is \(outlet.framing)")
            }
            next = packets.next()
        }
    }

    private func leaveOut(_ packet: OutgoingPacket, _ reason: String) {
        leftOut += 1
        Terminal.complain("a packet of \(packet.bytes.count) bytes is left out: \(reason)")
    }
}

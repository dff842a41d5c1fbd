import ArgumentParser
import BINCapture
import BINMessages
import BINText
import BINWire

/// `opensips-bin send contact`: registrations from flags.
struct SendContactCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contact",
        abstract: "Register, change or remove a contact on a node.",
        discussion: """
            opensips-bin send contact --to udp:127.0.0.1:5555 --release 2.1 --aor alice --contact sip:alice@10.0.0.1

            opensips-bin send contact --to tcp:127.0.0.1:5555 --as-member bin:127.0.0.2:5555 --node-id 2 --to-node 1 \
            --release 4.0 --aor user{n} --contact sip:user{n}@10.0.0.1 --count 100000

            {n} in the AoR, the contact, the Call-ID and the source stands for the number of the contact, from 1 on. An AoR is \
            told before its first contact, as servers do. Exit status: see send --help.
            """)

    /// What happens to the contact.
    enum Action: String, ExpressibleByArgument, CaseIterable {
        case insert, update, delete
    }

    @OptionGroup var target: TargetArguments

    @OptionGroup(title: "Nodes") var nodes: NodeArguments

    @Option(help: "insert, update or delete.")
    var action = Action.insert

    @Option(help: "The address of record: user, or user@domain where nodes tell domains apart.")
    var aor: String

    @Option(help: "The contact URI.")
    var contact: String

    @Option(help: "The table of contacts.")
    var domain = "location"

    @Option(help: "Call-ID of the REGISTER; without it made of AoR and number.")
    var callid: String?

    @Option(help: "CSeq of the REGISTER.")
    var cseq: Int32 = 1

    @Option(help: "Seconds until it expires; 0 for never.")
    var expires: UInt32 = 3600

    @Option(help: "Preference from 0 to 1.")
    var q: Double?

    @Option(help: "User-Agent of the REGISTER.")
    var userAgent = "opensips-bin"

    @Option(help: "Where the REGISTER really came from, such as sip:192.0.2.7:5060.")
    var received = ""

    @Option(help: "Body of the Path header.")
    var path = ""

    @Option(help: "Free registration attributes.")
    var attr = ""

    @Option(help: "The socket that received the REGISTER, such as udp:10.0.0.1:5060; 2.1 and 2.2 take only their own.")
    var sock = ""

    @Option(name: .customLong("kv"), help: "A key/value of the contact, KEY=VALUE; may be repeated.")
    var keyValues: [String] = []

    @Option(help: "How many contacts.")
    var count = 1

    func validate() throws {
        try nodes.requireRelease()
        guard count > 0 else { throw ValidationError("--count is a number above 0") }
        if let q, !(0...1).contains(q) { throw ValidationError("--q is a number from 0 to 1") }
        guard keyValues.allSatisfy({ $0.contains("=") }) else { throw ValidationError("--kv is KEY=VALUE") }
    }

    func run() async throws {
        Interruption.ignoreBrokenPipes()
        Interruption.watch()
        let packets: ContactPackets
        do throws(ProductionFailure) {
            packets = try ContactPackets(self, routing: try nodes.checkedRouting())
        } catch {
            Terminal.complain("\(error)")
            throw ExitCode(3)
        }
        try await PacketDelivery(target: try target.options(nodes), packets: packets).run()
    }

    /// The contact with a number.
    func contact(_ number: Int, now: UInt64) -> Contact {
        func numbered(_ text: String) -> String { text.replacingNumber(number) }
        let record = AddressOfRecord(numbered(aor), domain: domain)
        var contact = Contact(record, uri: numbered(self.contact), expires: expires == 0 ? 0 : now + UInt64(expires))
        contact.callID = numbered(callid ?? "{n}-\(aor)")
        contact.cseq = cseq
        contact.q = q.map { Int32(($0 * 1000).rounded()) } ?? -1
        contact.userAgent = userAgent
        contact.received = numbered(received)
        contact.path = path
        contact.attributes = attr
        contact.socket = sock
        contact.lastModified = now
        for entry in keyValues {
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            contact.keyValues[String(parts[0])] = Int32(parts[1]).map { .integer($0) } ?? .string(String(parts[1]))
        }
        return contact
    }
}

extension String {
    /// The text with a number in the place of each `{n}`.
    fileprivate func replacingNumber(_ number: Int) -> String {
        guard contains("{n}") else { return self }
        return split(separator: "{n}", omittingEmptySubsequences: false).joined(separator: "\(number)")
    }
}

/// The packets of numbered contacts.
final class ContactPackets: PacketSource {
    private let command: SendContactCommand
    private var producer: ReplicationProducer
    private let framing: Framing
    private let now: UInt64
    private var number = 0
    /// The contact packet that follows the AoR just handed out.
    private var pending: OutgoingPacket?
    private(set) var failures = 0
    private var lastAoR = ""

    init(_ command: SendContactCommand, routing: (Release, Routing)) throws(ProductionFailure) {
        self.command = command
        producer = try ReplicationProducer(for: routing.0, routing: routing.1)
        framing = routing.0.framing
        now = UInt64(max(0, CaptureTime.now.nanosecondsSinceEpoch / 1_000_000_000))
    }

    func next() -> OutgoingPacket? {
        if let packet = pending {
            pending = nil
            return packet
        }
        while number < command.count {
            number += 1
            let contact = command.contact(number, now: now)
            do throws(ProductionFailure) {
                switch command.action {
                case .insert:
                    let packet = packet(try producer.insert(contact))
                    guard contact.aor.name != lastAoR else { return packet }
                    lastAoR = contact.aor.name
                    pending = packet
                    return self.packet(try producer.insert(AoRRecord(contact.aor)))
                case .update: return packet(try producer.update(contact))
                case .delete: return packet(try producer.delete(contact.key))
                }
            } catch {
                failures += 1
                Terminal.complain("contact \(number): \(error)")
            }
        }
        return nil
    }

    private func packet(_ bytes: [UInt8]) -> OutgoingPacket { OutgoingPacket(bytes: bytes, framing: framing) }
}

import BINCapture
import BINMessages
import BINReplica
import BINWire
import Foundation

/// What single servers listed of their state at known moments.
struct Listings: Decodable {
    struct Contact: Decodable, Hashable {
        var aor: String
        var contact: String
        var contactId: String?
        var callid: String
        var cseq: Int32
        var userAgent: String
        var methods: Int32
        var q: Int32
        var path: String?
        var received: String?
        var attr: String?
        var instance: String?
        var socket: String?
        /// Seconds that are left, as the server said.
        var expires: Int64?
    }

    struct Dialog: Decodable {
        var callid: String
        var id: UInt64?
        var state: Int32
        var fromTag: String
        var toTag: String
        var startTime: Int32
        var timeout: Int32
        var sockets: [String]
        var values: [String: String]?
        /// Names and values.
        var profiles: [[String]]?
    }

    struct Pipe: Decodable {
        var pipeName: String
        var algorithm: Int32
        var limit: Int32
    }

    struct Listing: Decodable {
        var time: Double
        var node: Int32
        /// The moment lies somewhere up to this one.
        var until: Double?
        /// Not a listing: the node began, knowing nothing.
        var started: Bool?
        var contacts: [Contact]?
        var dialogs: [Dialog]?
        var pipes: [Pipe]?
        var profile: String?
        /// Sizes of a profile by value, `*` for all values together.
        var values: [String: Int]?
    }

    var listings: [Listing]

    /// The captures that have listings.
    static let captures = Corpus.captures.filter {
        FileManager.default.fileExists(atPath: Corpus.file($0, "listings.json").path)
    }

    static func of(_ capture: String) throws -> Listings {
        try JSONDecoder().decode(Listings.self, from: Data(contentsOf: Corpus.file(capture, "listings.json")))
    }
}

/// A replica of each node of a capture: fed with what the node was sent, and what it sent itself.
struct ReplicaRecording {
    /// A packet that is for a node or comes from it.
    struct Entry {
        var packet: Corpus.Packet
        var sender: Int32
        var release: Release
        var time: Double
    }

    /// By node, in the order of the capture.
    private(set) var entries: [Int32: [Entry]] = [:]

    /// Nodes have the number that their address ends in.
    static func node(_ address: Endpoint) -> Int32 { Int32(address.address.low & 0xFF) }

    init(_ capture: String) throws {
        var interpreter = Interpreter()
        var description = PacketDescription()
        for packet in try Corpus.contents(of: capture).packets {
            let source = ReplicaRecording.node(packet.origin.source)
            let destination = ReplicaRecording.node(packet.origin.destination)
            interpreter.interpret(packet.bytes.span.bytes, packet.header, from: packet.sender, into: &description)
            let release =
                Corpus.release(of: capture) ?? (source == 1 ? Release(3, 4, 18) : Release(4, 0, 1))
            let routing = description.routing
            let sender = routing?.source ?? source
            let entry = Entry(
                packet: packet, sender: sender, release: release,
                time: Double(packet.origin.time.nanosecondsSinceEpoch) / 1e9)
            // A packet on its way over another node comes by more than once; what a node sends to several others it did once.
            let body = packet.bytes.dropFirst(packet.header.bodyOffset).dropLast(routing == nil ? 0 : 4)
            let isCopy = (entries[source] ?? []).suffix(12).contains {
                $0.sender == source && entry.time - $0.time < 0.2 && $0.packet.header.type == packet.header.type
                    && $0.packet.bytes.dropFirst($0.packet.header.bodyOffset).dropLast(routing == nil ? 0 : 4)
                        .elementsEqual(body)
            }
            if source == sender, !isCopy { entries[source, default: []].append(entry) }
            if (routing?.destination ?? destination) == destination { entries[destination, default: []].append(entry) }
        }
    }
}

extension Replica {
    mutating func apply(_ entry: ReplicaRecording.Entry, into changes: inout ReplicaChanges) {
        let now = ReplicaTime(milliseconds: UInt64(entry.time * 1000))
        apply(
            entry.packet.bytes.span.bytes, entry.packet.header, from: entry.sender, release: entry.release, at: now,
            into: &changes)
    }

    /// The contacts that count at `time`, as a listing has them.
    func listedContacts(of node: Int32, at time: Double) -> [Listings.Contact] {
        func string(_ bytes: RawSpan) -> String { bytes.validatedString() ?? "?" }
        var listed: [Listings.Contact] = []
        contacts.forEachAoR { aor in
            for handle in contacts.contacts(of: aor) {
                guard let contact = contacts.contact(handle), contact.isValid(at: UInt64(time)) else { continue }
                var entry = Listings.Contact(
                    aor: contacts.name(of: aor) ?? "?", contact: string(contact.uri),
                    callid: string(contact.callID), cseq: contact.cseq, userAgent: string(contact.userAgent),
                    methods: contact.methods, q: contact.q)
                // What a node did itself did not go through the rules for what it is sent.
                entry.contactId = contact.sender == node ? nil : "\(contact.contactID)"
                if !contact.path.isEmpty { entry.path = string(contact.path) }
                if !contact.received.isEmpty { entry.received = string(contact.received) }
                if !contact.attributes.isEmpty { entry.attr = string(contact.attributes) }
                if !contact.instance.isEmpty { entry.instance = string(contact.instance) }
                if !contact.socket.isEmpty { entry.socket = string(contact.socket) }
                entry.expires = contact.expires == 0 ? 0 : Int64(contact.expires) - Int64(time)
                listed.append(entry)
            }
        }
        return listed
    }
}

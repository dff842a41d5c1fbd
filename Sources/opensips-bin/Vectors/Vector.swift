import BINMessages
import BINText
import BINWire

/// One test vector: a packet, and what must be said of it.
struct Vector {
    /// What must be said.
    enum Expectation {
        /// These fields and this trailer; `isStrict` is false where a receiver may refuse the packet as well.
        case fields(String, Routing?, isStrict: Bool)
        /// A mistake.
        case error(reason: String, offset: Int)
        /// In a stream: these packets, then perhaps a mistake.
        case stream(fragments: [Int], packets: [Range<Int>], error: WireError?)
    }

    /// Names the test within its group, from which its number is made.
    var slug: String
    /// What it is, in words.
    var comment: String
    /// What it tries.
    var flags: [VectorFlag]
    /// The packet, or the stream.
    var packet: [UInt8]
    /// What must be said.
    var expectation: Expectation
    /// The release that it was recorded with.
    var release: Release?
    /// The packets inside, when it is an envelope.
    var inside: [[UInt8]] = []

    /// Whether a receiver must accept it, may, or must not.
    var result: String {
        switch expectation {
        case .fields(_, _, let isStrict): isStrict ? "valid" : "acceptable"
        case .error: "invalid"
        case .stream(_, _, let error): error == nil ? "valid" : "invalid"
        }
    }
}

/// The vectors of one message in one layout.
struct VectorGroup {
    var capability: String
    var message: String
    /// Packet type; nil for a chunk.
    var type: Int32?
    /// Version in the header, for a chunk the data version.
    var version: Int16?
    var layout: String
    var framing: Framing
    var releases: ReleaseSet
    /// For a chunk: type and version of the sync packet.
    var carrier: (type: Int32, version: Int16)?
    var vectors: [Vector]

    /// What tells it from all others, from which the numbers of its tests are made.
    var key: String {
        let version = version.map { "\($0)" } ?? "-"
        let carrier = carrier.map { "\($0.type).\($0.version)" } ?? "-"
        return "\(capability)|\(message)|\(type.map { "\($0)" } ?? "-")|\(version)|\(layout)|\(framing)|\(carrier)"
    }
}

/// A file of vectors.
struct VectorFile {
    /// Its name without the folder.
    var name: String
    var groups: [VectorGroup]

    /// The file as JSON.
    var text: String {
        var taken: Set<UInt32> = []
        let used = Set(groups.flatMap { $0.vectors.flatMap(\.flags) })
        let notes = VectorFlag.allCases.filter { used.contains($0) }
        return JSONText.object([
            ("$schema", .string("vectors.schema.json")),
            ("generator", .string("opensips-bin")),
            ("numberOfTests", .number(Int64(groups.reduce(0) { $0 + $1.vectors.count }))),
            ("notes", .object(notes.map { ($0.rawValue, $0.note) })),
            ("testGroups", .array(groups.map { VectorFile.group($0, &taken) })),
        ]).text
    }

    private static func group(_ group: VectorGroup, _ taken: inout Set<UInt32>) -> JSONText {
        var members: [(name: String, value: JSONText)] = [
            ("capability", .string(group.capability)), ("message", .string(group.message)),
            ("type", group.type.map { .number(Int64($0)) } ?? .null),
            ("version", group.version.map { .number(Int64($0)) } ?? .null),
            ("layout", .string(group.layout)), ("framing", .string("\(group.framing)")),
            ("releases", .array(LayoutExport.ranges(group.releases))),
        ]
        if let carrier = group.carrier {
            members.append(
                (
                    "carrier",
                    .object([("type", .number(Int64(carrier.type))), ("version", .number(Int64(carrier.version)))])
                ))
        }
        var tests: [JSONText] = []
        for vector in group.vectors { tests.append(test(vector, number(vector.slug, in: group.key, &taken))) }
        members.append(("tests", .array(tests)))
        return .object(members)
    }

    /// A number that stays the same when other tests come and go: a hash (FNV-1a) of what the test is, in 24 bits.
    private static func number(_ slug: String, in group: String, _ taken: inout Set<UInt32>) -> UInt32 {
        var hash: UInt32 = 0x811C_9DC5
        for byte in "\(group)|\(slug)".utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        var number = (hash >> 24 ^ hash) & 0xFF_FFFF
        while number == 0 || !taken.insert(number).inserted { number = (number + 1) & 0xFF_FFFF }
        return number
    }

    private static func test(_ vector: Vector, _ number: UInt32) -> JSONText {
        var members: [(name: String, value: JSONText)] = [
            ("tcId", .number(Int64(number))), ("comment", .string(vector.comment)),
            ("flags", .array(vector.flags.map { .string($0.rawValue) })),
        ]
        if let release = vector.release { members.append(("release", .string("\(release)"))) }
        members.append(("packet", .raw("\"\(hexadecimal(vector.packet))\"")))
        members.append(("result", .string(vector.result)))
        switch vector.expectation {
        case .fields(let fields, let routing, _):
            members.append(("fields", .raw(fields)))
            if let routing { members.append(("routing", self.routing(routing))) }
            if !vector.inside.isEmpty {
                members.append(("packets", .array(vector.inside.map { .raw("\"\(hexadecimal($0))\"") })))
            }
        case .error(let reason, let offset):
            members.append(("error", error(reason, offset)))
        case .stream(let fragments, let packets, let error):
            let places = packets.map {
                JSONText.object([("offset", .number(Int64($0.lowerBound))), ("length", .number(Int64($0.count)))])
            }
            members.append(
                (
                    "stream",
                    .object([
                        ("fragments", .array(fragments.map { .number(Int64($0)) })), ("packets", .array(places)),
                    ])
                ))
            if let error { members.append(("error", self.error(error.code.name, Int(error.offset)))) }
        }
        // A line a test, so that differences are read by test.
        return .raw(JSONText.object(members).oneLine)
    }

    private static func error(_ reason: String, _ offset: Int) -> JSONText {
        .object([("offset", .number(Int64(offset))), ("reason", .string(reason))])
    }

    static func routing(_ routing: Routing) -> JSONText {
        var members: [(name: String, value: JSONText)] = [
            ("cluster", .number(Int64(routing.cluster))), ("source", .number(Int64(routing.source))),
            ("destination", .number(Int64(routing.destination))),
        ]
        if let cluster = routing.destinationCluster { members.append(("destinationCluster", .number(Int64(cluster)))) }
        return .object(members)
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let output = OutputBuffer(descriptor: -1, flushThreshold: 2048)
        output.appendHex(bytes.span.bytes)
        return output.string
    }
}

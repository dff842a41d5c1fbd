public import BINCapture
import BINMessages
public import BINWire
import TestSupport

/// What is known of a recorded packet that seeds are made of.
public struct SeedOrigin {
    /// Its header.
    public let header: PacketHeader
    /// Name of its capability.
    public let capability: String
    /// How it was read.
    let description: PacketDescription

    /// The message and chunks of the packet, each with the layout it was read in.
    func bodies(of packet: [UInt8]) -> [(place: Int, body: [UInt8])] {
        var bodies: [(place: Int, body: [UInt8])] = []
        func add(_ candidate: MessageCandidate?, _ range: Range<Int>) {
            guard let candidate, let place = MessageInputs.candidates.firstIndex(where: { $0.isSame(as: candidate) })
            else { return }
            bodies.append((place, Array(packet[range])))
        }
        add(description.candidate, description.body)
        var start: Int?
        for node in description.nodes {
            if node.meaning == .chunkMarker { start = Int(node.offset + node.length) }
            guard node.kind == .endRecord, node.name.description == "chunks", let begin = start else { continue }
            let end = description.nodes.last { $0.isField && $0.offset >= begin }.map { Int($0.offset + $0.length) }
            // The chunk ends where the next one begins.
            let next = description.nodes.first {
                Int($0.offset) > begin
                    && ($0.meaning == .chunkMarker || $0.kind == .count && $0.name.description == "size")
            }
            if let stop = next.map({ Int($0.offset) }) ?? end, stop > begin {
                add(description.chunkCandidate, begin..<stop)
            }
            start = nil
        }
        return bodies
    }
}

extension MessageCandidate {
    /// Whether both read the same message in the same layout.
    func isSame(as other: MessageCandidate) -> Bool {
        identity == other.identity && name.description == other.name.description && framing == other.framing
            && layouts[0].name == other.layouts[0].name
    }
}

/// Seeds from captures: what recorded packets show, each kind of packet once a capture.
public struct SeedCollector: PacketSink {
    private let property: FuzzProperty
    private var interpreter = Interpreter()
    private var kinds: Set<String> = []
    /// What was found.
    public private(set) var seeds: [[UInt8]] = []

    /// A collector of seeds for `property`.
    public init(_ property: FuzzProperty) { self.property = property }

    /// Takes the packets of a capture file.
    public mutating func add(capture path: String) throws(CaptureError) {
        kinds = []
        interpreter = Interpreter()
        var assembler = PacketAssembler()
        var reader = try CaptureFileReader(ByteInput(path: path))
        try assembler.receive(contentsOf: &reader, into: &self)
    }

    /// Takes made-up inputs: a few of every kind that the declarations know.
    public mutating func addGenerated(_ count: Int) {
        // Always the same, so that exported seeds change only with the declarations.
        var random = SeededRandom(seed: 20_150_521)
        for _ in 0..<count { keep(property.inputs.generate(&random)) }
    }

    private mutating func keep(_ seed: [UInt8]) {
        if !seed.isEmpty, seed.count <= property.largestInput { seeds.append(seed) }
    }

    public mutating func receive(_ bytes: RawSpan, _ header: PacketHeader, from origin: PacketOrigin) {
        var description = PacketDescription()
        let sender = SenderAddress(high: origin.source.address.high, low: origin.source.address.low)
        interpreter.interpret(bytes, header, from: sender, into: &description)
        let capability = header.capability.string(in: bytes) ?? ""
        guard kinds.insert("\(capability) \(header.type) \(description.layout ?? "")").inserted else { return }
        let packet = bytes.array
        let known = SeedOrigin(header: header, capability: capability, description: description)
        for seed in property.inputs.seeds(of: packet, known) { keep(seed) }
    }

    public mutating func refuse(
        _ bytes: RawSpan, _ framing: Framing?, _ error: WireError, streamOffset: UInt64, from origin: PacketOrigin
    ) {}

    public mutating func notice(_ notice: CaptureNotice, from origin: PacketOrigin) {}
}

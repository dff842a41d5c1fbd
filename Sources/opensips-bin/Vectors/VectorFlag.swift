/// What a vector tries. The explanation goes into each file that uses it.
enum VectorFlag: String, CaseIterable {
    case empty = "Empty"
    case ordinary = "Ordinary"
    case boundary = "Boundary"
    case condition = "Condition"
    case fullList = "FullList"
    case random = "Random"
    case severalChunks = "SeveralChunks"
    case realTraffic = "RealTraffic"
    case bridge = "Bridge"
    case largest = "Largest"
    case fragmented = "Fragmented"
    case cutAtField = "CutAtField"
    case cutInField = "CutInField"
    case wrongValueSize = "WrongValueSize"
    case negativeLength = "NegativeLength"
    case stringPastEnd = "StringPastEnd"
    case countOutOfRange = "CountOutOfRange"
    case trailingBytes = "TrailingBytes"
    case missingTrailer = "MissingTrailer"
    case badChunk = "BadChunk"
    case wrongVersion = "WrongVersion"
    case badMagic = "BadMagic"
    case badLength = "BadLength"
    case badChecksum = "BadChecksum"
    case badCapability = "BadCapability"
    case undeclared = "Undeclared"
    case undefinedBytes = "UndefinedBytes"
    case uncountedNullString = "UncountedNullString"
    case looseText = "LooseText"
    case unknownBits = "UnknownBits"
    case unknownValue = "UnknownValue"
    case compressed = "Compressed"
    case badEnvelope = "BadEnvelope"

    /// Kind of mistake, what it is, what comes of getting it wrong, and the rules that say so.
    var note: JSONText {
        let (kind, description, effect) = words
        var members: [(name: String, value: JSONText)] = [
            ("bugType", .string(kind)), ("description", .string(description)), ("effect", .string(effect)),
        ]
        if !rules.isEmpty { members.append(("links", .array(rules.map { .string("../\($0)") }))) }
        return .object(members)
    }

    /// Rules of the specification, as file and anchor.
    private var rules: [String] {
        switch self {
        case .cutAtField, .cutInField, .stringPastEnd: ["receiver.md#RX-3"]
        case .wrongValueSize: ["receiver.md#RX-19"]
        case .negativeLength: ["receiver.md#RX-2"]
        case .countOutOfRange: ["receiver.md#RX-4"]
        case .trailingBytes: ["receiver.md#RX-20"]
        case .missingTrailer: ["framing.md#FR-21"]
        case .bridge: ["framing.md#FR-25"]
        case .badChunk, .severalChunks: ["receiver.md#RX-6"]
        case .wrongVersion: ["receiver.md#RX-22"]
        case .badLength: ["receiver.md#RX-1"]
        case .badChecksum: ["receiver.md#RX-21"]
        case .badCapability: ["receiver.md#RX-2"]
        case .undefinedBytes: ["framing.md#FR-11", "receiver.md#RX-17"]
        case .uncountedNullString: ["framing.md#FR-12", "framing.md#FR-13"]
        case .unknownValue: ["receiver.md#RX-30", "receiver.md#RX-34", "receiver.md#RX-37"]
        case .unknownBits: ["receiver.md#RX-38"]
        case .largest: ["framing.md#FR-26"]
        case .badEnvelope: (10...15).map { "extensions/deflate.md#DX-\($0)" }
        case .fragmented, .badMagic: ["framing.md#FR-28"]
        default: []
        }
    }

    private static let functionality = "BASIC"
    private static let edge = "EDGE_CASE"
    private static let missingCheck = "MISSING_CHECK"
    private static let interoperability = "INTEROPERABILITY"
    private static let readsOn = "the receiver reads bytes of another field, of the trailer or of other memory"
    private static let misread = "a field is read with the value of another"

    private var words: (String, String, String) {
        switch self {
        case .empty:
            (
                Self.edge, "All numbers are 0, strings and lists are empty, what may be left out is.",
                "valid packets are lost"
            )
        case .ordinary: (Self.functionality, "Every field has a value that is easy to read.", Self.misread)
        case .boundary:
            (
                Self.edge, "Values at the ends of their ranges; strings that are empty, long, not ASCII or not UTF-8.",
                "values are changed, or valid packets are lost"
            )
        case .condition:
            (Self.functionality, "A value decides whether other fields are there.", "everything behind it is misread")
        case .fullList: (Self.edge, "A list as long as it may be, or with several elements.", "valid packets are lost")
        case .random: (Self.functionality, "Values without a pattern.", Self.misread)
        case .severalChunks: (Self.functionality, "A sync packet with more than one chunk.", "chunks are lost")
        case .realTraffic: (Self.functionality, "Recorded between real servers.", "real packets are lost")
        case .bridge:
            (Self.edge, "A packet from one cluster to another: its trailer is 16 bytes.", "the last field is misread")
        case .largest: (Self.edge, "A packet of the largest size.", "valid packets are lost")
        case .compressed:
            (Self.functionality, "Packets are deflated, with a dictionary that both ends know.", "packets are lost")
        case .fragmented:
            (Self.functionality, "Packets in a stream that comes in other pieces.", "packets are lost or run together")
        default: mistake
        }
    }

    private var mistake: (String, String, String) {
        switch self {
        case .cutAtField: (Self.missingCheck, "The packet ends where another field should begin.", Self.readsOn)
        case .cutInField: (Self.missingCheck, "The packet ends inside of a field.", Self.readsOn)
        case .wrongValueSize:
            (Self.missingCheck, "A string that carries a number or a structure has another size.", Self.readsOn)
        case .negativeLength:
            (
                Self.missingCheck, "The 32-bit length of a string is negative.",
                "the receiver reads in front of the packet"
            )
        case .stringPastEnd: (Self.missingCheck, "A string is longer than what is left of the packet.", Self.readsOn)
        case .countOutOfRange:
            (
                Self.missingCheck, "A number of elements is negative or above its limit.",
                "the receiver writes behind an array or reserves memory without a bound"
            )
        case .trailingBytes:
            (
                Self.interoperability, "Bytes remain behind the last field.",
                "a packet of another layout is taken for this one"
            )
        case .missingTrailer: (Self.missingCheck, "There is no room for cluster, source and destination.", Self.readsOn)
        case .badChunk:
            (Self.missingCheck, "Size or marker of a chunk is wrong.", "the receiver reads on in the middle of a chunk")
        case .wrongVersion:
            (
                Self.interoperability, "No release sends this version.",
                "a packet of another layout is taken for this one"
            )
        default: frameMistake
        }
    }

    private var frameMistake: (String, String, String) {
        switch self {
        case .badEnvelope:
            (
                Self.missingCheck, "Number, size, checksum or payload of an envelope is wrong, or a packet inside.",
                "memory is reserved without a bound, or half of an envelope takes effect"
            )
        case .badMagic:
            (Self.missingCheck, "The packet does not begin with P4CK.", "other bytes are taken for a packet")
        case .badLength:
            (Self.missingCheck, "The length is not that of the packet, or not one a packet can have.", Self.readsOn)
        case .badChecksum: (Self.missingCheck, "The CRC-32 is that of other bytes.", "damaged packets are believed")
        case .badCapability: (Self.missingCheck, "The name of the capability is empty or too long.", Self.readsOn)
        case .undeclared:
            (Self.interoperability, "Capability or type that no release has.", "a packet is taken for another one")
        case .undefinedBytes:
            (
                Self.interoperability, "2.2 leaves four bytes of its header as they were in memory.",
                "valid packets are lost"
            )
        case .uncountedNullString:
            (
                Self.interoperability,
                "2.2 does not count a null string that stands last; its four zero bytes follow the packet.",
                "valid packets are lost, or the stream is"
            )
        case .looseText:
            (
                Self.interoperability, "A text that should have a form of its own has another; it is kept as it is.",
                "a value is changed on its way"
            )
        case .unknownBits:
            (Self.interoperability, "Bits that have no meaning are set.", "bits are lost on their way")
        default:
            (Self.interoperability, "A number that has no meaning here.", "a number is changed on its way")
        }
    }
}

/// How the value of a field is to be understood, beyond its wire type.
///
/// It chooses how a value is printed (a time, a list of names, an object) and, in the exports, what is said of it. It never
/// changes how a field is read.
public enum Meaning: UInt8, Hashable, Sendable, CaseIterable {
    /// Nothing special: a number or a text.
    case plain
    /// 0 or 1.
    case boolean
    /// Seconds since 1970, in 32 bits or in the 64-bit memory image.
    case unixTime
    /// A duration in seconds.
    case seconds
    /// The number of a node.
    case node
    /// The number of a cluster.
    case cluster
    /// An identifier made of AoR hash, record label and contact label.
    case contactID
    /// Preference times 1000, -1 when unspecified.
    case q
    /// Bits of SIP methods; all bits when not stated.
    case methods
    /// Bits of a contact: see ``FlagNames``.
    case contactFlags
    /// Bits of a dialog: see ``FlagNames``.
    case dialogFlags
    /// Bits of a dialog up to 2.3, where one bit meant something else.
    case dialogFlagsBefore2_4
    /// Bits of a rate-limit pipe: see ``FlagNames``.
    case pipeFlags
    /// Flag names separated by single spaces.
    case flagNames
    /// Bits whose meaning belongs to the script of each node.
    case bits
    /// A flat JSON object of strings and numbers; the empty string for an empty object.
    case keyValues
    /// Dialog variables, `name#value|`.
    case untypedVariables
    /// Dialog variables, `name#type#value|`.
    case typedVariables
    /// Profiles of a dialog, `name/kind#value|`.
    case untypedProfiles
    /// Profiles of a dialog, `name/kind#1#value|`.
    case typedProfiles
    /// A socket, `proto:host:port` or `proto:tag`.
    case socket
    /// A SIP URI.
    case uri
    /// An address of record.
    case addressOfRecord
    /// The name of a capability.
    case capability
    /// 0 up, 1 down.
    case linkState
    /// 0 not synced, 1 synced.
    case capabilityState
    /// State of a dialog, 1 to 5.
    case dialogState
    /// Algorithm of a pipe, 0 to 5.
    case algorithm
    /// How a contact is looked up.
    case matchMode
    /// Type of a dialog value: 0 none, 1 string, 2 integer.
    case valueType
    /// The constant 101010101 in front of a sync chunk.
    case chunkMarker
    /// Chunks of a sync packet, laid out by the capability that is synced.
    case chunks
    /// The same without sizes (sync v1).
    case unsizedChunks
    /// Bytes that no declaration explains.
    case opaque
    /// Bits of a load-balancer destination or of a gateway: see ``FlagNames``.
    case destinationFlags
    /// Bits of a carrier up to 3.0.
    case carrierFlagsBefore3_1
    /// Bits of a carrier since 3.1, where another bit says that it is off.
    case carrierFlags
    /// Bits of a dispatcher destination.
    case dispatcherFlags
    /// Bits that say what a published or subscribed record is.
    case puaFlags
    /// Bits of event packages.
    case puaEvents
    /// Seconds since the sender started; 0 for never.
    case senderUptime
    /// Number of a transport protocol, 1 to 7.
    case transport
    /// The 24-byte memory image of an address: see ``RawAddress``.
    case rawAddress
    /// A SIP message followed by one zero byte.
    case sipMessage
    /// The bit of one SIP method as a number, 0 for none.
    case method
    /// 0 server entity, 1 client entity.
    case entityType
    /// State of a back-to-back entity, 0 to 7.
    case entityState
    /// Kind of tuple record, 0 to 3.
    case tupleInfo
    /// Leg of a media session: 0 unspecified, 1 caller, 2 callee, 3 both.
    case mediaLeg
    /// 0 fork, 1 exchange.
    case mediaKind
    /// State of a media fork: 0 on, 1 off.
    case forkState
    /// Bits of a media copy.
    case copyFlags
    /// Bits of a client of the SDP demultiplexer.
    case demuxClientFlags
    /// Bits of a recording session.
    case siprecFlags
    /// 0 XML value, 1 name and address.
    case participantKind
    /// Bits of a relay context.
    case relayContextFlags
    /// Bits of a relay session.
    case relaySessionFlags
    /// Bits of a leg of a relay session.
    case relayLegFlags
    /// Bits of a copied RTP stream.
    case copiedStreamFlags
    /// The name of a dialog variable.
    case variableName
    /// The value of the dialog variable that was named before.
    case variableValue
    /// Status of a member of the gossip: 0 alive, 1 suspected, 2 down, 3 left.
    case memberStatus
}

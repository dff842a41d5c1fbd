public import BINWire

/// Why no packet could be made of a value for a peer.
public enum ProductionFailure: Error, Hashable, Sendable {
    /// No layouts are known of the release.
    case unknownRelease(Release)
    /// A cluster or node below 1, which every receiver refuses (RX-24).
    case badRouting(Routing)
    /// The release has nothing of the kind.
    case notInRelease(String, Release)
    /// A field that must not be empty.
    case empty(field: String)
    /// A zero byte, at which the servers' texts would end.
    case zeroByte(field: String)
    /// A text of more than 65,535 bytes.
    case textTooLong(field: String, length: Int)
    /// A number outside of its range.
    case outOfRange(field: String, value: Int64)
    /// A flag name that is empty or has a space.
    case badFlagName(String)
    /// The receiver knows branch flags as bits (up to 3.5), the contact states only names.
    case branchFlagsWithoutBits
    /// The receiver knows branch flags by name (3.6 and later), the contact states only bits.
    case branchFlagsWithoutNames
    /// The receiver cannot look contacts up by URI parameters (before 3.1.3), and might change another one.
    case matchingNotInRelease(Release)
    /// The receiver would refuse a contact without a socket (2.1, 2.2.0–2.2.2; UL-14).
    case socketRequired(Release)
    /// More than fits into the largest packet that the receiver takes; it must not be shortened (UL-27).
    case packetTooLong(maximum: Int)
    /// Another rule of the wire.
    case wire(WireError)

    init(_ error: WireError, maximum: Int) {
        self = error.code == .packetFull ? .packetTooLong(maximum: maximum) : .wire(error)
    }
}

extension ProductionFailure: CustomStringConvertible {
    /// One sentence without a full stop.
    public var description: String {
        switch self {
        case .unknownRelease(let release): "\(release) is no known release"
        case .badRouting(let routing):
            "cluster \(routing.cluster), source \(routing.source), destination \(routing.destination): all must be above 0"
        case .notInRelease(let what, let release): "\(release) has no \(what)"
        case .empty(let field): "\(field) must not be empty"
        case .zeroByte(let field): "\(field) has a zero byte"
        case .textTooLong(let field, let length): "\(field) has \(length) bytes, 65535 are possible"
        case .outOfRange(let field, let value): "\(value) is out of range for \(field)"
        case .badFlagName(let name): "'\(name)' is no name of a flag"
        case .branchFlagsWithoutBits: "the branch flags have names only, the receiver knows bits"
        case .branchFlagsWithoutNames: "the branch flags are bits only, the receiver knows names"
        case .matchingNotInRelease(let release): "\(release) cannot match contacts by URI parameters"
        case .socketRequired(let release): "\(release) refuses a contact without a socket"
        case .packetTooLong(let maximum): "it does not fit into a packet of \(maximum) bytes"
        case .wire(let error): "\(error)"
        }
    }
}

/// Why bytes were refused, and at which offset.
///
/// The value is eight bytes, so that a typed throw costs no more than a returned register on the hot path. It does not
/// name the field: whoever needs the name runs the same declaration again with a visitor that keeps names
/// (`BINMessages.DecodingFailure`).
@frozen
public struct WireError: Error, Hashable, Sendable {
    /// What was wrong.
    public let code: Code
    /// Byte offset from the first byte of the packet at which it was seen.
    public let offset: UInt32

    /// Makes an error.
    /// - Parameters:
    ///   - code: what was wrong.
    ///   - offset: where; offsets over 4 GiB are given as the largest 32-bit number.
    @inlinable @inline(never)
    public init(_ code: Code, at offset: Int) {
        self.code = code
        self.offset = UInt32(clamping: offset)
    }

    /// The kinds of mistake, each with the rule it breaks (Spec/receiver.md).
    @frozen
    public enum Code: UInt8, Hashable, Sendable, CaseIterable {
        /// The first four bytes are not `P4CK`.
        case badMagic
        /// The length is smaller than a header, a one-byte capability name and a type need.
        case packetTooShort
        /// The length is larger than the series allows.
        case packetTooLong
        /// The length field and the number of bytes at hand differ.
        case lengthMismatch
        /// The capability name is empty or its length is negative.
        case badCapabilityLength
        /// The capability name, or the type behind it, runs past the end of the packet.
        case capabilityPastEnd
        /// The CRC-32 of a 2.1 datagram is not that of its bytes.
        case badChecksum
        /// The packet has no room for the routing trailer that its capability carries.
        case trailerMissing
        /// The packet ends before or inside a 4-byte integer.
        case integerPastEnd
        /// The packet ends before or inside the length of a string.
        case lengthPastEnd
        /// A string length is negative.
        case negativeLength
        /// A string runs past the end of the packet.
        case textPastEnd
        /// A string that carries a fixed-size value has another size.
        case wrongValueSize
        /// A count is negative or above the protocol's limit.
        case countOutOfRange
        /// A value is outside of what the layout allows.
        case valueOutOfRange
        /// Bytes remain behind the last field.
        case trailingBytes
        /// A sync chunk does not begin with the marker 101010101.
        case badChunkMarker
        /// The size of a sync chunk is negative or runs past the end of the packet.
        case badChunkSize
        /// What was to be written does not fit the largest packet.
        case packetFull
        /// A text refers to bytes outside of the source it was handed in with.
        case textOutsideSource
        /// The packet of `ext-deflate` has another type or version than this library knows.
        case unknownEnvelope
        /// The envelope was deflated with a dictionary that is not at hand.
        case unknownDictionary
        /// The inflated size that an envelope states is not above zero, or it is above the receiver's limit.
        case inflatedSizeOutOfRange
        /// The inflated size that an envelope states is too large for so small a payload.
        case inflationRatioTooHigh
        /// The payload of an envelope is not deflate data.
        case badDeflateData
        /// The payload of an envelope ends before its deflate data do.
        case deflateDataCutShort
        /// The payload of an envelope inflates to more or to fewer bytes than it states.
        case inflatedSizeMismatch
        /// Bytes remain in the payload of an envelope behind its deflate data.
        case bytesBehindDeflateData
        /// What an envelope holds is not a sequence of whole packets.
        case badInnerPacket
        /// An envelope holds another number of packets than it states.
        case innerPacketCountMismatch
        /// An envelope holds an envelope.
        case nestedEnvelope
    }
}

extension WireError: CustomStringConvertible {
    /// The reason and the offset, as one sentence without a full stop.
    public var description: String { "\(code) at offset \(offset)" }
}

extension WireError.Code {
    /// The name of the case, as the test vectors state it.
    public var name: String {
        switch self {
        case .badMagic: "badMagic"
        case .packetTooShort: "packetTooShort"
        case .packetTooLong: "packetTooLong"
        case .lengthMismatch: "lengthMismatch"
        case .badCapabilityLength: "badCapabilityLength"
        case .capabilityPastEnd: "capabilityPastEnd"
        case .badChecksum: "badChecksum"
        case .trailerMissing: "trailerMissing"
        case .integerPastEnd: "integerPastEnd"
        case .lengthPastEnd: "lengthPastEnd"
        case .negativeLength: "negativeLength"
        case .textPastEnd: "textPastEnd"
        case .wrongValueSize: "wrongValueSize"
        case .countOutOfRange: "countOutOfRange"
        case .valueOutOfRange: "valueOutOfRange"
        case .trailingBytes: "trailingBytes"
        case .badChunkMarker: "badChunkMarker"
        case .badChunkSize: "badChunkSize"
        case .packetFull: "packetFull"
        case .textOutsideSource: "textOutsideSource"
        case .unknownEnvelope: "unknownEnvelope"
        case .unknownDictionary: "unknownDictionary"
        case .inflatedSizeOutOfRange: "inflatedSizeOutOfRange"
        case .inflationRatioTooHigh: "inflationRatioTooHigh"
        case .badDeflateData: "badDeflateData"
        case .deflateDataCutShort: "deflateDataCutShort"
        case .inflatedSizeMismatch: "inflatedSizeMismatch"
        case .bytesBehindDeflateData: "bytesBehindDeflateData"
        case .badInnerPacket: "badInnerPacket"
        case .innerPacketCountMismatch: "innerPacketCountMismatch"
        case .nestedEnvelope: "nestedEnvelope"
        }
    }
}

extension WireError.Code: CustomStringConvertible {
    /// The reason in words, as printed by the tools.
    public var description: String {
        switch self {
        case .badMagic: "the packet does not begin with P4CK"
        case .packetTooShort: "the packet is shorter than the smallest packet"
        case .packetTooLong: "the packet is longer than the largest packet"
        case .lengthMismatch: "the length field differs from the number of bytes"
        case .badCapabilityLength: "the capability name has no valid length"
        case .capabilityPastEnd: "the capability name runs past the end of the packet"
        case .badChecksum: "the checksum is wrong"
        case .trailerMissing: "there is no room for the routing trailer"
        case .integerPastEnd: "the packet ends where a 4-byte integer was expected"
        case .lengthPastEnd: "the packet ends where the length of a string was expected"
        case .negativeLength: "the length of a string is negative"
        case .textPastEnd: "a string runs past the end of the packet"
        case .wrongValueSize: "a string that carries a fixed-size value has another size"
        case .countOutOfRange: "a count is negative or above its limit"
        case .valueOutOfRange: "a value is outside of its range"
        case .trailingBytes: "bytes remain behind the last field"
        case .badChunkMarker: "a sync chunk does not begin with its marker"
        case .badChunkSize: "the size of a sync chunk is negative or runs past the end of the packet"
        case .packetFull: "the packet would be longer than the largest packet"
        case .textOutsideSource: "a text refers to bytes outside of its source"
        case .unknownEnvelope: "the envelope has an unknown type or version"
        case .unknownDictionary: "the envelope was deflated with an unknown dictionary"
        case .inflatedSizeOutOfRange: "the inflated size of the envelope is not above zero or above its limit"
        case .inflationRatioTooHigh: "the inflated size of the envelope is too large for its payload"
        case .badDeflateData: "the payload of the envelope is not deflate data"
        case .deflateDataCutShort: "the payload of the envelope ends before its deflate data"
        case .inflatedSizeMismatch: "the payload of the envelope inflates to another size than it states"
        case .bytesBehindDeflateData: "bytes remain behind the deflate data of the envelope"
        case .badInnerPacket: "the envelope does not hold whole packets"
        case .innerPacketCountMismatch: "the envelope holds another number of packets than it states"
        case .nestedEnvelope: "the envelope holds an envelope"
        }
    }
}
